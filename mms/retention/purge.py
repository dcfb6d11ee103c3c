"""Clears numbers, texts and uploads of campaigns that ended long ago. States, codes, times and counts stay.

In short transactions, so that sending goes on meanwhile; stopped half-way, the next purge finishes it.
The opt-out list stays: it is what keeps people from being messaged.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, exists, or_, select, text, update

from mms.ledger import Ledger
from mms.ledger.campaign_states import change_campaign
from mms.ledger.row_states import annotate_rows
from mms.ledger.tables import (
    api_requests,
    campaigns,
    drafts,
    joins,
    list_people,
    media_checks,
    replies,
    reply_notes,
    rows,
    uploads,
)
from mms.states import CampaignState

_CHUNK = 5_000
_ENDED = (CampaignState.FINISHED, CampaignState.CANCELED)
NO_CELLS = "[]"


@dataclass(slots=True)
class Purged:
    """How much was cleared."""

    campaigns: int = 0
    rows: int = 0
    uploads: int = 0
    replies: int = 0
    drafts: int = 0


def purge(ledger: Ledger, before: float) -> Purged:
    """Clear what ended before that time (seconds since 1970)."""
    purged = Purged()
    for campaign_id in _due(ledger, before):
        purged.rows += _clear_rows(ledger, campaign_id)
        _clear_campaign(ledger, campaign_id)
        purged.campaigns += 1
    with ledger.write() as connection:
        overwrite_deleted(ledger, connection)
        purged.replies = connection.execute(delete(replies).where(replies.c.at < before)).rowcount
        _clear_joins(connection, before)
        connection.execute(delete(reply_notes).where(reply_notes.c.at < before))
        purged.drafts = connection.execute(delete(drafts).where(drafts.c.updated_at < before)).rowcount
        connection.execute(delete(media_checks).where(media_checks.c.checked_at < before))
        connection.execute(delete(api_requests).where(api_requests.c.created_at < before))
        purged.uploads = _clear_uploads(connection, before)
    shrink_log(ledger)
    return purged


def part_from_replies(connection: Connection) -> None:
    """Joins whose reply is gone: SQLite may give its number to a later one, which is another message."""
    gone = (joins.c.reply_id > 0) & ~exists().where(replies.c.id == joins.c.reply_id)
    connection.execute(update(joins).where(gone).values(reply_id=-joins.c.id))


def _clear_joins(connection: Connection, before: float) -> None:
    """What led into no list goes; who joined and is in one keeps it beside their consent."""
    is_member = exists().where(list_people.c.recipient == joins.c.recipient)
    connection.execute(delete(joins).where(joins.c.at < before, or_(joins.c.result != "joined", ~is_member)))
    part_from_replies(connection)


def overwrite_deleted(ledger: Ledger, connection: Connection) -> None:
    """SQLite leaves deleted content in its file until the page is used again, unless told to overwrite it."""
    if ledger.is_sqlite:
        connection.execute(text("PRAGMA secure_delete = ON"))


def shrink_log(ledger: Ledger) -> None:
    """Take over SQLite's write-ahead log, which holds the old content too; readers may keep some of it a while."""
    if not ledger.is_sqlite:
        return
    raw = ledger.engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()


def _due(ledger: Ledger, before: float) -> list[int]:
    ended = campaigns.c.finished_at < before
    query = select(campaigns.c.id).where(campaigns.c.state.in_(_ENDED), ended, campaigns.c.purged_at.is_(None))
    with ledger.read() as connection:
        return list(connection.execute(query.order_by(campaigns.c.id)).scalars())


def _clear_rows(ledger: Ledger, campaign_id: int) -> int:
    full = or_(rows.c.recipient.is_not(None), rows.c.cells != NO_CELLS)
    some = select(rows.c.id).where(rows.c.campaign_id == campaign_id, full).limit(_CHUNK)
    cleared = 0
    while True:
        with ledger.write() as connection:
            overwrite_deleted(ledger, connection)
            values = {"recipient": None, "cells": NO_CELLS, "problem_text": None, "picture": None, "link": None}
            changed = annotate_rows(connection, rows.c.id.in_(some), **values)
        cleared += changed
        if changed < _CHUNK:
            return cleared


def _clear_campaign(ledger: Ledger, campaign_id: int) -> None:
    with ledger.write() as connection:
        overwrite_deleted(ledger, connection)
        change_campaign(
            connection, campaign_id, body="", media_urls=[], versions=None, purged_at=ledger.now(connection)
        )


def _clear_uploads(connection: Connection, before: float) -> int:
    in_use = exists().where(campaigns.c.upload_id == uploads.c.id, campaigns.c.purged_at.is_(None))
    drafted = exists().where(drafts.c.upload_id == uploads.c.id)
    old = uploads.c.content.is_not(None) & (uploads.c.created_at < before)
    return connection.execute(update(uploads).where(old, ~in_use, ~drafted).values(content=None)).rowcount
