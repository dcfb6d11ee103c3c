"""Runs a task where strangers' bytes can do no harm: in a process of its own, or here, where that is all we do."""

import atexit
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mms.errors import MmsError
from mms.isolation.limits import BROKE, Died, Limits, limited_here
from mms.isolation.process import Fault, Process
from mms.isolation.turns import Turns

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """A function `(arguments, bytes) -> (arguments, bytes)`, by name: it is called in the other process."""

    module: str
    function: str


class _Place:
    """Where tasks of this process run, and the process that is kept ready."""

    def __init__(self) -> None:
        self.here = False
        self.ready = False
        self.turns = Turns()
        self._spare: Process | None = None
        self._lock = threading.Lock()

    def process(self) -> Process:
        with self._lock:
            spare, self._spare = self._spare, None
        return spare if spare and spare.is_alive else Process()

    def refill(self) -> None:
        if not self.ready:
            return
        with self._lock:
            if self._spare is None or not self._spare.is_alive:
                self._spare = Process()

    def close(self) -> None:
        with self._lock:
            spare, self._spare = self._spare, None
        if spare:
            spare.close()


_place = _Place()
atexit.register(_place.close)


def decode_here() -> None:
    """From now on this process decodes itself, under its own limits: the command line, whose only work the file is."""
    _place.here = True


def decodes_here() -> bool:
    """Whether `decode_here` was called: then call the reader itself, inside of `limited`."""
    return _place.here


class NeedsOwnProcess(MmsError):  # noqa: N818 - says what to do
    """What it takes to read this file cannot be known before; asked where this process decodes by itself."""

    def __init__(self) -> None:
        super().__init__("This file is read in a process of its own.", code="own_process")


def require_own_process() -> None:
    """Called by a reader before it does what no limit of ours can stop. Raises NeedsOwnProcess."""
    if _place.here:
        raise NeedsOwnProcess


@contextmanager
def limited(limits: Limits) -> Iterator[None]:
    """Hold this process to the limits, where it decodes by itself. Raises Died (an MmsError)."""
    if threading.current_thread() is threading.main_thread():  # only there a signal can be heard
        with limited_here(limits):
            yield
    else:
        yield


@contextmanager
def kept_ready() -> Iterator[None]:
    """Within the block a process waits for the next file, so that nobody waits for its start."""
    _place.ready = True
    _place.refill()
    try:
        yield
    finally:
        _place.ready = False
        _place.close()


class Decoder:
    """Runs tasks one after the other, in one process as long as it lives. Not for two threads at once."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._process: Process | None = None

    def run(self, task: Task, arguments: Mapping[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        """The answer of a task.

        Raises:
            MmsError: what the task raised; Died when it got no answer.
        """
        if self._process is None or not self._process.is_alive:
            self._process = _place.process()
        try:
            return self._process.run(task.module, task.function, arguments, data, self.limits)
        except Fault as fault:
            log.error("a reader has a fault: %s, %s", task.module, fault)
            raise Died(BROKE) from None

    def close(self) -> None:
        """End the process, and have the next one start."""
        if self._process:
            self._process.close()
            self._process = None
            threading.Thread(target=_place.refill, name="decoding", daemon=True).start()


def run(
    task: Task, arguments: Mapping[str, Any], data: bytes, limits: Limits, *, person: str | None
) -> tuple[dict[str, Any], bytes]:
    """One task in a process of its own, when it is this person's turn.

    Raises:
        MmsError: what the task raised; Died when it got no answer; UploadError code `busy`.
    """
    with _place.turns.turn(person):
        decoder = Decoder(limits)
        try:
            return decoder.run(task, arguments, data)
        finally:
            decoder.close()
