"""The worker process through kills, freezes, stops and lost tables."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from benchmarks.faults import run as run_faults
from benchmarks.stage import counts_of, stage_campaign, state_of
from mms.delivery.engine import ensure_worker, runs, worker_alive
from mms.delivery.engine.pulse import HangingWorker
from mms.delivery.engine.worker_process import worker_environment
from mms.delivery.queue.watchfulness import Heartbeat
from mms.ledger import open_ledger
from mms.settings import Settings

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


def texts(practice: Any) -> Counter[str]:
    return Counter(one["form"]["To"][0] for one in practice.remote.requests() if one["sid"])


def test_the_stamps_that_dbos_asks_of_sqlite_are_known_to_every_version_of_it() -> None:
    """DBOS asks so from Python 3.12 on; Debian 12's SQLite answers NULL, and no worker started."""
    assert runs.Runs  # the module that uses DBOS is what teaches the engines
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT unixepoch('subsec') * 1000")).scalar_one() > 1.7e12
    engine.dispose()


def test_a_killed_worker_is_followed_by_another(
    worker_settings: Settings, worker_ledger: Any, worker: Any, practice: Any, eventually: Any
) -> None:
    campaign = stage_campaign(worker_ledger, worker_settings, 100)
    first = worker(worker_settings)
    eventually(lambda: len(practice.remote.requests()) > 20)
    first.kill()
    first.wait()
    worker(worker_settings)
    eventually(lambda: state_of(worker_ledger, campaign) == "finished")
    assert set(texts(practice).values()) == {1}
    assert len(texts(practice)) + counts_of(worker_ledger, campaign).get("refused", 0) == 100


@posix_only
def test_a_stopped_worker_leaves_nothing_half_done(
    worker_settings: Settings, worker_ledger: Any, worker: Any, practice: Any, eventually: Any
) -> None:
    campaign = stage_campaign(worker_ledger, worker_settings, 200)
    process = worker(worker_settings)
    eventually(lambda: len(practice.remote.requests()) > 20)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=15) == 0
    counts = counts_of(worker_ledger, campaign)
    assert counts["ready"] > 0
    assert not {"sending", "unknown"} & counts.keys()
    with worker_ledger.read() as connection:
        assert connection.execute(text("SELECT held_until FROM mms_senders")).scalar_one() == 0


def test_of_two_workers_on_one_folder_one_waits_for_its_turn(
    worker_settings: Settings, worker_ledger: Any, worker: Any, practice: Any, eventually: Any
) -> None:
    campaign = stage_campaign(worker_ledger, worker_settings, 30)
    both = [worker(worker_settings), worker(worker_settings)]
    eventually(lambda: state_of(worker_ledger, campaign) == "finished")
    assert set(texts(practice).values()) == {1}
    for one in both:
        assert one.poll() is None
    both[0].kill()
    both[0].wait()
    again = stage_campaign(worker_ledger, worker_settings, 10)
    eventually(lambda: state_of(worker_ledger, again) == "finished")


def test_the_ledger_alone_is_enough_to_go_on(
    worker_settings: Settings, worker_ledger: Any, worker: Any, practice: Any, eventually: Any
) -> None:
    campaign = stage_campaign(worker_ledger, worker_settings, 80)
    first = worker(worker_settings)
    eventually(lambda: len(practice.remote.requests()) > 10)
    first.kill()
    first.wait()
    with worker_ledger.write() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in inspect(connection).get_table_names():
            if not table.startswith("mms_"):
                connection.execute(text(f"DROP TABLE {table}"))
    worker(worker_settings)
    eventually(lambda: state_of(worker_ledger, campaign) == "finished")
    assert set(texts(practice).values()) == {1}


@posix_only
def test_a_frozen_worker_cannot_send_what_was_taken_over(
    settings_on: Callable[..., Settings], postgres_database: str, worker: Any, practice: Any, eventually: Any
) -> None:
    hosts = [settings_on(postgres_database, f"host{n}", mms_rate=20) for n in (1, 2)]
    with closing(open_ledger(hosts[0])) as ledger:
        campaign = stage_campaign(ledger, hosts[0], 150)
        frozen = worker(hosts[0])
        eventually(lambda: len(practice.remote.requests()) > 20)
        os.kill(frozen.pid, signal.SIGSTOP)
        worker(hosts[1])
        before = len(practice.remote.requests())
        eventually(lambda: len(practice.remote.requests()) > before + 10)
        os.kill(frozen.pid, signal.SIGCONT)
        eventually(lambda: state_of(ledger, campaign) == "finished")
    assert set(texts(practice).values()) == {1}


