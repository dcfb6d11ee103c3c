"""Finds the practice Twilio of a data folder, or starts one that lives on after its starter."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from filelock import FileLock

import mms
from mms.errors import MmsError
from mms.practice.address import PracticeAddress
from mms.practice.remote import PracticeRemote

SERVER_LOCK = "practice.lock"  # held by the server as long as it lives
START_SECONDS = 30.0
_LOOK_EVERY = 0.05


def ensure_running(data_dir: Path) -> PracticeAddress:
    """The address of a live practice Twilio; starts one when there is none. Safe to call from many processes at once.

    Raises MmsError when it does not come up within 30 seconds.
    """
    address = _alive(data_dir)
    if address:
        return address
    data_dir.mkdir(parents=True, exist_ok=True)
    with FileLock(data_dir / "practice.start.lock", timeout=2 * START_SECONDS):
        return _alive(data_dir) or _start(data_dir)


def _start(data_dir: Path) -> PracticeAddress:
    process = spawn(data_dir, "--leave-when-idle")
    # Takes note of its end, whenever that is; else a dashboard that runs for weeks would keep dead children.
    threading.Thread(target=process.wait, daemon=True).start()
    return wait_until_alive(process, data_dir)


def stop_running(data_dir: Path) -> None:
    """End the practice Twilio of this folder, if there is one, and wait until it is gone."""
    address = _alive(data_dir)
    if address:
        PracticeRemote(address).stop()
        with FileLock(data_dir / SERVER_LOCK, timeout=START_SECONDS):
            return


def wait_until_alive(process: "subprocess.Popen[bytes]", data_dir: Path) -> PracticeAddress:
    """The address of the server that was just spawned. Raises MmsError when it ends or stays silent."""
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        address = _alive(data_dir)
        if address:
            return address
        time.sleep(_LOOK_EVERY)
    raise MmsError(
        "Practice mode could not start. Start the app again; if it fails again, the reason is in practice.log.",
        code="practice_not_started",
    )


def spawn(data_dir: Path, *options: str) -> "subprocess.Popen[bytes]":
    """Start `python -m mms.practice` detached: closing the terminal or the dashboard does not take it along."""
    package_root = str(Path(mms.__file__).parent.parent)
    paths = [package_root, *filter(None, [os.environ.get("PYTHONPATH")])]
    with (data_dir / "practice.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "mms.practice", "--data-dir", str(data_dir), *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            **_apart(),
        )


def _alive(data_dir: Path) -> PracticeAddress | None:
    address = PracticeAddress.read(data_dir)
    return address if address and address.is_alive() else None


def _apart() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
