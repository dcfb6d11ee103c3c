"""Real worker processes over a real stand-in for Twilio."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.stage import stage_settings, start_worker
from mms.ledger import Ledger, open_ledger
from mms.practice.testing import PracticeServer
from mms.settings import Settings

GIVE_UP_SECONDS = 90.0


@pytest.fixture(scope="session")
def lasting_practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeServer]:
    with PracticeServer(tmp_path_factory.mktemp("practice")) as server:
        yield server


@pytest.fixture
def practice(lasting_practice: PracticeServer) -> PracticeServer:
    lasting_practice.remote.clear()
    lasting_practice.remote.set_faults()
    lasting_practice.remote.set_time_scale(0)
    return lasting_practice


@pytest.fixture
def settings_on(practice: PracticeServer, tmp_path: Path) -> Callable[..., Settings]:
    def make(database_url: str, folder: str = "data", **values: Any) -> Settings:
        address = practice.address
        usual = {"mms_rate": 50, "mms_settle_seconds": 1, "mms_request_timeout": 2, "database_url": database_url}
        return stage_settings(
            tmp_path / folder, address.base_url, address.account_sid, address.auth_token, **{**usual, **values}
        )

    return make


@pytest.fixture
def worker_settings(settings_on: Callable[..., Settings], sqlite_database: Path) -> Settings:
    return settings_on(f"sqlite:///{sqlite_database.as_posix()}")


@pytest.fixture
def worker_ledger(worker_settings: Settings) -> Iterator[Ledger]:
    ledger = open_ledger(worker_settings)
    yield ledger
    ledger.close()


@pytest.fixture
def worker() -> Iterator[Callable[[Settings], "subprocess.Popen[bytes]"]]:
    """Start workers; none outlives the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(settings: Settings) -> "subprocess.Popen[bytes]":
        started.append(start_worker(settings))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Wait until something becomes true; the time allowed is only for machines that hang."""

    def wait(is_true: Callable[[], bool]) -> None:
        give_up = time.monotonic() + GIVE_UP_SECONDS
        while not is_true():
            assert time.monotonic() < give_up, "it never became true"
            time.sleep(0.02)

    return wait
