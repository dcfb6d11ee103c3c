"""Everything about one number: what is known (export), and making this installation forget it (erasure).

Twilio keeps messages of its own (13 months by default); they are erased there.
"""

import json
from typing import Any

import pyarrow.compute as pc
from sqlalchemy import Connection, delete, select, update

from mms.errors import MmsError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.opt_outs import opted_out_among
from mms.ledger.row_states import annotate_rows, move_rows
from mms.ledger.tables import campaigns, dead_numbers, drafts, opt_out_events, opt_outs, replies, rows, uploads
from mms.opt_outs.changes import as_number
from mms.recipients import Upload
from mms.retention.purge import NO_CELLS, overwrite_deleted, shrink_log
from mms.roles import Permission, User, require
from mms.settings import Settings
from mms.states import RowState

_NATIONAL_DIGITS = 10  # how people write NANP numbers, with and without country code
_ON_ITS_WAY = (RowState.SENDING, RowState.UNKNOWN)


def export_person(ledger: Ledger, settings: Settings, person: User, cell: str) -> dict[str, Any]:
    """What is stored about a number, as JSON: messages with the cells of their rows, replies, opt-outs.

    Raises:
        NotAllowed: this person may not; MmsError: code `bad_number`.
    """
    require(person, Permission.PURGE)
    number = as_number(settings, cell)
    with ledger.write() as connection:
        note(connection, person.name, "person.export", at=ledger.now(connection))
        return {
            "number": number,
            "messages": _messages(connection, number),
            "replies": _all(connection, replies, replies.c.sender == number),
            "opt_out": _all(connection, opt_outs, opt_outs.c.recipient == number),
            "opt_out_history": _all(connection, opt_out_events, opt_out_events.c.recipient == number),
            "not_reachable": _all(connection, dead_numbers, dead_numbers.c.recipient == number),
        }


def erase_person(ledger: Ledger, settings: Settings, person: User, cell: str) -> int:
    """Forget a number: its rows keep only their state and counts; returns how many rows that were.

    A message that was not sent yet is cancelled. An opt-out stays, without its note: it protects the person.

    Raises:
        NotAllowed: this person may not.
        MmsError: code `bad_number`, or `on_its_way` while a message is between us and Twilio.
    """
    require(person, Permission.PURGE)
    number = as_number(settings, cell)
    with ledger.write() as connection:
        now = ledger.now(connection)
        overwrite_deleted(ledger, connection)
        erased = _erase_rows(connection, number, now)
        for stored in _uploads_with(connection, number):
            connection.execute(update(uploads).where(uploads.c.id == stored[0]).values(content=stored[1]))
        _erase_drafts(connection, number)
        connection.execute(delete(replies).where(replies.c.sender == number))
        connection.execute(delete(dead_numbers).where(dead_numbers.c.recipient == number))
        _erase_opt_out(connection, number)
        note(connection, person.name, "person.erase", at=now, detail={"rows": erased})
    shrink_log(ledger)
    return erased


def _messages(connection: Connection, number: str) -> list[dict[str, Any]]:
    columns = (rows.c.campaign_id, campaigns.c.name, rows.c.state, rows.c.message_sid, rows.c.sent_at, rows.c.cells)
    query = select(*columns, campaigns.c.columns).join(campaigns, campaigns.c.id == rows.c.campaign_id)
    found = connection.execute(query.where(rows.c.recipient == number).order_by(rows.c.id))
    return [
        {
            "campaign": row.campaign_id,
            "campaign_name": row.name,
            "state": row.state,
            "message_sid": row.message_sid,
            "sent_at": row.sent_at,
            "row": dict(zip(row.columns, json.loads(row.cells), strict=False)),
        }
        for row in found
    ]


def _all(connection: Connection, table: Any, condition: Any) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(select(table).where(condition))]


def _erase_rows(connection: Connection, number: str, now: float) -> int:
    theirs = rows.c.recipient == number
    if connection.execute(select(rows.c.id).where(theirs, rows.c.state.in_(_ON_ITS_WAY)).limit(1)).first():
        raise MmsError(
            "A message to this person is on its way right now. Try again in a few minutes.", code="on_its_way"
        )
    move_rows(connection, RowState.CANCELED, theirs, now=now, out_of={RowState.READY})
    return annotate_rows(connection, theirs, recipient=None, cells=NO_CELLS, problem_text=None)


def _uploads_with(connection: Connection, number: str) -> list[tuple[int, bytes]]:
    """Uploads that hold the number in any column, with those rows emptied."""
    changed = []
    for upload_id in connection.execute(select(uploads.c.id).where(uploads.c.content.is_not(None))).scalars().all():
        content = connection.execute(select(uploads.c.content).where(uploads.c.id == upload_id)).scalar_one()
        upload = Upload.from_bytes(content)
        positions = _positions(upload, number[-_NATIONAL_DIGITS:])
        if positions:
            changed.append((upload_id, _emptied(upload, positions).to_bytes()))
    return changed


def _positions(upload: Upload, digits: str) -> list[int]:
    held: Any = None
    for column in upload.columns:
        plain = pc.replace_substring_regex(upload.column(column), r"\D", "")
        here = pc.match_substring(plain, digits)
        held = here if held is None else pc.or_(held, here)
    return [] if held is None else [at for at, holds in enumerate(held.to_pylist()) if holds]


def _emptied(upload: Upload, positions: list[int]) -> Upload:
    for at in positions:
        row = int(upload.row_numbers[at])
        for column in upload.columns:
            upload = upload.with_cell(row, column, "")
    return upload


def _erase_drafts(connection: Connection, number: str) -> None:
    for draft in connection.execute(select(drafts.c.id, drafts.c.content)).all():
        cleaned = _without(draft.content, number[-_NATIONAL_DIGITS:])
        if cleaned != draft.content:
            connection.execute(update(drafts).where(drafts.c.id == draft.id).values(content=cleaned))


def _without(value: Any, digits: str) -> Any:
    """The same JSON with an empty text wherever one held these digits."""
    if isinstance(value, str):
        return "" if digits in "".join(filter(str.isdigit, value)) else value
    if isinstance(value, dict):
        return {_without(key, digits): _without(item, digits) for key, item in value.items()}
    return [_without(item, digits) for item in value] if isinstance(value, list) else value


def _erase_opt_out(connection: Connection, number: str) -> None:
    theirs = opt_out_events.c.recipient == number
    if opted_out_among(connection, [number]):
        connection.execute(update(opt_outs).where(opt_outs.c.recipient == number).values(note=None, campaign_id=None))
        connection.execute(update(opt_out_events).where(theirs).values(note=None, campaign_id=None))
    else:
        connection.execute(delete(opt_out_events).where(theirs))
