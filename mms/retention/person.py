"""Everything about one number: what is known (export), and making this installation forget it (erasure).

Twilio keeps messages of its own (13 months by default); they are erased there.
"""

import json
from typing import Any

from sqlalchemy import Connection, delete, select, update

from mms.errors import MmsError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.opt_outs import opted_out_among
from mms.ledger.row_states import annotate_rows, move_rows
from mms.ledger.tables import (
    campaigns,
    clicks,
    dead_numbers,
    drafts,
    join_words,
    joins,
    list_people,
    lists,
    media_checks,
    opt_out_events,
    opt_outs,
    recurring_runs,
    recurring_sends,
    replies,
    reply_notes,
    rows,
    segments,
    templates,
    uploads,
)
from mms.media.store.picture_store import FolderStore
from mms.opt_outs.changes import as_number
from mms.phones.mentions import Mentions
from mms.picture_templates.drawn_folder import drawn_folder
from mms.recipients import Upload
from mms.recipients.check.phone_column_names import is_phone_name
from mms.retention.purge import NO_CELLS, overwrite_deleted, part_from_replies, shrink_log
from mms.roles import Permission, User, require
from mms.settings import Settings
from mms.states import RowState

_ROWS_A_LOOK = 5_000
_TEXTS: tuple[tuple[Any, Any, tuple[Any, ...]], ...] = (  # table, key, and the columns that hold what people wrote
    (
        campaigns,
        campaigns.c.id,
        (
            campaigns.c.name,
            campaigns.c.body,
            campaigns.c.media_urls,
            campaigns.c.tags,
            campaigns.c.reference,
            campaigns.c.versions,
        ),
    ),
    (uploads, uploads.c.id, (uploads.c.file_name, uploads.c.repairs)),
    (templates, templates.c.id, (templates.c.name, templates.c.body, templates.c.media_urls)),
    (replies, replies.c.id, (replies.c.body,)),
    (reply_notes, reply_notes.c.id, (reply_notes.c.text,)),
    (recurring_sends, recurring_sends.c.id, (recurring_sends.c.name, recurring_sends.c.steps)),
    (recurring_runs, recurring_runs.c.id, (recurring_runs.c.reason,)),
    (join_words, join_words.c.id, (join_words.c.ask, join_words.c.welcome, join_words.c.welcome_media)),
    (lists, lists.c.id, (lists.c.name,)),
    (list_people, list_people.c.id, (list_people.c.cells, list_people.c.consent_text, list_people.c.consent_source)),
    (segments, segments.c.id, (segments.c.name, segments.c.conditions)),
    (opt_outs, opt_outs.c.recipient, (opt_outs.c.note,)),
    (opt_out_events, opt_out_events.c.id, (opt_out_events.c.note,)),
)
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
            "mentioned_in": _mentions(connection, number),
            "lists": _all(connection, list_people, list_people.c.recipient == number),
            "joins": _all(connection, joins, joins.c.recipient == number),
            "replies": _all(connection, replies, replies.c.sender == number),
            "notes": _all(connection, reply_notes, reply_notes.c.recipient == number),
            "opened_links": _opened(connection, number),
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
        theirs = select(rows.c.picture).where(rows.c.recipient == number, rows.c.picture.is_not(None))
        drawn = list(connection.execute(theirs).scalars())
        overwrite_deleted(ledger, connection)
        erased = _erase_rows(connection, number, now)
        mentions = Mentions.of(number)
        connection.execute(delete(list_people).where(list_people.c.recipient == number))
        connection.execute(delete(joins).where(joins.c.recipient == number))
        connection.execute(delete(reply_notes).where(reply_notes.c.recipient == number))
        connection.execute(delete(replies).where(replies.c.sender == number))
        part_from_replies(connection)
        connection.execute(delete(dead_numbers).where(dead_numbers.c.recipient == number))
        _clear_cells(connection, mentions)
        _clear_uploads(connection, mentions)
        _clear_texts(connection, mentions)
        _erase_opt_out(connection, number)
        note(connection, person.name, "person.erase", at=now, detail={"rows": erased})
    shrink_log(ledger)
    for name in drawn:
        FolderStore(drawn_folder(settings)).forget(name)
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


def _opened(connection: Connection, number: str) -> list[dict[str, Any]]:
    query = select(clicks.c.campaign_id, clicks.c.place, clicks.c.who, clicks.c.device, clicks.c.at)
    query = query.join(rows, rows.c.id == clicks.c.row_id).where(rows.c.recipient == number)
    return [dict(row._mapping) for row in connection.execute(query.order_by(clicks.c.id))]


def _mentions(connection: Connection, number: str) -> list[dict[str, Any]]:
    """Rows of others, or without a number to send to, in which the number stands; only the cells that hold it."""
    mentions = Mentions.of(number)
    found = []
    query = select(rows.c.campaign_id, rows.c.row_number, rows.c.cells, campaigns.c.columns)
    query = query.join(campaigns, campaigns.c.id == rows.c.campaign_id)
    for row in connection.execute(query.where(rows.c.recipient.is_distinct_from(number)).order_by(rows.c.id)):
        cells = zip(row.columns, json.loads(row.cells), strict=False)
        held = {name: cell for name, cell in cells if mentions.are_in(cell)}
        if held:
            found.append({"campaign": row.campaign_id, "row_number": row.row_number, "cells": held})
    return found


