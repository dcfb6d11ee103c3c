"""What `/metrics` counts in the ledger. Each family stands in one function; all names begin with `mms_`."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import Connection, Select, case, func, select

from mms.ledger.options import option
from mms.ledger.tables import campaigns, periodic_work, rows, senders
from mms.operations.backup_time import BACKED_UP
from mms.reports.cost.budget import monthly_cost
from mms.states import CampaignKind, CampaignState, RowState

_PACE_WINDOW = 60.0
_SENDING = (CampaignState.RUNNING, CampaignState.WAITING)
_BY_MODE = ["mode"]
_BY_SENDER = ["sender", "mode"]
PaceOf = Callable[[str], float]


def families(connection: Connection, now: float, pace_of: PaceOf, budget: Decimal | None) -> Iterator[Metric]:
    """All of them. `pace_of` says how many messages a second an address is asked to send; 0 is no limit."""
    yield _rows(connection)
    yield _campaigns(connection)
    yield from _waiting(connection, now, pace_of)
    yield _unknown(connection)
    yield _pace(connection, now)
    yield _receipt_lag(connection, now)
    yield from _senders(connection, now)
    yield from _worker_turn(connection, now)
    yield from _backup(connection, now)
    if budget is not None:
        yield from _budget(connection, now, budget)


def _rows(connection: Connection) -> Metric:
    count = func.count().label("count")
    states = select(rows.c.campaign_id, rows.c.state, rows.c.error_code, count).group_by(
        rows.c.campaign_id, rows.c.state, rows.c.error_code
    )
    each = states.subquery()
    query = (
        select(each.c.state, each.c.error_code, campaigns.c.mode, func.sum(each.c.count))
        .join(campaigns, campaigns.c.id == each.c.campaign_id)
        .group_by(each.c.state, each.c.error_code, campaigns.c.mode)
    )
    return _family(
        connection, "mms_rows", "Messages by state and Twilio's error code", ["state", "code", "mode"], query
    )


def _campaigns(connection: Connection) -> Metric:
    query = (
        select(campaigns.c.state, campaigns.c.mode, func.count())
        .where(campaigns.c.kind == CampaignKind.CAMPAIGN)
        .group_by(campaigns.c.state, campaigns.c.mode)
    )
    return _family(connection, "mms_campaigns", "Campaigns by state", ["state", "mode"], query)


def _waiting(connection: Connection, now: float, pace_of: PaceOf) -> Iterator[Metric]:
    since = func.coalesce(campaigns.c.started_at, campaigns.c.start_at, campaigns.c.created_at)
    ready = func.sum(case((rows.c.state == RowState.READY, 1), else_=0))
    query = (
        select(campaigns.c.sender_address, campaigns.c.mode, ready, func.min(since))
        .join(rows, rows.c.campaign_id == campaigns.c.id)
        .where(campaigns.c.state.in_(_SENDING), rows.c.state == RowState.READY)
        .group_by(campaigns.c.sender_address, campaigns.c.mode)
    )
    depth = GaugeMetricFamily("mms_queue_depth", "Messages that wait for their turn", labels=_BY_SENDER)
    oldest = GaugeMetricFamily("mms_oldest_waiting_seconds", "Time for which the oldest waits", labels=_BY_SENDER)
    asked = GaugeMetricFamily("mms_pace_asked", "Messages a second that are asked for; 0: no limit", labels=_BY_SENDER)
    for address, mode, count, first in connection.execute(query):
        labels = [_shown(address), mode]
        depth.add_metric(labels, count)
        oldest.add_metric(labels, max(0.0, now - first))
        asked.add_metric(labels, pace_of(address))
    yield from (depth, oldest, asked)


def _unknown(connection: Connection) -> Metric:
    query = (
        select(campaigns.c.mode, func.count())
        .join(rows, rows.c.campaign_id == campaigns.c.id)
        .where(rows.c.state == RowState.UNKNOWN)
        .group_by(campaigns.c.mode)
    )
    about = "Messages that may have gone out; Twilio's log is being asked"
    return _with_zero(_family(connection, "mms_unknown", about, _BY_MODE, query))


def _pace(connection: Connection, now: float) -> Metric:
    query = (
        select(campaigns.c.sender_address, campaigns.c.mode, func.count() / _PACE_WINDOW)
        .join(rows, rows.c.campaign_id == campaigns.c.id)
        .where(rows.c.sent_at > now - _PACE_WINDOW)
        .group_by(campaigns.c.sender_address, campaigns.c.mode)
    )
    about = "Messages a second that Twilio accepted in the last minute"
    family = GaugeMetricFamily("mms_pace", about, labels=_BY_SENDER)
    for address, mode, pace in connection.execute(query):
        family.add_metric([_shown(address), mode], float(pace))
    return family


def _receipt_lag(connection: Connection, now: float) -> Metric:
    """Only what awaits something: US carriers leave healthy picture messages at `sent` for good."""
    query = (
        select(campaigns.c.mode, now - func.min(rows.c.sent_at))
        .join(rows, rows.c.campaign_id == campaigns.c.id)
        .where(rows.c.state == RowState.ACCEPTED, rows.c.sent_at > now - 86_400)
        .group_by(campaigns.c.mode)
    )
    about = "Age of the oldest message that Twilio has not reported as sent"
    return _with_zero(_family(connection, "mms_receipt_lag_seconds", about, _BY_MODE, query))


def _senders(connection: Connection, now: float) -> Iterator[Metric]:
    held = select(func.count()).where(senders.c.held_until > now)
    yield _single(connection, "mms_senders_at_work", "Senders that a worker holds right now", held)
    ahead = select(func.coalesce(func.max(func.abs(senders.c.clock_ahead)), 0))
    yield _single(connection, "mms_clock_off_seconds", "Seconds between the ledger's clock and Twilio's", ahead)


def _worker_turn(connection: Connection, now: float) -> Iterator[Metric]:
    """Whichever machine it runs on: a worker that turns does something periodic every few seconds."""
    last = connection.execute(select(func.max(periodic_work.c.started_at))).scalar_one()
    if last is not None:
        about = "Time since some worker of this ledger last did something periodic"
        yield GaugeMetricFamily("mms_worker_last_turn_seconds", about, value=max(0.0, now - last))


def _backup(connection: Connection, now: float) -> Iterator[Metric]:
    at = option(connection, BACKED_UP, None)
    if at is not None:
        yield GaugeMetricFamily("mms_backup_age_seconds", "Age of the last `mms backup`", value=max(0.0, now - at))


def _budget(connection: Connection, now: float, budget: Decimal) -> Iterator[Metric]:
    cost = monthly_cost(connection, now)
    yield GaugeMetricFamily("mms_budget", "MMS_MONTHLY_BUDGET, in the account's currency", value=float(budget))
    about = "What this month's live campaigns come to at most, in the account's currency"
    yield GaugeMetricFamily("mms_month_expected", about, value=float(cost.expected))


def _family(connection: Connection, name: str, about: str, labels: list[str], query: Select[Any]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=labels)
    for *values, figure in connection.execute(query):
        family.add_metric(["" if value is None else str(value) for value in values], float(figure))
    return family


def _with_zero(family: GaugeMetricFamily) -> GaugeMetricFamily:
    """An alarm needs a value to compare also where there is nothing to count."""
    for mode in {"live", "practice"} - {sample.labels["mode"] for sample in family.samples}:
        family.add_metric([mode], 0.0)
    return family


def _single(connection: Connection, name: str, about: str, query: Select[Any]) -> Metric:
    return GaugeMetricFamily(name, about, value=float(connection.execute(query).scalar_one()))


def _shown(address: str) -> str:
    """No numbers in a monitoring system: the last four tell our own apart."""
    return f"…{address[-4:]}"
