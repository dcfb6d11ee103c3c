"""The ledger's side of settling: which rows are in doubt, and what was found out about them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, select, text

from mms.delivery.queue.conclusion import UNSETTLED
from mms.delivery.queue.predicates import is_left_to_a_person, is_to_be_settled
from mms.delivery.reconciliation.matching import UnknownRow
from mms.delivery.sending.row_renderer import RowRenderer
from mms.delivery.sending.suppression import learn
from mms.ledger.row_states import RowChange, annotate_rows, move_row, note_event
from mms.ledger.tables import campaigns, rows
from mms.states import FROM_TWILIO, AttemptEvent, CampaignState, RowState
from mms.twilio_client import ProviderMessage

_OLD_MARGIN = 600.0  # seconds: rows of which only the ledger's own time of the claim is known
_AT_ONCE = 500  # SIDs or rows in one query


def _questions(which: ColumnElement[bool]) -> Select[Any]:
    """Rows of a sender whose request is over, the oldest attempt first."""
    of_the_row = ("id", "campaign_id", "fence", "recipient", "cells", "coupon", "picture", "link", "version")
    asked = ("claimed_at", "asked_from", "looks")
    return (
        select(*(rows.c[name] for name in (*of_the_row, *asked)), campaigns.c.sender_address)
        .join(campaigns, campaigns.c.id == rows.c.campaign_id)
        .where(which, rows.c.state == RowState.UNKNOWN, campaigns.c.sender_id == bindparam("sender"))
        .order_by(rows.c.claimed_at, rows.c.id)
        .limit(bindparam("room"))
    )


_IN_DOUBT = _questions(is_to_be_settled())
_UNDECIDED = _questions(is_left_to_a_person())
_ADOPTED = text("SELECT 1 FROM mms_rows WHERE message_sid = :sid")
_OWNED = text("SELECT message_sid FROM mms_rows WHERE message_sid IN :sids").bindparams(
    bindparam("sids", expanding=True)
)
_HISTORY = text("""
SELECT row_id, fence, event, http_status FROM mms_attempts
WHERE row_id IN :rows AND event IN ('no_answer', 'settled_absent')
""").bindparams(bindparam("rows", expanding=True))


@dataclass(frozen=True, slots=True)
class History:
    """What was tried before for one row."""

    last_status: int | None = None  # HTTP status of this attempt's answer, which could not be read
    lost_requests: int = 0
    rounds: int = 0  # times that it was settled as absent


@dataclass(slots=True)
class Findings:
    """What one round of asking told."""

    found: list[tuple[UnknownRow, ProviderMessage]] = field(default_factory=list)
    looked: list[UnknownRow] = field(default_factory=list)  # not there yet; `looks` counts this one
    absent: list[UnknownRow] = field(default_factory=list)  # not there at all: safe to send again
    unsettled: list[UnknownRow] = field(default_factory=list)  # Twilio's log cannot tell

    def __bool__(self) -> bool:
        return bool(self.found or self.looked or self.absent or self.unsettled)


class MessageTexts:
    """Knows what a row's message was to say; reads each campaign's texts once."""

    def __init__(self) -> None:
        self._renderer: dict[int, RowRenderer] = {}

    def message(self, connection: Connection, campaign_id: int, row: Row[Any]) -> tuple[str, tuple[str, ...]]:
        """Body and media URLs of a row."""
        if campaign_id not in self._renderer:
            self._renderer[campaign_id] = RowRenderer.of_campaign(connection, campaign_id)
        return self._renderer[campaign_id].render(row.cells, row.coupon, row.picture, row.link, row.version) or ("", ())


def open_questions(
    connection: Connection, sender_id: int, texts: MessageTexts, *, room: int, ahead: float | None
) -> list[UnknownRow]:
    """Rows of this sender that Twilio's log is to be asked about, the oldest attempt first.

    `ahead`: seconds by which the ledger's clock is ahead of Twilio's; None while that is unknown.
    """
    found = connection.execute(_IN_DOUBT, {"sender": sender_id, "room": room}).all()
    return [_question(connection, row, texts, ahead) for row in found]


def undecided_rows(
    connection: Connection, sender_id: int, texts: MessageTexts, *, room: int, ahead: float | None
) -> list[UnknownRow]:
    """Likewise the rows that are left to a person."""
    found = connection.execute(_UNDECIDED, {"sender": sender_id, "room": room}).all()
    return [_question(connection, row, texts, ahead) for row in found]


def _question(connection: Connection, row: Row[Any], texts: MessageTexts, ahead: float | None) -> UnknownRow:
    body, media_urls = texts.message(connection, row.campaign_id, row)
    return UnknownRow(
        row_id=row.id,
        campaign_id=row.campaign_id,
        fence=row.fence,
        recipient=row.recipient,
        address=row.sender_address,
        since=_since(row, ahead),
        body=body,
        media_count=len(media_urls),
        looks=row.looks,
    )


def _since(row: Row[Any], ahead: float | None) -> float | None:
    """Twilio's time from which on a message can be this row's. Rows of older versions know only our own time."""
    if ahead is None:
        return None
    return float(row.claimed_at - ahead - _OLD_MARGIN if row.asked_from is None else row.asked_from)


def owned_among(connection: Connection, sids: Sequence[str]) -> frozenset[str]:
    """Those of Twilio's SIDs that belong to a row already."""
    found: set[str] = set()
    for start in range(0, len(sids), _AT_ONCE):
        found.update(connection.execute(_OWNED, {"sids": list(sids[start : start + _AT_ONCE])}).scalars())
    return frozenset(found)