def _all(connection: Connection, table: Any, condition: Any) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(select(table).where(condition))]


def _erase_rows(connection: Connection, number: str, now: float) -> int:
    theirs = rows.c.recipient == number
    if connection.execute(select(rows.c.id).where(theirs, rows.c.state.in_(_ON_ITS_WAY)).limit(1)).first():
        raise MmsError(
            "A message to this person is on its way right now. Try again in a few minutes.", code="on_its_way"
        )
    move_rows(connection, RowState.CANCELED, theirs, now=now, out_of={RowState.READY})
    its_row = clicks.c.row_id.in_(select(rows.c.id).where(theirs))
    connection.execute(update(clicks).where(its_row).values(device=None))  # the count stays, of nobody
    gone: dict[str, str | None] = {"recipient": None, "cells": NO_CELLS, "problem_text": None}
    return annotate_rows(connection, theirs, **gone, picture=None, coupon=None, link=None)


def _clear_uploads(connection: Connection, mentions: Mentions) -> None:
    for upload_id in connection.execute(select(uploads.c.id).where(uploads.c.content.is_not(None))).scalars().all():
        stored = connection.execute(select(uploads).where(uploads.c.id == upload_id)).one()
        upload = Upload.from_bytes(stored.content)
        cleared = _cleared(upload, mentions)
        if cleared is not upload:
            connection.execute(update(uploads).where(uploads.c.id == upload_id).values(content=cleared.to_bytes()))


def _cleared(upload: Upload, mentions: Mentions) -> Upload:
    """The upload without the number: their own rows emptied, in others' rows the cells that mention it."""
    phones = [at for at, name in enumerate(upload.columns) if is_phone_name(name)] or range(len(upload.columns))
    for row, cells in upload.rows():
        held = [at for at, cell in enumerate(cells) if cell and mentions.are_in(cell)]
        is_theirs = any(at in phones for at in held)
        for at in range(len(cells)) if is_theirs else held:
            upload = upload.with_cell(row, upload.columns[at], "")
    return upload


def _clear_texts(connection: Connection, mentions: Mentions) -> None:
    """What people typed and what was asked: everywhere else that a number can stand in a text."""
    for table, key, columns in _TEXTS:
        for stored in connection.execute(select(key, *columns)).all():
            values = {
                column.name: mentions.without_in(value) for column, value in zip(columns, stored[1:], strict=True)
            }
            if list(values.values()) != list(stored[1:]):
                connection.execute(update(table).where(key == stored[0]).values(**values))
    for draft in connection.execute(select(drafts.c.id, drafts.c.content)).all():
        cleaned = mentions.emptied(draft.content)
        if cleaned != draft.content:
            connection.execute(update(drafts).where(drafts.c.id == draft.id).values(content=cleaned))
    for check in connection.execute(select(media_checks)).all():
        if mentions.are_in(check.url) or mentions.are_in(json.dumps(check.verdict)):
            connection.execute(delete(media_checks).where(media_checks.c.url_sha256 == check.url_sha256))


def _clear_cells(connection: Connection, mentions: Mentions) -> None:
    """Rows of others that mention the number lose the cell and stay."""
    last = 0
    while found := _some_rows(connection, last):
        for row_id, cells, problem in found:
            values: dict[str, str | None] = {}
            if "\\" in cells or mentions.are_in(cells):
                emptied = json.dumps(mentions.emptied(json.loads(cells)), ensure_ascii=False)
                values = {"cells": emptied} if json.loads(emptied) != json.loads(cells) else {}
            if problem and mentions.are_in(problem):
                values["problem_text"] = None
            if values:
                annotate_rows(connection, rows.c.id == row_id, **values)
        last = found[-1][0]


def _some_rows(connection: Connection, after: int) -> list[tuple[int, str, str | None]]:
    query = select(rows.c.id, rows.c.cells, rows.c.problem_text).where(rows.c.id > after).order_by(rows.c.id)
    return [(row.id, row.cells, row.problem_text) for row in connection.execute(query.limit(_ROWS_A_LOOK))]


def copies_that_stay(settings: Settings) -> list[str]:
    """What erasure here does not reach, one sentence each, and how it ends."""
    kept = sorted(path.name for path in settings.data_dir.glob("*before-restore*"))
    files = f" There are: {', '.join(kept)}." if kept else ""
    return [
        "Backups made before now still hold this person: delete those that you no longer need, and erase again after "
        "a restore.",
        f"Files that a restore kept beside the database (mms.db.before-restore-…) hold it too; delete them.{files}",
        "Twilio keeps its own copies of messages, 13 months unless changed there: delete them in the Twilio Console.",
    ]


def _erase_opt_out(connection: Connection, number: str) -> None:
    theirs = opt_out_events.c.recipient == number
    if opted_out_among(connection, [number]):
        connection.execute(update(opt_outs).where(opt_outs.c.recipient == number).values(note=None, campaign_id=None))
        connection.execute(update(opt_out_events).where(theirs).values(note=None, campaign_id=None))
    else:
        connection.execute(delete(opt_out_events).where(theirs))
