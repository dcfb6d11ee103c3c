"""The app as people start it, for tests that need the whole of it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil
import requests

ROOT = Path(__file__).parents[2]


def until(holds: Any, seconds: float = 30.0) -> None:
    """Wait until something holds; fails the test when it does not."""
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, "it did not come to pass"
        time.sleep(0.02)


@contextmanager
def running_app(data_dir: Path, *arguments: str, **settings: str) -> Iterator["RunningApp"]:
    """`streamlit run app.py` on a free port with these settings; ended at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data_dir.mkdir(exist_ok=True)
    log = data_dir / "app.log"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, *arguments],
            cwd=ROOT,
            env={**os.environ, "MMS_DATA_DIR": str(data_dir), **settings},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield RunningApp(f"http://127.0.0.1:{port}", process, log)
    finally:
        process.terminate()
        process.wait(20)


@dataclass(frozen=True)
class RunningApp:
    """The app as people start it."""

    url: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def at(self, url: str) -> "RunningApp":
        """The same on the port that its arguments named."""
        return replace(self, url=url)

    def wait_healthy(self) -> "RunningApp":
        """Until it answers; fails with its log when it ends before."""

        def answers() -> bool:
            assert self.process.poll() is None, self.log.read_text()
            try:
                return requests.get(f"{self.url}/health", timeout=30).ok
            except requests.ConnectionError:
                return False

        until(answers, 60)
        return self


def worker_processes(data_dir: Path) -> list[psutil.Process]:
    """The workers of one data folder."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        with suppress(psutil.Error):
            if (process.info["cmdline"] or [])[2:4] == ["mms", "worker"] and process.environ()["MMS_DATA_DIR"] == str(
                data_dir
            ):
                found.append(process)
    return found
