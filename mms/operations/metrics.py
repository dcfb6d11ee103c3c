"""Prometheus metrics: what the ledger holds, counted when asked, and what this process has answered."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, func, select

from mms.ledger import Ledger
from mms.ledger.tables import campaigns, rows, senders
from mms.states import CampaignKind, CampaignState, RowState

_COUNTED_EVERY = 10.0  # seconds; counting a million rows takes some tenths of one
_PACE_WINDOW = 60.0
_LATENCIES = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25)


class LedgerCollector(Collector):
    """Counts of the ledger; two scrapes within ten seconds see the same ones."""

    def __init__(self, ledger: Ledger, clock: Callable[[], float] = time.monotonic) -> None:
        self._ledger = ledger
        self._clock = clock
        self._lock = threading.Lock()
        self._counted: list[Metric] = []
        self._counted_at: float | None = None

    def describe(self) -> Iterable[Metric]:
        """Nothing to check beforehand; a registry would count the whole ledger to learn the names."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The families, counted at most every ten seconds."""
        with self._lock:
            now = self._clock()
            if self._counted_at is None or now - self._counted_at >= _COUNTED_EVERY:
                with self._ledger.read() as connection:
                    self._counted = list(_families(connection, self._ledger.now(connection)))
                self._counted_at = now
        yield from self._counted


@dataclass(slots=True)
class Metrics:
    """What one process has to tell."""

    ledger: Ledger
    silent_for: Callable[[], float] = lambda: 0.0  # seconds with work and without anybody at it
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    calls: Histogram = field(init=False)
    callbacks: Counter = field(init=False)
    replies: Counter = field(init=False)

    def __post_init__(self) -> None:
        self.calls = Histogram(
            "mms_api_seconds",
            "Time to answer calls of the HTTP API and webhooks",
            ["path", "status"],
            buckets=_LATENCIES,
            registry=self.registry,
        )
        self.callbacks = Counter("mms_callbacks", "Receipts by what they changed", ["effect"], registry=self.registry)
        self.replies = Counter("mms_replies", "Inbound messages by keyword", ["keyword"], registry=self.registry)
        self.registry.register(LedgerCollector(self.ledger))
        silence = Gauge(
            "mms_worker_silent_seconds", "Time for which messages wait and no worker answers", registry=self.registry
        )
        silence.set_function(self.silent_for)

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)


def _families(connection: Connection, now: float) -> Iterator[Metric]:
    yield _labelled(
        connection,
        GaugeMetricFamily("mms_rows", "Messages by state and Twilio's error code", labels=["state", "code"]),
        select(rows.c.state, rows.c.error_code, func.count()).group_by(rows.c.state, rows.c.error_code),
    )
    yield _labelled(
        connection,
        GaugeMetricFamily("mms_campaigns", "Campaigns by state", labels=["state"]),
        select(campaigns.c.state, func.count())
        .where(campaigns.c.kind == CampaignKind.CAMPAIGN)
        .group_by(campaigns.c.state),
    )
    queue = (
        select(func.count())
        .select_from(rows.join(campaigns, campaigns.c.id == rows.c.campaign_id))
        .where(rows.c.state == RowState.READY, campaigns.c.state.in_((CampaignState.RUNNING, CampaignState.WAITING)))
    )
    yield _single(connection, "mms_queue_depth", "Messages that wait for their turn in running campaigns", queue)
    unknown = select(func.count()).where(rows.c.state == RowState.UNKNOWN)
    yield _single(connection, "mms_unknown", "Messages that may have gone out; Twilio's log is being asked", unknown)
    sent = select(func.count() / _PACE_WINDOW).where(rows.c.sent_at > now - _PACE_WINDOW)
    yield _single(connection, "mms_pace", "Messages a second that Twilio accepted in the last minute", sent)
    waiting = select(func.coalesce(now - func.min(rows.c.sent_at), 0)).where(
        rows.c.state == RowState.ACCEPTED, rows.c.sent_at > now - 86_400
    )
    yield _single(
        connection, "mms_receipt_lag_seconds", "Age of the oldest message that Twilio has not reported as sent", waiting
    )
    held = select(func.count()).where(senders.c.held_until > now)
    yield _single(connection, "mms_senders_at_work", "Senders that a worker holds right now", held)
    ahead = select(func.coalesce(func.max(func.abs(senders.c.clock_ahead)), 0))
    yield _single(connection, "mms_clock_off_seconds", "Seconds between the ledger's clock and Twilio's", ahead)


def _labelled(connection: Connection, family: GaugeMetricFamily, query: object) -> Metric:
    for *labels, count in connection.execute(query):  # type: ignore[call-overload]
        family.add_metric(["" if label is None else str(label) for label in labels], count)
    return family


def _single(connection: Connection, name: str, about: str, query: object) -> Metric:
    value = connection.execute(query).scalar_one()  # type: ignore[call-overload]
    return GaugeMetricFamily(name, about, value=float(value))
