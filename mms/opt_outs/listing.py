"""Search in the suppression list, and the history of one number."""

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select, true

from mms.ledger.tables import opt_out_events, opt_outs

SOURCES = {
    "reply": "Replied STOP",
    "twilio_21610": "Twilio says opted out",
    "by_hand": "Added by hand",
    "import": "Imported",
}


@dataclass(frozen=True, slots=True)
class OptOut:
    """One number that must not be messaged. `since` is seconds since 1970, UTC."""

    recipient: str
    since: float
    source: str
    note: str | None
    campaign_id: int | None


@dataclass(frozen=True, slots=True)
class OptOutEvent:
    """How a number came onto the list (`added`) or off it (`removed`)."""

    at: float
    event: str
    source: str
    note: str | None
    by: str | None
    campaign_id: int | None


def search(connection: Connection, text: str = "", *, limit: int | None = 100, offset: int = 0) -> list[OptOut]:
    """Numbers that contain the digits of `text`, newest first; every number for a text without digits.

    `limit` None: all of them.
    """
    columns = (opt_outs.c[name] for name in OptOut.__slots__)
    query = select(*columns).where(_contains(text)).order_by(opt_outs.c.since.desc(), opt_outs.c.recipient)
    return [OptOut(*found) for found in connection.execute(query.limit(limit).offset(offset))]


def count(connection: Connection, text: str = "") -> int:
    """How many numbers `search` would find."""
    query = select(func.count()).select_from(opt_outs).where(_contains(text))
    return int(connection.execute(query).scalar_one())


def history(connection: Connection, recipient: str) -> list[OptOutEvent]:
    """Everything that happened to one number, oldest first."""
    columns = (opt_out_events.c[name] for name in OptOutEvent.__slots__)
    query = select(*columns).where(opt_out_events.c.recipient == recipient).order_by(opt_out_events.c.id)
    return [OptOutEvent(*found) for found in connection.execute(query)]


def _contains(text: str) -> ColumnElement[bool]:
    digits = re.sub(r"[^0-9]", "", text)
    return opt_outs.c.recipient.contains(digits) if digits else true()
