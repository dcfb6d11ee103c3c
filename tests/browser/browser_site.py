"""A dashboard with its worker and a stand-in, each a real process or thread of this test run."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from mms.campaigns.launch.launching import NewCampaign
from mms.delivery.engine.worker_process import worker_lock
from mms.ledger import Ledger, open_ledger
from mms.practice.account import ACCOUNT_SID, MAIN
from mms.practice.remote import PracticeRemote
from mms.practice.testing import PracticeServer
from mms.settings import Settings, settings_from

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'


@dataclass(frozen=True)
class Site:
    """Where the dashboard answers, and what the stand-in got."""

    url: str
    remote: PracticeRemote
    server: subprocess.Popen[bytes]


@contextmanager
def process(arguments: list[str], folder: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """One of our own processes; ended with the test, whatever happens in it."""
    environment = {**os.environ, "MMS_DATA_DIR": str(folder), "MMS_RATE": "20"}
    with log.open("wb") as out:
        started = subprocess.Popen(
            [sys.executable, "-m", *arguments], cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            yield started
        finally:
            started.terminate()
            try:
                started.wait(20)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()


@contextmanager
def serving(folder: Path, *, sends: bool = True) -> Iterator[Site]:
    """Everything that a campaign needs, on free ports; the worker is ours, so the server starts none.

    Without `sends` its lock is held here instead: no worker starts, and campaigns stay as they were written.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "server.log"
    command = ["streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    with ExitStack() as running:
        stand_in = running.enter_context(PracticeServer(folder, time_scale=0.02))
        wait_until(stand_in.address.is_alive)
        stand_in.address.write(folder)  # else the others would start a stand-in of their own
        if sends:
            running.enter_context(process(["mms", "worker"], folder, folder / "worker.log"))
        else:
            running.enter_context(worker_lock(settings_of(folder)))
        server = running.enter_context(process(command, folder, log))
        url = f"http://127.0.0.1:{port}"
        wait_healthy(url, server, log)
        yield Site(url, stand_in.remote, server)


def wait_until(holds: Callable[[], bool]) -> None:
    """Return when it holds; fail when it does not within a minute."""
    give_up = time.monotonic() + START_SECONDS
    while not holds():
        if time.monotonic() > give_up:
            pytest.fail("What was waited for did not come")
        time.sleep(0.05)


def wait_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers; fail with its log when it does not."""
    give_up = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < give_up:
        try:
            if requests.get(f"{url}/_stcore/health", timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    pytest.fail(f"The server did not start:\n{log.read_text(errors='replace')}")


def serious_findings(page: Page) -> list[str]:
    """What axe finds on the page as it is now, by rule."""
    violations = Axe().run(page, options=RULES).response["violations"]
    return [one["id"] for one in violations if one["impact"] in ("serious", "critical")]


def practice_campaign(key: str, name: str, **changes: Any) -> NewCampaign:
    """A campaign of two columns, Name and Phone, as it is launched."""
    return NewCampaign(
        request_key=key,
        name=name,
        body="Hi {Name}",
        media_urls=(),
        columns=("Name", "Phone"),
        phone_column="Phone",
        sender_address=MAIN.number,
        account_sid=ACCOUNT_SID,
        mode="practice",
        content_hash=key,
        **changes,
    )


def ledger_in(folder: Path) -> Ledger:
    """The ledger of a site that is served from this folder; to be closed."""
    return open_ledger(settings_of(folder))


def settings_of(folder: Path) -> Settings:
    """Those that a site is served with from this folder."""
    return settings_from({"MMS_DATA_DIR": str(folder), "MMS_MODE": "practice"})
