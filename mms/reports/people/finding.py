"""People by anything that a list said about them: a name, a part of the number, the value of any column."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, select

from mms.ledger.tables import campaigns, rows
from mms.reports.campaign.row_filter import mentions

FEWEST = 2
"""Shorter texts would find nearly everybody."""
_LOOKED_AT = 500
"""Rows read for one page of people: somebody in many campaigns has many."""


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Who, and how the newest list with that text named them."""

    recipient: str
    cells: dict[str, str]  # without the phone number
    campaign: str
    at: float


def find_people(connection: Connection, text: str, mode: str, *, limit: int = 50) -> list[FoundPerson]:
    """People of any campaign whose row has this text, in any case; who was in a list last comes first.

    The newest rows are read until there are enough, so what is common is found at once, and what is rare by one pass
    over the history.
    """
    if len(text.strip()) < FEWEST:
        return []
    query = (
        select(
            rows.c.recipient,
            rows.c.cells,
            rows.c.updated_at,
            campaigns.c.name,
            campaigns.c.columns,
            campaigns.c.phone_column,
        )
        .join(campaigns, campaigns.c.id == rows.c.campaign_id)
        .where(rows.c.recipient.is_not(None), campaigns.c.mode == mode, mentions(text.strip()))
        .order_by(rows.c.id.desc())
        .limit(_LOOKED_AT)
    )
    found: dict[str, FoundPerson] = {}
    for one in connection.execute(query):
        if one.recipient not in found and len(found) < limit:
            cells = dict(zip(one.columns, json.loads(one.cells or "[]"), strict=False))
            cells.pop(one.phone_column, None)
            found[one.recipient] = FoundPerson(one.recipient, cells, one.name, one.updated_at)
    return list(found.values())
