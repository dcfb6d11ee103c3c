"""The book of opened links: one line for each visit, machines apart from people."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, distinct, func, insert, select

from mms.ledger import Ledger
from mms.ledger.tables import clicks
from mms.links.visitors import Who

MOST_A_ROW = 200
"""Visits that are noted of one person's links; behind them somebody plays, and the book would only grow."""


@dataclass(frozen=True, slots=True)
class Click:
    """One visit."""

    campaign_id: int
    row_id: int
    place: int
    who: Who
    device: str | None = None


@dataclass(frozen=True, slots=True)
class ClickCounts:
    """Of one campaign."""

    people: int = 0  # who opened at least one link
    clicks: int = 0  # all that people opened
    previews: int = 0
    robots: int = 0


def record_clicks(ledger: Ledger, found: Sequence[Click]) -> list[None]:
    """Note many visits in one transaction; the answers say nothing, they are for a batch."""
    with ledger.write() as connection:
        now = ledger.now(connection)
        row_ids = {one.row_id for one in found}
        noted = select(clicks.c.row_id, func.count()).where(clicks.c.row_id.in_(row_ids)).group_by(clicks.c.row_id)
        counts = Counter({one[0]: one[1] for one in connection.execute(noted)})
        new = []
        for one in found:
            counts[one.row_id] += 1
            if counts[one.row_id] <= MOST_A_ROW:
                new.append(
                    {
                        "campaign_id": one.campaign_id,
                        "row_id": one.row_id,
                        "place": one.place,
                        "who": one.who.value,
                        "device": one.device,
                        "at": now,
                    }
                )
        if new:
            connection.execute(insert(clicks), new)
    return [None] * len(found)


def click_counts(connection: Connection, campaign_ids: Sequence[int]) -> dict[int, ClickCounts]:
    """By campaign; campaigns without any visit are left out."""
    columns = (clicks.c.campaign_id, clicks.c.who, func.count(), func.count(distinct(clicks.c.row_id)))
    query = select(*columns).where(clicks.c.campaign_id.in_(campaign_ids)).group_by(clicks.c.campaign_id, clicks.c.who)
    found: dict[int, dict[str, tuple[int, int]]] = {}
    for campaign_id, who, visits, people in connection.execute(query):
        found.setdefault(campaign_id, {})[who] = (visits, people)
    return {campaign_id: _counts(by_who) for campaign_id, by_who in found.items()}


def _counts(by_who: dict[str, tuple[int, int]]) -> ClickCounts:
    visits, people = by_who.get(Who.PERSON, (0, 0))
    return ClickCounts(people, visits, by_who.get(Who.PREVIEW, (0, 0))[0], by_who.get(Who.ROBOT, (0, 0))[0])
