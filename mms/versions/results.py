"""What each version brought among those who tried it, and whether one is surely better."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, distinct, func, select

from mms.ledger.tables import clicks, replies, rows
from mms.states import RowState
from mms.states.visitors import Who
from mms.versions.intervals import difference_interval
from mms.versions.version import Rule

_HANDED_OVER = (RowState.ACCEPTED, RowState.SENT, RowState.DELIVERED, RowState.UNDELIVERED, RowState.FAILED)


@dataclass(frozen=True, slots=True)
class VersionResult:
    """Of the people who were drawn for one version; each is counted once in each."""

    name: str
    drawn: int
    handed_over: int
    clicks: int
    replies: int
    opt_outs: int

    def count(self, rule: Rule) -> tuple[int, int]:
        """What the rule looks at, and of how many."""
        return {Rule.CLICKS: self.clicks, Rule.REPLIES: self.replies}.get(rule, self.opt_outs), self.handed_over


@dataclass(frozen=True, slots=True)
class Difference:
    """The leading version against another one, as shares; above 0 the leading one is better."""

    leader: str
    other: str
    value: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether chance alone hardly makes such a difference."""
        return self.low > 0


def version_results(connection: Connection, campaign_id: int) -> list[VersionResult]:
    """By version, A first. Counted by the database."""
    of_test = (rows.c.campaign_id == campaign_id, rows.c.version.is_not(None))
    handed = func.count().filter(rows.c.state.in_(_HANDED_OVER))
    drawn = select(rows.c.version, func.count(), handed).where(*of_test).group_by(rows.c.version)
    clicked = _people(connection, of_test, clicks.c.row_id, clicks.c.who == Who.PERSON.value)
    # A reply that is itself an opt-out counts there, not as a reply.
    wrote = _people(connection, of_test, replies.c.row_id, replies.c.keyword.is_(None))
    stopped = _people(connection, of_test, replies.c.row_id, replies.c.keyword == "stop")
    return [
        VersionResult(name, count, given, clicked.get(name, 0), wrote.get(name, 0), stopped.get(name, 0))
        for name, count, given in connection.execute(drawn.order_by(rows.c.version))
    ]


def people_who_wait(connection: Connection, campaign_id: int) -> int:
    """Who tries no version and gets the chosen one."""
    query = select(func.count()).where(rows.c.campaign_id == campaign_id, rows.c.version.is_(None))
    return int(connection.execute(query.where(rows.c.state == RowState.READY)).scalar_one())


def _people(
    connection: Connection, of_test: tuple[ColumnElement[bool], ...], row_id: Any, condition: ColumnElement[bool]
) -> dict[str, int]:
    """By version, of how many different people another table tells something."""
    query = select(rows.c.version, func.count(distinct(rows.c.id))).join_from(rows, row_id.table, row_id == rows.c.id)
    return {one[0]: one[1] for one in connection.execute(query.where(*of_test, condition).group_by(rows.c.version))}


def differences(results: Sequence[VersionResult], rule: Rule) -> list[Difference]:
    """The leader against each other version; none while fewer than two were tried."""
    if len(results) < 2:
        return []
    sign = -1 if rule is Rule.OPT_OUTS else 1
    leader = max(results, key=lambda one: sign * _share(one, rule))
    others = [one for one in results if one is not leader]
    pairs = len(results) * (len(results) - 1) // 2
    found = []
    for other in others:
        better, worse = (leader, other) if sign > 0 else (other, leader)
        low, high = difference_interval(better.count(rule), worse.count(rule), pairs=pairs)
        value = _share(better, rule) - _share(worse, rule)
        found.append(Difference(leader.name, other.name, value, low, high))
    return found


def _share(one: VersionResult, rule: Rule) -> float:
    count, of = one.count(rule)
    return count / of if of else 0.0


def sure_winner(found: Sequence[Difference]) -> str | None:
    """The version that is surely better than each of the others; None where there are too few people to tell."""
    return found[0].leader if found and all(one.is_sure for one in found) else None