@posix_only
def test_a_frozen_worker_is_ended_and_another_goes_on(
    settings_on: Callable[..., Settings], database_url: str, worker: Any, practice: Any, eventually: Any
) -> None:
    """Time runs twenty times as fast for who watches; the lease is run out by hand."""
    settings = settings_on(database_url)
    with closing(open_ledger(settings)) as ledger:
        campaign = stage_campaign(ledger, settings, 120)
        frozen = worker(settings)
        eventually(lambda: len(practice.remote.requests()) > 20)
        heartbeat = Heartbeat(ledger, practice.address.account_sid, _fast)
        hanging = HangingWorker(settings, _fast)
        assert not hanging.end_it(heartbeat.silent_for())
        with ledger.write() as connection:  # so that it is not frozen with the lock in its hand
            connection.execute(text("UPDATE mms_senders SET held_until = 1"))
            os.kill(frozen.pid, signal.SIGSTOP)
        eventually(lambda: hanging.end_it(heartbeat.silent_for()))
        assert frozen.wait() == -signal.SIGKILL
        assert not hanging.end_it(heartbeat.silent_for())
        worker(settings)
        eventually(lambda: state_of(ledger, campaign) == "finished")
        assert heartbeat.silent_for() == 0
        assert len(texts(practice)) + counts_of(ledger, campaign).get("refused", 0) == 120
    assert set(texts(practice).values()) == {1}


def _fast() -> float:
    return 20 * time.monotonic()


@posix_only
@pytest.mark.parametrize(
    ("silent_for", "frozen", "service"),
    [(0.0, True, False), (31.0, False, False), (31.0, True, True)],
    ids=["nothing waits, or somebody does it", "it runs", "a service manager's"],
)
def test_a_worker_is_left_alone(
    worker_settings: Settings,
    worker: Any,
    practice: Any,
    eventually: Any,
    silent_for: float,
    frozen: bool,
    service: bool,
) -> None:
    process = worker(worker_settings)
    pulse = worker_settings.data_dir / f"worker-{practice.address.account_sid}.pulse"
    eventually(pulse.exists)
    now = 0.0
    hanging = HangingWorker(replace(worker_settings, worker_is_service=service), lambda: now)
    if frozen:
        os.kill(process.pid, signal.SIGSTOP)
    assert not hanging.end_it(silent_for)
    now = 60.0
    if not frozen:
        os.utime(pulse)  # what its thread does every five seconds
    assert not hanging.end_it(silent_for)
    assert process.poll() is None


LAUNCHES = """
import sys
from mms.delivery.engine.runs import Runs
from mms.ledger import Ledger
from sqlalchemy.exc import DBAPIError
for url in sys.argv[1:]:
    try:
        Runs(Ledger(url), "AC" + "0" * 32, "test", None).launch(str, str)
    except DBAPIError as error:
        print("not there")
    else:
        print("launched", flush=True)
        import os
        os._exit(0)
"""


def test_the_engine_is_launched_again_after_a_database_that_was_not_there(worker_settings: Settings) -> None:
    """What failed half-way must not be in the way: the worker tries until the database answers."""
    away = "postgresql+psycopg://nobody@127.0.0.1:9/nothing"
    command = [sys.executable, "-c", LAUNCHES, away, away, worker_settings.database_url]
    said = subprocess.run(command, env=worker_environment(worker_settings), capture_output=True, check=True).stdout
    assert said.split(b"\n")[:3] == [b"not there", b"not there", b"launched"]


def test_ensure_worker_starts_one_that_outlives_nobody(
    worker_settings: Settings, worker_ledger: Any, practice: Any, eventually: Any
) -> None:
    campaign = stage_campaign(worker_ledger, worker_settings, 3)
    assert not worker_alive(worker_settings)
    ensure_worker(worker_settings)
    eventually(lambda: state_of(worker_ledger, campaign) == "finished")
    assert worker_alive(worker_settings)
    with worker_ledger.read() as connection:
        holder = (
            connection.execute(text("SELECT executor_id FROM workflow_status WHERE executor_id IS NOT NULL"))
            .scalars()
            .first()
        )
    os.kill(int(holder.split("-")[-2]), signal.SIGTERM)
    eventually(lambda: not worker_alive(worker_settings))


def test_random_kills_lose_and_double_nothing(tmp_path: Any) -> None:
    """The short form of `python -m benchmarks.faults`."""
    tally = run_faults(kills=3, row_count=300, seed=5, folder=tmp_path)
    assert tally.is_clean, tally
