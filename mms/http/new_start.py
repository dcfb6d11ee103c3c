"""Starts the app anew with what was saved: it stops as for a stop signal, then the process runs its command again.

The whole process rather than swapped settings: every open tab loses its server, connects again and shows the new mode
before anything can be clicked in it. A tab that still said "practice" must never send to real people.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from mms.delivery.engine.worker_process import stop_worker
from mms.errors import MmsError
from mms.settings import Mode, Settings, load_settings

_log = logging.getLogger("mms.http")
_asked = threading.Event()
_serving = threading.Event()
_trials: list[Callable[[Settings], None]] = []


def try_first(trial: Callable[[Settings], None]) -> None:
    """What a start would run into; raises MmsError when it would end the process, where no browser could say why."""
    _trials[:] = [trial]


@contextmanager
def offered() -> Iterator[None]:
    """For the life of the server, on its event loop. The last thing of it: the new start, when one was asked for."""
    if os.name != "posix" or threading.current_thread() is not threading.main_thread():
        yield  # Windows has no signal to itself, and gives the window back to the shell when the process is replaced
        return
    _serving.set()
    try:
        yield
    finally:
        _serving.clear()
        if _asked.is_set():
            _run_again()


def is_possible() -> bool:
    """Whether the app can do it by itself; else a person closes the window and starts the app again."""
    return _serving.is_set()


def start_anew() -> bool:
    """Begin it, where it is possible; returns at once. The worker that reads the saved settings begins anew, too.

    Raises:
        MmsError: with what was saved the app would not start.
    """
    if not is_possible():
        return False
    settings = load_settings()
    for trial in _trials:
        trial(settings)
    _asked.set()
    threading.Thread(target=_stop, args=(settings,), name="new start", daemon=True).start()
    return True


def _stop(settings: Settings) -> None:
    """Workers first: the one of these settings began with older ones, and practice is over when it goes live.

    A live one is left alone on the way to practice: what is under way goes on.
    """
    for each in () if settings.worker_is_service else (settings, replace(settings, mode=Mode.PRACTICE)):
        try:
            stop_worker(each)
        except MmsError as error:
            _log.warning("A worker keeps its settings until it ends: %s", error.message)
    os.kill(os.getpid(), signal.SIGTERM)


def _run_again() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - the very command that runs here
