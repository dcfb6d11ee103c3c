"""One message (a test, a call of the API) as a campaign of one row: same pace, opt-outs and ledger as all others."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch, launch_within
from mms.ledger import Ledger
from mms.ledger.campaign_states import command_campaign
from mms.ledger.row_states import move_rows
from mms.ledger.tables import attempts, campaigns, rows
from mms.states import OPEN_ROWS, CampaignKind, CampaignState, RowState, Want

_COLUMNS = ("to",)
_NAMES = {
    CampaignKind.TEST: "Test message",
    CampaignKind.API: "API message",
    CampaignKind.ANSWER: "Answer",
}


@dataclass(frozen=True, slots=True)
class SingleMessage:
    """What to send to one E.164 number; texts are final, braces are literal."""

    recipient: str
    body: str
    media_urls: tuple[str, ...]
    sender_address: str
    account_sid: str
    mode: str
    kind: CampaignKind  # of one message
    request_key: str
    created_by: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class SingleResult:
    """What became of it so far."""

    campaign_id: int
    row_id: int
    state: RowState
    message_sid: str | None
    provider_status: str | None
    error_code: int | None
    http_status: int | None
    reason: str | None
    first_status: str | None  # Twilio's word when it took the message: the same however often one asks
    campaign_state: CampaignState
    held_for: str | None  # why its campaign stopped or waits: code, and the same in words
    held_reason: str | None

    @property
    def is_held(self) -> bool:
        """Whether it was not offered to Twilio and will not be without a person."""
        return self.state is RowState.READY and self.campaign_state is CampaignState.STOPPED

    @property
    def is_open(self) -> bool:
        """Whether Twilio's answer is still to come; `unknown` counts as answered with silence."""
        return self.state in OPEN_ROWS and self.state is not RowState.UNKNOWN and not self.is_held


def literal(text: str) -> str:
    """`text` as a template without merge fields."""
    return text.replace("{", "{{").replace("}", "}}")


def send_single(ledger: Ledger, message: SingleMessage) -> int:
    """Put the message on the sender's express lane; returns its campaign number at once."""
    return launch(ledger, _campaign(message), [_row(message)])


def queue_single(connection: Connection, now: float, message: SingleMessage) -> int:
    """The same within the caller's transaction; raises IntegrityError like `launch_within`."""
    return launch_within(connection, now, _campaign(message), _row(message))


def take_back(connection: Connection, now: float, campaign_id: int) -> bool:
    """Cancel the message if it has not been offered to Twilio; False when it has."""
    theirs = rows.c.campaign_id == campaign_id
    if not move_rows(connection, RowState.CANCELED, theirs, now=now, out_of={RowState.READY}):
        return False
    command_campaign(connection, campaign_id, CampaignState.CANCELED, Want.CANCEL, finished_at=now)
    return True


def _row(message: SingleMessage) -> PlannedRow:
    return PlannedRow(2, json.dumps([message.recipient]), message.recipient)


def _campaign(message: SingleMessage) -> NewCampaign:
    return NewCampaign(
        request_key=message.request_key,
        name=_NAMES[message.kind],
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
        reference=message.reference,
    )


def single_result(ledger: Ledger, campaign_id: int) -> SingleResult:
    """How the one row of this campaign stands now."""
    return single_results(ledger, [campaign_id])[0]


def single_results(ledger: Ledger, campaign_ids: Sequence[int]) -> list[SingleResult]:
    """How the rows of these campaigns of one row stand now, in no order; at most some hundred at once."""
    first = select(attempts.c.status).where(attempts.c.row_id == rows.c.id, attempts.c.message_sid.is_not(None))
    query = select(
        rows.c.campaign_id,
        rows.c.id.label("row_id"),
        rows.c.state,
        rows.c.message_sid,
        rows.c.provider_status,
        rows.c.error_code,
        rows.c.http_status,
        rows.c.reason,
        first.order_by(attempts.c.id).limit(1).scalar_subquery().label("first_status"),
        campaigns.c.state.label("campaign_state"),
        campaigns.c.reason_code.label("held_for"),
        campaigns.c.reason.label("held_reason"),
    ).join(campaigns, campaigns.c.id == rows.c.campaign_id)
    with ledger.read() as connection:
        found = connection.execute(query.where(rows.c.campaign_id.in_(campaign_ids)))
        return [_result(**one._mapping) for one in found]


@dataclass(frozen=True, slots=True)
class Turn:
    """A single message's place before its sender: our number of it, and in how many seconds its turn comes."""

    row_id: int
    seconds: float


def turn_of(ledger: Ledger, campaign_id: int, *, rate: float) -> Turn:
    """When this message will be offered to Twilio, by the singles before it at `rate` messages a second; 0: no pace."""
    ahead, waiting = rows.alias(), campaigns.alias()
    before = (
        select(func.count())
        .select_from(ahead.join(waiting, waiting.c.id == ahead.c.campaign_id))
        .where(
            waiting.c.sender_id == campaigns.c.sender_id,
            waiting.c.state == CampaignState.RUNNING,
            waiting.c.kind != CampaignKind.CAMPAIGN,
            ahead.c.state.in_((RowState.READY, RowState.SENDING)),
            ahead.c.id < rows.c.id,
        )
        .scalar_subquery()
    )
    query = (
        select(rows.c.id, before.label("before"))
        .select_from(rows.join(campaigns, campaigns.c.id == rows.c.campaign_id))
        .where(rows.c.campaign_id == campaign_id)
    )
    with ledger.read() as connection:
        found = connection.execute(query).one()
    return Turn(found.id, found.before / rate if rate else 0.0)


def _result(*, state: str, campaign_state: str, **others: Any) -> SingleResult:
    return SingleResult(state=RowState(state), campaign_state=CampaignState(campaign_state), **others)
