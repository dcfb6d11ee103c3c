"""The ledger's side of settling: which rows are in doubt, and what was found out about them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, select, text

from mms.delivery.queue.conclusion import UNSETTLED
from mms.delivery.reconciliation.evidence import UnknownRow
from mms.delivery.sending.row_renderer import RowRenderer
from mms.delivery.sending.suppression import learn
from mms.ledger.tables import attempts, campaigns
from mms.states import FROM_TWILIO, CampaignState, RowState
from mms.twilio_client import ProviderMessage

MOST_SILENT = 3  # requests without an answer of which Twilio's log knew nothing; after the next a person decides
_SAID_YES = range(200, 300)  # an answer with such a status and no SID: its message exists, whatever the log says
MOST_ROUNDS = 10  # the same with the rounds in which only a worker died, most likely before it asked

_IN_DOUBT = text("""
SELECT r.id, r.campaign_id, r.fence, r.recipient, r.cells, r.claimed_at, r.looks, c.sender_address
FROM mms_rows r JOIN mms_campaigns c ON c.id = r.campaign_id
WHERE r.state IN ('sending', 'unknown') AND r.state = 'unknown' AND c.sender_id = :sender
  AND (r.reason IS NULL OR r.reason <> 'unsettled')
ORDER BY r.claimed_at, r.id LIMIT :room
""")
_ADOPT = text("""
UPDATE mms_rows SET state = :state, message_sid = :sid, provider_status = :status, error_code = :code,
  sent_at = :sent_at, price = :price, price_unit = :price_unit, updated_at = :now, http_status = NULL
WHERE id = :id AND fence = :fence AND state = 'unknown'
""")
_GO_BACK = text(
    "UPDATE mms_rows SET state = :state, unknown_since = NULL, looks = 0, updated_at = :now, http_status = NULL"
    " WHERE id = :id AND fence = :fence AND state = 'unknown'"
)
_LOOKED = text("UPDATE mms_rows SET looks = :looks WHERE id = :id AND fence = :fence AND state = 'unknown'")
_LEAVE = text(
    "UPDATE mms_rows SET reason = :reason, updated_at = :now WHERE id = :id AND fence = :fence AND state = 'unknown'"
)
_ADOPTED = text("SELECT 1 FROM mms_rows WHERE message_sid = :sid")
_ANSWERED = text("SELECT http_status FROM mms_attempts WHERE row_id = :row AND fence = :fence AND event = 'no_answer'")
_ROUNDS = text(
    "SELECT count(CASE WHEN event = 'no_answer' THEN 1 END) AS silent,"
    " count(CASE WHEN event = 'settled_absent' THEN 1 END) AS absent FROM mms_attempts WHERE row_id = :row"
)


@dataclass(slots=True)
class Findings:
    """What one round of asking told."""

    found: list[tuple[UnknownRow, ProviderMessage]] = field(default_factory=list)
    looked: list[UnknownRow] = field(default_factory=list)  # not there yet; `looks` counts this one
    absent: list[UnknownRow] = field(default_factory=list)  # not there at all: safe to send again
    unsettled: list[UnknownRow] = field(default_factory=list)  # Twilio's log cannot tell

    def __bool__(self) -> bool:
        return bool(self.found or self.looked or self.absent or self.unsettled)


class SenderAddress:
    """Knows what a row's message was to say; reads each campaign's texts once."""

    def __init__(self) -> None:
        self._renderer: dict[int, RowRenderer] = {}

    def message(self, connection: Connection, campaign_id: int, cells: str) -> tuple[str, tuple[str, ...]]:
        """Body and media URLs of a row."""
        if campaign_id not in self._renderer:
            query = select(campaigns.c.body, campaigns.c.media_urls, campaigns.c.columns)
            found = connection.execute(query.where(campaigns.c.id == campaign_id)).one()
            self._renderer[campaign_id] = RowRenderer.parse(found.body, found.media_urls, found.columns)
        return self._renderer[campaign_id].render(cells) or ("", ())


def open_questions(
    connection: Connection, sender_id: int, sender_address: SenderAddress, room: int
) -> list[UnknownRow]:
    """Rows of this sender that Twilio's log is to be asked about, the oldest attempt first."""
    questions = []
    for row in connection.execute(_IN_DOUBT, {"sender": sender_id, "room": room}).all():
        body, media_urls = sender_address.message(connection, row.campaign_id, row.cells)
        questions.append(
            UnknownRow(
                row_id=row.id,
                campaign_id=row.campaign_id,
                fence=row.fence,
                recipient=row.recipient,
                address=row.sender_address,
                claimed_at=row.claimed_at,
                body=body,
                media_count=len(media_urls),
                looks=row.looks,
            )
        )
    return questions