def histories(connection: Connection, questions: Sequence[UnknownRow]) -> dict[int, History]:
    """What was tried before for these rows, by row id."""
    if not questions:
        return {}
    fences = {question.row_id: question.fence for question in questions}
    found = {row_id: History() for row_id in fences}
    for row_id, fence, event, status in connection.execute(_HISTORY, {"rows": list(fences)}):
        known = found[row_id]
        if event == "settled_absent":
            found[row_id] = replace(known, rounds=known.rounds + 1)
        else:
            last = status if fence == fences[row_id] else known.last_status
            found[row_id] = replace(known, lost_requests=known.lost_requests + 1, last_status=last)
    return found


def write_findings(connection: Connection, findings: Findings, now: float) -> None:
    """Write what was found out. Each only if the row is still in the doubt that was asked about."""
    for question, message in findings.found:
        _adopt(connection, question, message, now)
    for question in findings.looked:
        annotate_rows(connection, _still_in_doubt(question), looks=question.looks)
    for question in findings.absent:
        _go_back(connection, question, now)
    for question in findings.unsettled:
        _leave_to_a_person(connection, question, now)


def _adopt(connection: Connection, question: UnknownRow, message: ProviderMessage, now: float) -> None:
    if connection.execute(_ADOPTED, {"sid": message.sid}).first():
        return  # found for two rows at once: the next look finds another, or none
    state = FROM_TWILIO.get(message.status, RowState.ACCEPTED)
    values = {
        "message_sid": message.sid,
        "provider_status": message.status,
        "error_code": message.error_code,
        "sent_at": message.created_at,
        "price": message.price,
        "price_unit": message.price_unit,
        "http_status": None,
    }
    detail = {"message_sid": message.sid, "status": message.status}
    adopted = _change(question, state, AttemptEvent.SETTLED_FOUND, values=values, detail=detail)
    if move_row(connection, adopted, now) and state in (RowState.FAILED, RowState.UNDELIVERED):
        learn(connection, question.recipient, message.error_code, campaign_id=question.campaign_id, at=now)


def _go_back(connection: Connection, question: UnknownRow, now: float) -> None:
    """The row keeps since when its message may be in the log: it is looked at once more before it is asked again."""
    state = RowState.CANCELED if _is_canceled(connection, question.campaign_id) else RowState.READY
    values = {"looks": 0, "http_status": None, "asked_from": question.since}
    move_row(connection, _change(question, state, AttemptEvent.SETTLED_ABSENT, values=values), now)


def _leave_to_a_person(connection: Connection, question: UnknownRow, now: float) -> None:
    if annotate_rows(connection, _still_in_doubt(question), reason=UNSETTLED.value):
        note_event(connection, question.row_id, question.campaign_id, question.fence, UNSETTLED, now)


def _is_canceled(connection: Connection, campaign_id: int) -> bool:
    query = select(campaigns.c.state).where(campaigns.c.id == campaign_id)
    return bool(connection.execute(query).scalar_one() == CampaignState.CANCELED)


def _still_in_doubt(question: UnknownRow) -> ColumnElement[bool]:
    return (rows.c.id == question.row_id) & (rows.c.fence == question.fence) & (rows.c.state == RowState.UNKNOWN)


def _change(question: UnknownRow, to: RowState, event: AttemptEvent, **others: Any) -> RowChange:
    doubt = frozenset({RowState.UNKNOWN})
    return RowChange(question.row_id, question.campaign_id, to, event, question.fence, out_of=doubt, **others)
