"""The list of campaigns: search, filter and tags over what the ledger holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Text, cast, func, select

from mms.ledger.tables import campaigns, rows
from mms.states import CampaignState, RowState

_PAGE_SIZE = 50
_SENT_ON = func.coalesce(campaigns.c.started_at, campaigns.c.start_at, campaigns.c.created_at)


@dataclass(frozen=True, slots=True)
class CampaignFilter:
    """Empty fields take everything; all tags must be there.

    `since` and `until` (excluded) are seconds since 1970; a campaign counts on the day on which it is sent.
    """

    search: str = ""
    states: tuple[CampaignState, ...] = ()
    tags: tuple[str, ...] = ()
    mode: str | None = None
    kinds: tuple[str, ...] = ("campaign",)
    since: float | None = None
    until: float | None = None
    reference: str | None = None  # a program's own name for it
    request_key: str | None = None  # the call that made it

    def where(self) -> list[ColumnElement[bool]]:
        """Conditions that all must hold."""
        conditions: list[ColumnElement[bool]] = [campaigns.c.kind.in_(self.kinds)]
        if self.states:
            conditions.append(campaigns.c.state.in_(self.states))
        if self.mode:
            conditions.append(campaigns.c.mode == self.mode)
        if self.since is not None:
            conditions.append(self.since <= _SENT_ON)
        if self.until is not None:
            conditions.append(self.until > _SENT_ON)
        if self.reference is not None:
            conditions.append(campaigns.c.reference == self.reference)
        if self.request_key is not None:
            conditions.append(campaigns.c.request_key == self.request_key)
        if self.search.strip():
            conditions.append(campaigns.c.name.icontains(self.search.strip(), autoescape=True))
        return conditions


@dataclass(frozen=True, slots=True)
class CampaignView:
    """One line of the list. Times are seconds since 1970."""

    id: int
    name: str
    state: CampaignState
    reason: str | None
    mode: str
    sender_address: str
    tags: tuple[str, ...]
    parent_id: int | None
    created_at: float
    created_by: str | None
    start_at: float | None
    started_at: float | None
    finished_at: float | None
    counts: dict[RowState, int]

    @property
    def is_open(self) -> bool:
        """Whether it may still send: its figures are not its last ones."""
        return self.state not in (CampaignState.FINISHED, CampaignState.CANCELED)

    @property
    def sent_on(self) -> float:
        """When its first message was due: its day in every list."""
        return self.started_at or self.start_at or self.created_at


def campaign_list(
    connection: Connection,
    chosen: CampaignFilter | None = None,
    *,
    page: int = 0,
    page_size: int = _PAGE_SIZE,
) -> tuple[list[CampaignView], int]:
    """One page of the list, newest first, and how many the filter finds in all."""
    chosen = chosen or CampaignFilter()
    ids = matching_ids(connection, chosen)
    on_page = ids[page * page_size : (page + 1) * page_size]
    return campaigns_by_id(connection, on_page), len(ids)


def campaigns_by_id(connection: Connection, ids: Sequence[int]) -> list[CampaignView]:
    """The campaigns with these numbers, in this order; numbers that do not exist are left out."""
    counted = counts_of(connection, ids)
    query = select(campaigns).where(campaigns.c.id.in_(ids))
    found = {row.id: _view(row, counted[row.id]) for row in connection.execute(query)}
    return [found[number] for number in ids if number in found]


def counts_of(connection: Connection, ids: Sequence[int]) -> dict[int, dict[RowState, int]]:
    """Rows by state for each of these campaigns, in one query over the index."""
    counted: dict[int, dict[RowState, int]] = {number: {} for number in ids}
    query = (
        select(rows.c.campaign_id, rows.c.state, func.count())
        .where(rows.c.campaign_id.in_(ids))
        .group_by(rows.c.campaign_id, rows.c.state)
    )
    for campaign_id, state, count in connection.execute(query):
        counted[campaign_id][RowState(state)] = count
    return counted


def tags_in_use(connection: Connection) -> list[str]:
    """Every tag of any campaign, in alphabetical order."""
    lists = connection.execute(select(campaigns.c.tags).where(cast(campaigns.c.tags, Text) != "[]")).scalars()
    return sorted({tag for tags in lists for tag in tags})


def matching_ids(connection: Connection, chosen: CampaignFilter) -> list[int]:
    """Numbers of the campaigns that the filter finds, newest first."""
    # Tags are compared here, because the two databases search inside JSON in different ways.
    query = select(campaigns.c.id, campaigns.c.tags).where(*chosen.where()).order_by(campaigns.c.id.desc())
    wanted = set(chosen.tags)
    return [found.id for found in connection.execute(query) if wanted <= set(found.tags)]


def _view(found: Row[Any], counts: dict[RowState, int]) -> CampaignView:
    return CampaignView(
        id=found.id,
        name=found.name,
        state=CampaignState(found.state),
        reason=found.reason,
        mode=found.mode,
        sender_address=found.sender_address,
        tags=tuple(found.tags),
        parent_id=found.parent_id,
        created_at=found.created_at,
        created_by=found.created_by,
        start_at=found.start_at,
        started_at=found.started_at,
        finished_at=found.finished_at,
        counts=counts,
    )
