"""A full disk, a database that restarts, clocks that jump, a road that is closed for long."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from mms.delivery.sending.backoff import GIVE_UP_AFTER, Backoff
from mms.delivery.sending.lease import LEASE, Lease
from mms.delivery.sending.rate_limiter import RateLimiter


@contextmanager
def running(stage: Any) -> Iterator[None]:
    thread = threading.Thread(target=stage.run)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def arrived(stage: Any) -> int:
    return len(stage.server.remote.requests())


def test_a_full_disk_stops_and_loses_nothing(
    stage_on: Callable[..., Any], tmp_path: Any, eventually: Any, caplog: pytest.LogCaptureFixture
) -> None:
    stage = stage_on(f"sqlite:///{(tmp_path / 'mms.db').as_posix()}", MMS_RATE=40)
    campaign = stage.launch(80)
    full = threading.Event()

    @event.listens_for(stage.ledger.engine, "checkout")
    def _limit(connection: Any, _record: Any, _proxy: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0] if full.is_set() else 1_000_000
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with running(stage):
        eventually(lambda: arrived(stage) > 10)
        full.set()
        eventually(lambda: "The disk is full" in caplog.text)
        full.clear()
    assert stage.campaign(campaign) == ("finished", None)
    assert set(stage.texts_per_person().values()) == {1}
    assert len(stage.texts_per_person()) == 80


def test_a_database_that_drops_its_connections_loses_nothing(
    stage_on: Callable[..., Any], postgres_database: str, eventually: Any
) -> None:
    stage = stage_on(postgres_database, MMS_RATE=40)
    campaign = stage.launch(80)
    with running(stage):
        for reached in (10, 30, 50):
            eventually(lambda reached=reached: arrived(stage) > reached)
            with stage.ledger.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )
    assert stage.campaign(campaign) == ("finished", None)
    assert set(stage.texts_per_person().values()) == {1}
    assert len(stage.texts_per_person()) == 80


@pytest.mark.parametrize(
    ("monotonic_ago", "wall_ago", "good"),
    [
        pytest.param(1, 1, True, id="just renewed"),
        pytest.param(LEASE + 1, LEASE + 1, False, id="run out"),
        pytest.param(1, 3600, False, id="the computer slept, or its clock was set forward"),
        pytest.param(1, -3600, False, id="the clock was set back"),
        pytest.param(LEASE + 1, 1, False, id="the clock was set back while the lease ran out"),
    ],
)
def test_a_lease_is_good_by_both_clocks_or_not_at_all(monotonic_ago: float, wall_ago: float, good: bool) -> None:
    lease = Lease(1, 1, 0.0, time.monotonic() - monotonic_ago, time.time() - wall_ago)
    assert lease.is_good() is good


class Clock:
    """Time as a test wants it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_back_off_grows_and_ends_with_the_first_answer() -> None:
    clock, pauses = Clock(), []
    backoff = Backoff(10, clock)
    for _ in range(12):
        backoff.not_connected()
        pauses.append(backoff.wait)
        clock.now += backoff.wait
    assert pauses[0] < 1 < pauses[4] < pauses[6]
    assert max(pauses) <= 33
    backoff.answered()
    assert backoff.wait == 0
    assert not backoff.gives_up


def test_five_minutes_of_silence_are_told_to_a_person() -> None:
    clock = Clock()
    backoff = Backoff(10, clock)
    backoff.not_connected()
    clock.now += GIVE_UP_AFTER + 1
    backoff.not_connected()
    assert backoff.gives_up
    assert backoff.trouble == "unreachable"


def test_too_many_requests_halve_what_is_in_flight_and_answers_bring_it_back() -> None:
    clock = Clock()
    backoff = Backoff(16, clock)
    for _ in range(3):
        backoff.busy(None)  # requests in flight fail together and count once
    assert backoff.allowed == 8
    assert backoff.wait < 1
    for _ in range(200):
        backoff.answered()
    assert backoff.allowed == 16


def test_retry_after_is_waited_for() -> None:
    backoff = Backoff(16, Clock())
    backoff.busy(7.0)
    assert backoff.wait == 7.0


@pytest.mark.parametrize(
    ("rate", "window"),
    [
        pytest.param(3, (3, 1.0), id="whole"),
        pytest.param(2.5, (3, 1.2), id="broken"),
        pytest.param(0.5, (1, 2.0), id="slow"),
    ],
)
def test_the_window_of_a_rate(rate: float, window: tuple[int, float]) -> None:
    assert RateLimiter(rate).window == pytest.approx(window)
