"""Work that happens again and again: planned at the engine, done once at a time, written down for an admin."""

from typing import Any

import pytest

from mms.delivery.engine.jobs import Job, PeriodicWork
from mms.ledger.periodic_work import is_slow_work_due, note_start, periodic_runs
from mms.settings import settings_from
from mms.twilio_client import Account

ACCOUNT = Account("http://127.0.0.1:1", "AC" + "0" * 32, "user", "secret")


def _work(ledger: Any, tmp_path: Any, *jobs: Job) -> PeriodicWork:
    return PeriodicWork(jobs, ledger, settings_from({"MMS_DATA_DIR": str(tmp_path)}), ACCOUNT)


def _fails(*_with: Any) -> None:
    raise ValueError("+1 415 555 0100")


@pytest.mark.parametrize(
    ("work", "outcome", "error"),
    [(lambda *_: None, "done", None), (lambda *_: True, "more", None), (_fails, "failed", "ValueError")],
    ids=["done", "more is to come", "failed"],
)
def test_each_time_is_written_down_without_what_it_was_about(ledger, tmp_path, work, outcome, error):
    periodic = _work(ledger, tmp_path, Job("tidy", 60.0, work))
    assert periodic.do("tidy") == outcome
    assert periodic.is_wanted == (outcome == "more")
    with ledger.read() as connection:
        (run,) = periodic_runs(connection, ACCOUNT.account_sid)
    assert (run.name, run.error) == ("tidy", error)
    assert run.started_at <= (run.finished_at or 0.0) < run.next_at


def test_work_is_planned_once_and_again_after_it_was_done(ledger, tmp_path):
    periodic = _work(ledger, tmp_path, Job("tidy", 60.0, lambda *_: None))
    planned: list[tuple[str, bool]] = []
    for _ in range(3):
        periodic.plan(lambda name, *, in_seconds: planned.append((name, in_seconds > 0)))
    assert planned == [("tidy", False)]  # never done: at once
    periodic.do("tidy")
    periodic.plan(lambda name, *, in_seconds: planned.append((name, in_seconds > 0)))
    assert planned == [("tidy", False), ("tidy", True)]


def test_what_an_older_version_planned_is_left_alone(ledger, tmp_path):
    assert _work(ledger, tmp_path).do("gone") == "unknown"


@pytest.mark.parametrize(
    ("every", "late_by", "due"), [(3600.0, 1.0, True), (3600.0, -60.0, False), (1.0, 60.0, False)],
    ids=["an hour is over", "not yet", "only while messages are on their way"],
)  # fmt: skip
def test_a_worker_is_started_for_slow_work_that_is_due(ledger, every, late_by, due):
    with ledger.write() as connection:
        now = ledger.now(connection)
        note_start(connection, ACCOUNT.account_sid, "tidy", now - every - late_by, now - late_by)
        assert is_slow_work_due(connection, ACCOUNT.account_sid, now) is due
        assert not is_slow_work_due(connection, "AC" + "1" * 32, now)
