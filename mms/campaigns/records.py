"""Campaigns as values, read from the ledger."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, select

from mms.delivery.queue.predicates import goes_before, pictures_are_due
from mms.errors import CampaignError
from mms.ledger.tables import campaigns
from mms.send_options import SendOptions
from mms.states import CampaignKind, CampaignState, Want
from mms.versions.version import Version, versions_of


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign as it stands. Times are seconds since 1970, UTC."""

    id: int
    name: str
    kind: str
    mode: str
    state: CampaignState
    want: Want
    reason: str | None
    reason_code: str | None
    sender_id: int
    sender_address: str
    body: str
    media_urls: tuple[str, ...]
    columns: tuple[str, ...]
    phone_column: str | None
    options: SendOptions
    row_count: int
    upload_id: int | None
    parent_id: int | None
    tags: tuple[str, ...]
    content_hash: str
    created_at: float
    created_by: str | None
    start_at: float | None
    zone: str | None
    start_local: str | None
    not_after: float | None
    link_base: str | None
    versions: tuple[Version, ...]
    winner: str | None
    queue_position: float
    started_at: float | None
    finished_at: float | None
    next_look_at: float | None
    purged_at: float | None

    @property
    def waits_for_a_choice(self) -> bool:
        """Its versions are tried, and the rest goes out once one of them is chosen."""
        return bool(self.versions) and self.winner is None

    @property
    def is_active(self) -> bool:
        """Whether the panic button has something to stop."""
        return self.state in ACTIVE


ACTIVE = frozenset({CampaignState.RUNNING, CampaignState.WAITING, CampaignState.SCHEDULED})
_CONVERTED: dict[str, Any] = {
    "state": CampaignState,
    "want": Want,
    "media_urls": tuple,
    "columns": tuple,
    "tags": tuple,
    "versions": versions_of,
    "options": SendOptions.from_json,
}
_COLUMNS = [campaigns.c[name] for name in Campaign.__slots__]


def campaign(connection: Connection, campaign_id: int) -> Campaign:
    """The campaign with this number.

    Raises:
        CampaignError: code `no_such_campaign`.
    """
    found = connection.execute(select(*_COLUMNS).where(campaigns.c.id == campaign_id)).one_or_none()
    if found is None:
        raise CampaignError(f"There is no campaign number {campaign_id}.", code="no_such_campaign")
    return _campaign(found)


def launched_by(connection: Connection, request_key: str) -> int | None:
    """The campaign that this request made before; None while it is still being written, too."""
    query = select(campaigns.c.id).where(
        campaigns.c.request_key == request_key, campaigns.c.state != CampaignState.DRAFT
    )
    return connection.execute(query).scalar_one_or_none()


def campaigns_in(connection: Connection, states: frozenset[CampaignState], mode: str) -> list[Campaign]:
    """Ordinary campaigns in these states, in the order in which they will send."""
    is_one = and_(campaigns.c.kind == CampaignKind.CAMPAIGN, campaigns.c.mode == mode)
    return _those(connection, and_(campaigns.c.state.in_(states), is_one))


def ahead_of(connection: Connection, current: Campaign, now: float) -> list[Campaign]:
    """The campaigns that send before a scheduled one whose time has come, in order; none for the others."""
    if current.state is not CampaignState.SCHEDULED or (current.start_at or 0.0) > now:
        return []
    return in_front_of(connection, current, now)


def in_front_of(connection: Connection, current: Campaign, now: float) -> list[Campaign]:
    """The campaigns of its sender that send before this one, in order."""
    return _those(connection, goes_before(current.sender_id, (current.queue_position, current.id), now))


def waiting_for_a_look(connection: Connection, mode: str, soon: float) -> list[Campaign]:
    """Campaigns whose pictures have to be looked at by `soon`, in the order in which they will send."""
    found = _those(connection, and_(campaigns.c.mode == mode, pictures_are_due(soon)))
    return [one for one in found if not one.options.media_checked]


def _those(connection: Connection, which: ColumnElement[bool]) -> list[Campaign]:
    query = select(*_COLUMNS).where(which).order_by(campaigns.c.queue_position, campaigns.c.id)
    return [_campaign(found) for found in connection.execute(query)]


def _campaign(found: Row[Any]) -> Campaign:
    values = {name: _CONVERTED.get(name, _as_is)(value) for name, value in found._mapping.items()}
    return Campaign(**values)


def _as_is(value: Any) -> Any:
    return value


def past_campaigns(connection: Connection, mode: str, *, limit: int = 200) -> dict[int, str]:
    """Name by number of the campaigns that were started, the newest first: to choose one from."""
    query = (
        select(campaigns.c.id, campaigns.c.name)
        .where(campaigns.c.kind == CampaignKind.CAMPAIGN, campaigns.c.mode == mode, campaigns.c.started_at.is_not(None))
        .order_by(campaigns.c.id.desc())
        .limit(limit)
    )
    return {one.id: one.name for one in connection.execute(query)}
