"""A database that was put back under a data folder that remembers more: nothing leaves, and every page says why."""

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from benchmarks.stage import counts_of, stage_campaign, state_of
from mms.delivery.engine.worker_process import worker_environment
from mms.ledger import Ledger, open_ledger
from mms.ledger.high_water import HighWater, Mark, high_water, newest_mark, note_put_back
from mms.ledger.tables import attempts, campaigns
from mms.settings import Settings

PEOPLE = 40


@pytest.fixture
def snapshot(database_url: str, tmp_path: Path) -> Iterator[tuple[Callable[[], None], Callable[[], None]]]:
    """Take a copy of the database, and put it back as people do: the file without its log, or a dump restored."""
    if database_url.startswith("sqlite"):
        file, copy = Path(make_url(database_url).database or ""), tmp_path / "copy.db"

        def put_file_back() -> None:
            for ending in ("-wal", "-shm"):
                file.with_name(file.name + ending).unlink(missing_ok=True)
            shutil.copy(copy, file)

        yield lambda: _copy_file(file, copy), put_file_back
        return
    name = str(make_url(database_url).database)
    server = database_url.replace(f"/{name}?", "/postgres?")

    def sql(*statements: str) -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[arg-type]

    yield (
        lambda: sql(f"CREATE DATABASE {name}_copy TEMPLATE {name}"),
        lambda: sql(f"DROP DATABASE {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {name}_copy"),
    )


def _copy_file(file: Path, copy: Path) -> None:
    import sqlite3

    with closing(sqlite3.connect(file)) as live, closing(sqlite3.connect(copy)) as copied:
        live.backup(copied)


def texts(practice: Any) -> Counter[str]:
    return Counter(one["form"]["To"][0] for one in practice.remote.requests() if one["sid"])


def test_a_ledger_that_was_put_back_sends_nothing_by_itself(
    settings_on: Callable[..., Settings],
    database_url: str,
    snapshot: tuple[Callable[[], None], Callable[[], None]],
    worker: Any,
    practice: Any,
    eventually: Any,
) -> None:
    settings = settings_on(database_url)
    take, put_back = snapshot
    with closing(open_ledger(settings)) as ledger:
        campaign = stage_campaign(ledger, settings, PEOPLE)
        high_water(ledger, settings.data_dir)  # a ledger has its name from the first worker on
    take()
    first = worker(settings)
    eventually(lambda: len(practice.remote.requests()) > 15)
    first.kill()
    first.wait()
    put_back()
    gone_out = len(texts(practice))
    said = _doctor(settings)
    assert b"FAIL  The database was put back to an older state" in said
    worker(settings)
    with closing(open_ledger(settings)) as ledger:
        eventually(lambda: state_of(ledger, campaign) == "paused")
        eventually(lambda: not {"unknown", "sending"} & counts_of(ledger, campaign).keys())
        assert counts_of(ledger, campaign)["ready"] <= PEOPLE - gone_out
        assert len(texts(practice)) == gone_out
        with ledger.read() as connection:
            found = connection.execute(campaigns.select()).one()
        assert (found.reason_code, found.want) == ("restored", "pause")
        assert "put back to an older state" in found.reason
        said = _doctor(settings)
        assert b"WARN  Campaigns that are paused because the database was put back: 1" in said
        _command(settings, "resume", str(campaign))
        eventually(lambda: state_of(ledger, campaign) == "finished")
        counts = counts_of(ledger, campaign)
    assert set(texts(practice).values()) == {1}
    assert len(texts(practice)) + counts.get("refused", 0) == PEOPLE


def _doctor(settings: Settings) -> bytes:
    return _command(settings, "doctor")


def _command(settings: Settings, *words: str) -> bytes:
    command = [sys.executable, "-m", "mms", *words]
    return subprocess.run(command, env=worker_environment(settings), capture_output=True, check=False).stdout


def _line(ledger: Ledger, number: int, row: int, at: float) -> Mark:
    with ledger.write() as connection:
        connection.execute(
            attempts.insert().values(id=number, row_id=row, campaign_id=1, fence=1, at=at, event="asked")
        )
    return Mark(number, row, at, noted_at=at)


@pytest.mark.parametrize(
    ("lines", "accepted_at", "ahead"),
    [
        pytest.param([(5, 50, 1000.0)], None, False, id="the same history"),
        pytest.param([(5, 50, 1000.0), (6, 60, 1001.0)], None, False, id="it went on"),
        pytest.param([], None, True, id="the line is not there"),
        pytest.param([(5, 51, 1000.0)], None, True, id="another row under its number"),
        pytest.param([(5, 50, 1002.0)], None, True, id="another time under its number"),
        pytest.param([], 1001.0, False, id="everything was put in doubt since"),
        pytest.param([], 999.0, True, id="put back again after that"),
    ],
)
def test_a_history_that_lacks_what_was_noted(
    ledger: Ledger, tmp_path: Path, lines: list[tuple[int, int, float]], accepted_at: float | None, ahead: bool
) -> None:
    for line in lines:
        _line(ledger, *line)
    mark = high_water(ledger, tmp_path)
    mark.note(Mark(5, 50, 1000.0, noted_at=1000.0))
    with ledger.write() as connection:
        if accepted_at is not None:
            note_put_back(connection, accepted_at)
        assert mark.is_ahead_of(connection) is ahead


def test_the_mark_only_rises_and_a_broken_one_says_nothing(ledger: Ledger, tmp_path: Path) -> None:
    mark = HighWater(tmp_path, "test")
    with ledger.read() as connection:
        assert newest_mark(connection, 1.0) is None
        assert not mark.is_ahead_of(connection)
    first = _line(ledger, 7, 70, 2000.0)
    mark.note(first)
    mark.note(replace(first, attempt_id=3, noted_at=1999.0))
    with ledger.read() as connection:
        assert newest_mark(connection, 2000.0) == first
        assert not mark.is_ahead_of(connection)
        (tmp_path / "ledger-test.mark").write_text('{"attempt_id": 9')
        assert not mark.is_ahead_of(connection)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_it_is_noticed_while_a_worker_runs(
    settings_on: Callable[..., Settings], postgres_database: str, worker: Any, practice: Any, eventually: Any
) -> None:
    """The history is cut off under a run: it stops in the middle, and what is open is looked for."""
    settings = settings_on(postgres_database, mms_rate=5)
    with closing(open_ledger(settings)) as ledger:
        campaign = stage_campaign(ledger, settings, 400)
        process = worker(settings)
        eventually(lambda: len(practice.remote.requests()) > 5)
        with ledger.write() as connection:
            connection.execute(attempts.delete())
        eventually(lambda: state_of(ledger, campaign) != "running")
        assert state_of(ledger, campaign) == "paused"
        os.kill(process.pid, signal.SIGTERM)
        process.wait()
    assert set(texts(practice).values()) == {1}
