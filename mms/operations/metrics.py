"""Prometheus metrics: what the ledger holds, counted when asked, and what this process has answered."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mms.campaigns.launch.senders import default_rate
from mms.ledger import Ledger
from mms.operations.disk import disk_of
from mms.operations.ledger_figures import PaceOf, families
from mms.settings import Settings

_COUNTED_EVERY = 10.0  # seconds; counting a million rows takes some tenths of one
_LATENCIES = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 45, 90)  # a call may take 10 s and Twilio's time


class LedgerCollector(Collector):
    """Counts of the ledger; two scrapes within ten seconds see the same ones."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Callable[[], float] = time.monotonic,
        *,
        pace_of: PaceOf = lambda _address: 0.0,
        budget: Decimal | None = None,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._pace_of, self._budget = pace_of, budget
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
                    at = self._ledger.now(connection)
                    self._counted = list(families(connection, at, self._pace_of, self._budget))
                self._counted_at = now
        yield from self._counted


class DiskCollector(Collector):
    """Room on the disk of the data folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def describe(self) -> Iterable[Metric]:
        """Nothing to check beforehand."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Both figures, or none where the disk cannot be asked."""
        if disk := disk_of(self._settings):
            yield GaugeMetricFamily("mms_disk_free_bytes", "Free on the disk of the data folder", value=disk.free)
            yield GaugeMetricFamily("mms_disk_bytes", "Size of the disk of the data folder", value=disk.total)


@dataclass(slots=True)
class Metrics:
    """What one process has to tell."""

    ledger: Ledger
    silent_for: Callable[[], float] = lambda: 0.0  # seconds with work and without anybody at it
    settings: Settings | None = None
    worker_alive: Callable[[], bool] = lambda: False
    version: str = ""
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
        self._gauge("mms_worker_silent_seconds", "Time for which messages wait and no worker answers", self.silent_for)
        about = "Whether a worker of this data folder is alive; it leaves when nothing is to be done"
        self._gauge("mms_worker_up", about, lambda: float(self.worker_alive()))
        ProcessCollector(registry=self.registry)
        if (settings := self.settings) is None:
            self.registry.register(LedgerCollector(self.ledger))
            return
        info = Gauge("mms_build_info", "Mode and version", ["mode", "version"], registry=self.registry)
        info.labels(settings.mode.value, self.version).set(1)
        self.registry.register(DiskCollector(settings))
        budget, pace_of = settings.monthly_budget, lambda address: default_rate(settings, address)
        self.registry.register(LedgerCollector(self.ledger, pace_of=pace_of, budget=budget))

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)

    def _gauge(self, name: str, about: str, value: Callable[[], float]) -> None:
        Gauge(name, about, registry=self.registry).set_function(value)
