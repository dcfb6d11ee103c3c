"""Puts receipts into the ledger. Any order, any number of times: the outcome is the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select

from mms.delivery.sending.suppression import learn
from mms.ledger.row_states import apply_reports
from mms.ledger.tables import rows
from mms.receipts import held_back
from mms.states import FROM_TWILIO, AttemptEvent, RowState, may_follow

CHUNK = 500  # rows in one transaction: a running send waits no longer than a few milliseconds


class Effect(StrEnum):
    """What a receipt did."""

    APPLIED = "applied"
    REPEATED = "repeated"  # nothing new in it
    LATE = "late"  # overtaken by a later state
    EARLY = "early"  # no row has this SID yet; kept until one has
    STRANGE = "strange"  # a status word we do not know, or no message SID


@dataclass(frozen=True, slots=True)
class Receipt:
    """One statement of Twilio about a message. `at` is Twilio's own time, where it gives one."""

    message_sid: str
    status: str
    error_code: int | None = None
    at: float | None = None
    price: str | None = None
    price_unit: str | None = None


@dataclass(slots=True)
class _Row:
    """A row as it stands within this transaction."""

    id: int
    campaign_id: int
    recipient: str | None
    state: RowState
    provider_status: str | None
    error_code: int | None
    sent_at: float | None
    price: str | None
    price_unit: str | None
    updated_at: float
    changed: bool = False
    events: list[dict[str, Any]] = field(default_factory=list)


_COLUMNS = [rows.c[name] for name in _Row.__slots__ if name in rows.c]
_CHANGEABLE = ("state", "provider_status", "error_code", "price", "price_unit", "updated_at")
_WORD_ORDER = {word: place for place, word in enumerate(FROM_TWILIO)}


def apply_receipts(connection: Connection, receipts: Sequence[Receipt], now: float) -> list[Effect]:
    """Apply up to `CHUNK` receipts in a write transaction; returns what each did, in order."""
    found = _rows(connection, {receipt.message_sid for receipt in receipts})
    opens = held_back.openings(connection, held_back.dropped_in(receipts), now)
    effects = [_take(found.get(receipt.message_sid), receipt, now, opens) for receipt in receipts]
    changed = [row for row in found.values() if row.changed]
    values = [{"row_id": row.id, **{name: getattr(row, name) for name in _CHANGEABLE}} for row in changed]
    if opens:
        held_back.offer_again(connection, opens, now)
    apply_reports(connection, values, [event for row in changed for event in row.events])
    for row in changed:
        if row.recipient is not None and row.events:
            learn(connection, row.recipient, row.error_code, campaign_id=row.campaign_id, at=now)
    return effects


def _rows(connection: Connection, sids: set[str]) -> dict[str, _Row]:
    """Locked on PostgreSQL, always in the same order, so that two callers cannot wait for each other."""
    query = (
        select(rows.c.message_sid, *_COLUMNS).where(rows.c.message_sid.in_(sids)).order_by(rows.c.id).with_for_update()
    )
    return {sid: _Row(*values) for sid, *values in connection.execute(query)}


def _take(row: _Row | None, receipt: Receipt, now: float, opens: Mapping[int, held_back.Opening]) -> Effect:
    if receipt.status not in FROM_TWILIO:
        return Effect.STRANGE
    if row is None:
        return Effect.EARLY
    if row.id in opens and receipt.error_code in held_back.CODES:
        return Effect.APPLIED  # by `offer_again`
    priced = _take_price(row, receipt)
    later = FROM_TWILIO[receipt.status]
    if later == row.state and _is_later_word(receipt.status, row.provider_status):
        row.provider_status = receipt.status  # queued, then sending: the same to us, but it moves
    elif may_follow(RowState(row.state), later):
        row.state, row.provider_status = later, receipt.status
        row.error_code = receipt.error_code or row.error_code
    elif later == row.state:
        return Effect.APPLIED if priced else Effect.REPEATED
    else:
        return Effect.APPLIED if priced else Effect.LATE
    row.updated_at = min(now, max(receipt.at or now, row.sent_at or 0.0))
    row.changed = True
    row.events.append(_event(row, receipt))
    return Effect.APPLIED


def _take_price(row: _Row, receipt: Receipt) -> bool:
    if receipt.price is None or receipt.price == row.price:
        return False
    row.price, row.price_unit, row.changed = receipt.price, receipt.price_unit, True
    return True


def _is_later_word(word: str, known: str | None) -> bool:
    return _WORD_ORDER[word] > _WORD_ORDER.get(known or "", -1)


def _event(row: _Row, receipt: Receipt) -> dict[str, Any]:
    return {
        "row_id": row.id,
        "campaign_id": row.campaign_id,
        "at": row.updated_at,
        "event": AttemptEvent.RECEIPT.value,
        "status": receipt.status,
        "error_code": receipt.error_code,
        "message_sid": receipt.message_sid,
    }
