"""When a campaign is due, what goes before it, when it may send: the one place that says so, as expressions in SQL.

The sweep, a run, the check before a start, launch, resume, pages and the watch over the worker all put these into
their queries, so that they cannot disagree. A campaign's *place* is (`queue_position`, `id`) on its sender.
"""

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, or_, tuple_

from mms.ledger.tables import campaigns, rows
from mms.states import AttemptEvent, CampaignKind, CampaignState, Reason, RowState, Want

Moment = float | ColumnElement[float]
"""The ledger's time, or the parameter that will hold it: a query that is asked all the time is built once."""

_LIVE = (CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.WAITING)
_HAS_ITS_TURN_COMING = (Reason.QUEUED, Reason.PICTURES)
_MAY_BE_AT_TWILIO = (RowState.SENDING, RowState.UNKNOWN)


def is_wanted() -> ColumnElement[bool]:
    """A person wants it sent, now or later, and it is not over."""
    return and_(campaigns.c.want == Want.RUN, campaigns.c.state.in_(_LIVE))


def may_send_now(now: Moment) -> ColumnElement[bool]:
    """Its time has come, as far as it knows; campaigns that go before it have the first rows."""
    is_queued = campaigns.c.reason_code == Reason.QUEUED
    starts_at_once = and_(campaigns.c.start_at.is_(None), _reason_is_not(Reason.PICTURES))
    return and_(
        campaigns.c.want == Want.RUN,
        or_(
            campaigns.c.state == CampaignState.RUNNING,
            _window_is_open(now),
            and_(campaigns.c.state == CampaignState.SCHEDULED, or_(is_queued, starts_at_once)),
        ),
    )


def is_due(now: Moment) -> ColumnElement[bool]:
    """Its start time has come and it has not joined the queue yet."""
    return and_(
        campaigns.c.state == CampaignState.SCHEDULED,
        campaigns.c.want == Want.RUN,
        campaigns.c.start_at <= now,
        _reason_is_not(*_HAS_ITS_TURN_COMING),
    )


def pictures_are_due(soon: float) -> ColumnElement[bool]:
    """It waits for a look at its pictures, or starts before `soon` and so will."""
    return and_(
        campaigns.c.state == CampaignState.SCHEDULED,
        campaigns.c.want == Want.RUN,
        or_(campaigns.c.reason_code == Reason.PICTURES, campaigns.c.start_at <= soon),
    )


def waits_on_its_canary() -> ColumnElement[bool]:
    """Its first few went out, and the rest is wanted when they did well."""
    return and_(
        campaigns.c.state == CampaignState.PAUSED,
        campaigns.c.reason_code == Reason.CANARY,
        campaigns.c.want == Want.RUN,
    )


def takes_rows_back() -> ColumnElement[bool]:
    """Rows of it that come back may go out again: it is wanted, or was over with nobody against it."""
    return and_(
        campaigns.c.kind == CampaignKind.CAMPAIGN,
        campaigns.c.want == Want.RUN,
        campaigns.c.state.in_((*_LIVE, CampaignState.FINISHED)),
    )


def goes_before(sender_id: int, place: tuple[float, int], now: float) -> ColumnElement[bool]:
    """A campaign that sends before the one at this place: it is in front and its time has come.

    One that only waits for Twilio's log, for a window or for its start time lets others pass.
    """
    has_come = or_(
        and_(campaigns.c.state == CampaignState.RUNNING, _reason_is_not(Reason.SETTLING)),
        _window_is_open(now),
        and_(
            campaigns.c.state == CampaignState.SCHEDULED,
            or_(
                campaigns.c.start_at.is_(None),
                campaigns.c.start_at <= now,
                campaigns.c.reason_code.in_(_HAS_ITS_TURN_COMING),
            ),
        ),
    )
    return and_(
        campaigns.c.sender_id == sender_id,
        campaigns.c.kind == CampaignKind.CAMPAIGN,
        campaigns.c.want == Want.RUN,
        tuple_(campaigns.c.queue_position, campaigns.c.id) < tuple_(*place),
        has_come,
    )


def is_to_be_settled(table: FromClause = rows) -> ColumnElement[bool]:
    """A row that may be at Twilio, and whose fate the worker is to find out."""
    return and_(_may_be_at_twilio(table), or_(table.c.reason.is_(None), table.c.reason != AttemptEvent.UNSETTLED))


def is_left_to_a_person(table: FromClause = rows) -> ColumnElement[bool]:
    """A row that may be at Twilio, and of which Twilio's log could not tell."""
    return and_(_may_be_at_twilio(table), table.c.reason == AttemptEvent.UNSETTLED)


def _may_be_at_twilio(table: FromClause) -> ColumnElement[bool]:
    """With the states written out: SQLite uses the small index over such rows only for constants."""
    states = [state.value for state in _MAY_BE_AT_TWILIO]
    written_out: ColumnElement[bool] = table.c.state.in_(
        bindparam("open_states", states, unique=True, expanding=True, literal_execute=True)
    )
    return written_out


def _window_is_open(now: Moment) -> ColumnElement[bool]:
    it_is_time = or_(campaigns.c.next_look_at.is_(None), campaigns.c.next_look_at <= now)
    return and_(campaigns.c.state == CampaignState.WAITING, it_is_time)


def _reason_is_not(*reasons: Reason) -> ColumnElement[bool]:
    return or_(campaigns.c.reason_code.is_(None), campaigns.c.reason_code.not_in(reasons))
