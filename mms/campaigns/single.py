"""One message (a test, a call of the API) as a campaign of one row: same pace, opt-outs and ledger as all others."""

import hashlib
import json
import time
from dataclasses import dataclass

from sqlalchemy import select

from mms.campaigns.launch import NewCampaign, PlannedRow, launch
from mms.ledger import Ledger
from mms.ledger.tables import rows
from mms.states import OPEN_ROWS, RowState

_COLUMNS = ("to",)
_POLL_SECONDS = 0.03


@dataclass(frozen=True, slots=True)
class SingleMessage:
    """What to send to one E.164 number; texts are final, braces are literal."""

    recipient: str
    body: str
    media_urls: tuple[str, ...]
    sender_address: str
    account_sid: str
    mode: str
    kind: str  # `test` or `api`
    request_key: str
    created_by: str | None = None


@dataclass(frozen=True, slots=True)
class SingleResult:
    """What became of it so far."""

    campaign_id: int
    state: RowState
    message_sid: str | None
    provider_status: str | None
    error_code: int | None
    http_status: int | None
    reason: str | None

    @property
    def is_open(self) -> bool:
        """Whether Twilio's answer is still to come; `unknown` counts as answered with silence."""
        return self.state in OPEN_ROWS and self.state is not RowState.UNKNOWN


def literal(text: str) -> str:
    """`text` as a template without merge fields."""
    return text.replace("{", "{{").replace("}", "}}")


def send_single(ledger: Ledger, message: SingleMessage) -> int:
    """Put the message on the sender's express lane; returns its campaign number at once."""
    new = NewCampaign(
        request_key=message.request_key,
        name="Test message" if message.kind == "test" else "API message",
        kind=message.kind,
        body=literal(message.body),
        media_urls=tuple(literal(url) for url in message.media_urls),
        columns=_COLUMNS,
        phone_column="to",
        sender_address=message.sender_address,
        account_sid=message.account_sid,
        mode=message.mode,
        content_hash=hashlib.sha256(f"{message.recipient}\n{message.body}".encode()).hexdigest(),
        created_by=message.created_by,
    )
    return launch(ledger, new, [PlannedRow(2, json.dumps([message.recipient]), message.recipient)])


def single_result(ledger: Ledger, campaign_id: int) -> SingleResult:
    """How the one row of this campaign stands now."""
    with ledger.read() as connection:
        query = select(
            rows.c.campaign_id,
            rows.c.state,
            rows.c.message_sid,
            rows.c.provider_status,
            rows.c.error_code,
            rows.c.http_status,
            rows.c.reason,
        ).where(rows.c.campaign_id == campaign_id)
        found = connection.execute(query).one()
    return SingleResult(found[0], RowState(found[1]), *found[2:])


def wait_for_result(ledger: Ledger, campaign_id: int, seconds: float) -> SingleResult:
    """The result once Twilio has answered, or as it stands after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        result = single_result(ledger, campaign_id)
        if not result.is_open or time.monotonic() >= deadline:
            return result
        time.sleep(_POLL_SECONDS)