def adopted_among(connection: Connection, sids: Sequence[str]) -> frozenset[str]:
    """Those of Twilio's SIDs that belong to a row already."""
    return frozenset(sid for sid in sids if connection.execute(_ADOPTED, {"sid": sid}).first())


def write_findings(connection: Connection, findings: Findings, now: float) -> None:
    """Write what was found out. Each only if the row is still in the doubt that was asked about."""
    for question, message in findings.found:
        _adopt(connection, question, message, now)
    for question in findings.looked:
        connection.execute(_LOOKED, {**_key(question), "looks": question.looks})
    for question in findings.absent:
        _go_back(connection, question, now)
    for question in findings.unsettled:
        _leave_to_a_person(connection, question, now)


def _adopt(connection: Connection, question: UnknownRow, message: ProviderMessage, now: float) -> None:
    if connection.execute(_ADOPTED, {"sid": message.sid}).first():
        return  # found for two rows at once: the next look finds another, or none
    values = {
        "state": FROM_TWILIO.get(message.status, RowState.ACCEPTED).value,
        "sid": message.sid,
        "status": message.status,
        "code": message.error_code,
        "sent_at": message.created_at,
        "price": message.price,
        "price_unit": message.price_unit,
        "now": now,
    }
    if connection.execute(_ADOPT, {**_key(question), **values}).rowcount:
        _event(connection, question, "settled_found", now, message_sid=message.sid, status=message.status)
        if values["state"] in (RowState.FAILED, RowState.UNDELIVERED):
            learn(connection, question.recipient, message.error_code, campaign_id=question.campaign_id, at=now)


def _go_back(connection: Connection, question: UnknownRow, now: float) -> None:
    rounds = connection.execute(_ROUNDS, {"row": question.row_id}).one()
    if _was_said_yes(connection, question) or rounds.silent > MOST_SILENT or rounds.absent >= MOST_ROUNDS:
        _leave_to_a_person(connection, question, now)
        return
    state = RowState.CANCELED if _is_canceled(connection, question.campaign_id) else RowState.READY
    if connection.execute(_GO_BACK, {**_key(question), "state": state.value, "now": now}).rowcount:
        _event(connection, question, "settled_absent", now)


def _was_said_yes(connection: Connection, question: UnknownRow) -> bool:
    return connection.execute(_ANSWERED, {"row": question.row_id, "fence": question.fence}).scalar() in _SAID_YES


def _leave_to_a_person(connection: Connection, question: UnknownRow, now: float) -> None:
    if connection.execute(_LEAVE, {**_key(question), "reason": UNSETTLED, "now": now}).rowcount:
        _event(connection, question, UNSETTLED, now)


def _is_canceled(connection: Connection, campaign_id: int) -> bool:
    query = select(campaigns.c.state).where(campaigns.c.id == campaign_id)
    return bool(connection.execute(query).scalar_one() == CampaignState.CANCELED)


def _key(question: UnknownRow) -> dict[str, Any]:
    return {"id": question.row_id, "fence": question.fence}


def _event(connection: Connection, question: UnknownRow, event: str, now: float, **values: Any) -> None:
    connection.execute(
        insert(attempts).values(
            row_id=question.row_id,
            campaign_id=question.campaign_id,
            fence=question.fence,
            at=now,
            event=event,
            **values,
        )
    )
