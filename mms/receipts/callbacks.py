"""Twilio's status callbacks. Whoever calls in here has checked the signature."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from mms.ledger import Ledger
from mms.ledger.row_states import take_twilios_word
from mms.ledger.tables import early_receipts, rows
from mms.receipts.applying import CHUNK, Effect, Receipt, apply_receipts
from mms.receipts.held_back import was_held_back
from mms.states import FROM_TWILIO
from mms.twilio_client import is_message_sid

KEPT_SECONDS = 72 * 3600.0  # after that no row will ask for an early receipt any more


def record_callback(ledger: Ledger, form: Mapping[str, str], row_id: int | None = None) -> Effect:
    """Record one status callback. `row_id` is what our callback address carried, if anything.

    With it, a row whose create was never answered learns that Twilio has the message.
    """
    return record_callbacks(ledger, [(form, row_id)])[0]


def record_callbacks(ledger: Ledger, callbacks: Sequence[tuple[Mapping[str, str], int | None]]) -> list[Effect]:
    """Record up to 500 callbacks in one transaction, for a busy web server; returns what each did, in order."""
    effects = [Effect.STRANGE] * len(callbacks)
    read = [(place, receipt_of(form)) for place, (form, _row_id) in enumerate(callbacks)]
    known = [(place, receipt) for place, receipt in read if receipt is not None]
    if not known:
        return effects
    with ledger.write() as connection:
        now = ledger.now(connection)
        for place, receipt in known:
            form, row_id = callbacks[place]
            if row_id is not None:
                _adopt(connection, row_id, form.get("To"), receipt, now)
        applied = apply_receipts(connection, [receipt for _place, receipt in known], now)
        for (place, receipt), effect in zip(known, applied, strict=True):
            effects[place] = effect
            if effect is Effect.EARLY:
                _keep(connection, receipt, now)
    return effects


def receipt_of(form: Mapping[str, str]) -> Receipt | None:
    """The receipt in a callback's fields; None when it names no message."""
    sid = form.get("MessageSid") or form.get("SmsSid") or ""
    status = form.get("MessageStatus") or form.get("SmsStatus") or ""
    code = form.get("ErrorCode") or ""
    if not is_message_sid(sid) or status not in FROM_TWILIO:
        return None
    return Receipt(sid, status, int(code) if code.isdecimal() and len(code) <= 6 else None)


def apply_early(connection: Connection, sids: Sequence[str], now: float) -> int:
    """Apply what came before these SIDs were recorded; call in the transaction that records them.

    Returns how many were waiting.
    """
    waiting: list[Any] = []
    for start in range(0, len(sids), CHUNK):
        query = select(early_receipts).where(early_receipts.c.message_sid.in_(sids[start : start + CHUNK]))
        waiting += connection.execute(query.order_by(early_receipts.c.id)).all()
    for start in range(0, len(waiting), CHUNK):
        chunk = waiting[start : start + CHUNK]
        receipts = [Receipt(one.message_sid, one.status, one.error_code, one.at) for one in chunk]
        apply_receipts(connection, receipts, now)
        connection.execute(delete(early_receipts).where(early_receipts.c.id.in_([one.id for one in chunk])))
    return len(waiting)


def sweep_early(ledger: Ledger) -> int:
    """Apply early receipts whose row has its SID by now, and forget those that nobody claimed in 72 hours.

    A periodic job: on PostgreSQL a callback and the record of its SID can pass each other unseen.
    Returns how many were forgotten.
    """
    claimed = (
        select(early_receipts.c.message_sid)
        .join(rows, rows.c.message_sid == early_receipts.c.message_sid)
        .distinct()
        .limit(CHUNK)
    )
    while True:
        with ledger.read() as connection:
            now = ledger.now(connection)
            sids = list(connection.execute(claimed).scalars())
            is_old = early_receipts.c.at < now - KEPT_SECONDS
            old = connection.execute(select(func.count()).where(is_old)).scalar_one()
        if sids:
            with ledger.write() as connection:
                apply_early(connection, sids, now)
        if len(sids) < CHUNK:
            break
    if not old:
        return 0
    with ledger.write() as connection:
        gone = connection.execute(delete(early_receipts).where(early_receipts.c.at < now - KEPT_SECONDS))
        return gone.rowcount


def _keep(connection: Connection, receipt: Receipt, now: float) -> None:
    values = {"message_sid": receipt.message_sid, "status": receipt.status, "error_code": receipt.error_code, "at": now}
    same = [early_receipts.c.message_sid == receipt.message_sid, early_receipts.c.status == receipt.status]
    if connection.execute(select(early_receipts.c.id).where(*same).limit(1)).one_or_none() is None:
        connection.execute(insert(early_receipts).values(**values))


def _adopt(connection: Connection, row_id: int, to: str | None, receipt: Receipt, now: float) -> None:
    """Its row gets the SID, whatever state it is in: that Twilio has the message is the truth about it.

    Also a row that settling put back to `ready` (it must not go out again), or that a person cancelled meanwhile; and
    one that is being asked for: its own answer says the same, or comes from a second request.
    """
    taken = select(rows.c.id).where(rows.c.message_sid == receipt.message_sid)
    if connection.execute(taken).first() is not None or was_held_back(connection, row_id, receipt.message_sid):
        return
    take_twilios_word(connection, row_id, to, sid=receipt.message_sid, status=receipt.status, now=now)
