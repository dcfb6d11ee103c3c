"""The pulse of a worker: a file that a thread of it touches for as long as its process runs at all.

A process that is stopped (SIGSTOP), starved or stuck keeps its lock, so the lock alone cannot tell. Whoever starts
workers ends one whose pulse stands still while messages wait and nobody holds a lease; what it left open is settled by
the next one like the rows of any worker that was killed.
"""

import json
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from mms.delivery.engine.worker_process import worker_alive, worker_lock
from mms.delivery.queue.watchfulness import SILENT_AFTER
from mms.settings import Settings

_log = logging.getLogger("mms.delivery.engine")
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows has but one way to end a process
_ENDS_WITHIN = 5.0  # seconds
_LOOK_EVERY = 0.05


class Pulse:
    """The worker's own side."""

    def __init__(self, settings: Settings) -> None:
        self._file = _file(settings)

    def begin(self) -> None:
        """Say who holds the worker's lock; called with the lock held."""
        self._file.unlink(missing_ok=True)  # on a full disk an old number must not stay: it may be anybody's by now
        try:
            self._file.write_text(json.dumps({"host": socket.gethostname(), "pid": os.getpid()}), "utf-8")
        except OSError as error:
            _log.warning("No pulse (%s): should this worker freeze, nobody notices by itself", type(error).__name__)

    def beat(self) -> None:
        """This process runs."""
        with suppress(OSError):  # no file: nobody looks at it either
            os.utime(self._file)
        _tell_service_manager()

    def end(self) -> None:
        """Called with the lock still held."""
        self._file.unlink(missing_ok=True)


class HangingWorker:
    """The side of whoever starts workers: one for each process that does, asked again and again."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._clock = settings, clock
        self._seen: tuple[int, int] | None = None
        self._since = clock()

    def end_it(self, silent_for: float) -> bool:
        """End a worker of this folder that does nothing; True when it is gone and another one may be started.

        `silent_for`: seconds for which messages have waited and nobody held a lease. A service manager's worker is
        left to the service manager.
        """
        pulse = _read(_file(self._settings))
        now = self._clock()
        if pulse != self._seen:
            self._seen, self._since = pulse, now
        if pulse is None or self._settings.worker_is_service:
            return False
        if min(silent_for, now - self._since) < SILENT_AFTER or not worker_alive(self._settings):
            return False
        return self._kill(pulse[0])

    def _kill(self, process: int) -> bool:
        _log.error(
            "The worker (process %s) hangs while messages wait; it is ended, and another one takes over", process
        )
        try:
            os.kill(process, _KILL)
        except OSError as error:
            _log.error("It could not be ended (%s)", type(error).__name__)
            return False
        give_up = self._clock() + _ENDS_WITHIN
        while (is_there := worker_alive(self._settings)) and self._clock() < give_up:
            time.sleep(_LOOK_EVERY)
        return not is_there


def _tell_service_manager() -> None:
    """systemd's protocol (sd_notify): with `WatchdogSec` in the unit it starts a worker anew that falls silent."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address or sys.platform == "win32":
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.connect("\0" + address[1:] if address.startswith("@") else address)
        manager.send(b"WATCHDOG=1")


def _file(settings: Settings) -> Path:
    return Path(worker_lock(settings).lock_file).with_suffix(".pulse")


def _read(file: Path) -> tuple[int, int] | None:
    """Process and last beat; None where there is no worker of this computer's that could be ended."""
    try:
        said, beat = json.loads(file.read_text("utf-8")), file.stat().st_mtime_ns
        host, process = said["host"], int(said["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return (process, beat) if host == socket.gethostname() and process != os.getpid() else None
