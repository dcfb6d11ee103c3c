"""A join word as command line and API show it."""

from typing import Any

from sqlalchemy import Connection, select

from mms.join_words.handling import JoinResult
from mms.join_words.printing import sms_link
from mms.join_words.words import all_words, joined_counts
from mms.ledger.tables import lists
from mms.reports.timestamps import iso


def described_words(connection: Connection, account_sid: str) -> list[dict[str, Any]]:
    """Every word of an account as one JSON object."""
    names = {one.id: one.name for one in connection.execute(select(lists.c.id, lists.c.name))}
    counts = joined_counts(connection)
    return [
        {
            "id": one.id,
            "word": one.word.upper(),
            "number": one.address,
            "list": names.get(one.list_id),
            "ask": one.ask,
            "welcome": one.welcome,
            "mediaUrl": list(one.welcome_media),
            "link": sms_link(one),
            "joined": counts.get(one.id, {}).get(JoinResult.JOINED, 0),
            "created_at": iso(one.created_at),
            "created_by": one.created_by,
        }
        for one in all_words(connection, account_sid)
    ]
