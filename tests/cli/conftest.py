"""The real command line in processes of its own, a worker that the test owns, and a Twilio that is not ours."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from foreign_twilio import ACCOUNT_SID, ForeignTwilio

from mms.practice.address import PracticeAddress
from mms.practice.remote import PracticeRemote
from mms.practice.start import stop_running

ROOT = Path(__file__).parent.parent.parent


@dataclass
class CommandLine:
    """Runs `python -m mms` over one data folder."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    most_bytes: int | None = None  # how large a file may become: a disk that is full
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def full_environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(ROOT), "MMS_DATA_DIR": str(self.folder / "data"), **self.environment}

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "mms", *arguments],
            cwd=self.folder,
            env=self.full_environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "mms", *arguments],
            cwd=self.folder,
            env=self.full_environment,
            input=stdin,
            capture_output=True,
            check=False,
            timeout=200,
            preexec_fn=self._limit if self.most_bytes else None,
        )

    def _limit(self) -> None:
        import resource

        assert self.most_bytes
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.most_bytes, self.most_bytes))

    def send(self, file: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        if not self.workers:
            self.start_worker()
        return self.run("send", str(file), "--body", "Hi {Name|there}", "--rate", "0", "--yes", *arguments)

    def start_worker(self) -> subprocess.Popen[bytes]:
        worker = self.start("worker")
        self.workers.append(worker)
        return worker

    def json(self, *arguments: str) -> dict:
        return json.loads(self.run(*arguments, "--json").stdout)

    def close(self) -> None:
        for worker in self.workers:
            worker.terminate()
            worker.communicate(timeout=30)

    def practice(self) -> PracticeRemote:
        address = PracticeAddress.read(self.folder / "data")
        assert address
        return PracticeRemote(address)


@pytest.fixture
def command_line(tmp_path: Path) -> Iterator[CommandLine]:
    """In practice mode."""
    line = CommandLine(tmp_path)
    yield line
    line.close()
    stop_running(tmp_path / "data")


@pytest.fixture
def foreign() -> Iterator[ForeignTwilio]:
    with ForeignTwilio() as server:
        yield server


@pytest.fixture
def live(tmp_path: Path, foreign: ForeignTwilio) -> Iterator[CommandLine]:
    """In live mode, against a server that is not ours."""
    line = CommandLine(
        tmp_path,
        {
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": "token",
            "TWILIO_PHONE_NUMBER": "+12025550199",
            "TWILIO_API_BASE_URL": foreign.base_url,
            "MMS_SETTLE_SECONDS": "3",
        },
    )
    yield line
    line.close()
