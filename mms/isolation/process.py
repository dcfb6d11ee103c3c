"""The process that decodes, seen from outside: started, fed, watched, killed."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import mms
from mms.isolation.frames import read_frame, unpacked_error, write_frame
from mms.isolation.limits import BROKE, MEMORY, TIME, Died, Limits

_KEPT = ("PATH", "LANG", "LC_", "TZ", "TEMP", "TMP", "SYSTEMROOT", "PYTHON", "LD_LIBRARY_PATH", "DYLD_", "VIRTUAL_ENV")
_LOOK_EVERY = 0.1  # seconds between two looks at the memory, where the system holds nobody to it
_SIGXCPU, _SIGABRT = 24, 6


class Fault(Exception):  # noqa: N818 - an error of ours in there; the text says where
    """The task broke off by a fault of this program."""


class Process:
    """One process; tasks one after the other. After `Died` it is gone."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "mms.isolation.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what libraries say about a file may quote it
            env=_environment(),
        )

    @property
    def is_alive(self) -> bool:
        """Whether it can take another task."""
        return self._child.poll() is None

    def run(
        self, module: str, function: str, arguments: Mapping[str, Any], data: bytes, limits: Limits
    ) -> tuple[dict[str, Any], bytes]:
        """The answer of a task.

        Raises:
            MmsError: what the task raised; Died (an MmsError) when limits or the file ended the process.
            Fault: the task has a fault.
        """
        asked = {
            "module": module,
            "function": function,
            "arguments": arguments,
            "memory": limits.memory,
            "processor": limits.processor,
        }
        assert self._child.stdin is not None  # noqa: S101
        assert self._child.stdout is not None  # noqa: S101
        with self._watched(limits) as reason:
            try:
                write_frame(self._child.stdin, asked, data)
                about, result = read_frame(self._child.stdout)
            except (OSError, EOFError, ValueError):
                raise Died(reason[0] if reason else self._reason()) from None
        if error := about.get("error"):
            raise unpacked_error(error)
        if died := about.get("died"):
            raise Died(died)
        if fault := about.get("fault"):
            raise Fault(fault)
        return about, result

    def close(self) -> None:
        """End it at once, whatever it does."""
        self._child.kill()
        for pipe in (self._child.stdin, self._child.stdout):
            with contextlib.suppress(OSError):
                if pipe:
                    pipe.close()
        self._child.wait()

    def _reason(self) -> str:
        """Why it ended by itself: told from the signal."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(5)
        return {-_SIGXCPU: TIME, -_SIGABRT: MEMORY}.get(self._child.returncode, BROKE)  # Rust aborts without memory

    @contextlib.contextmanager
    def _watched(self, limits: Limits) -> Iterator[list[str]]:
        """Kill it from beside when it takes too long, or too much memory; the list then holds why."""
        reason: list[str] = []
        over = threading.Event()
        watchdog = threading.Thread(target=self._watch, args=(limits, over, reason), name="decoding", daemon=True)
        watchdog.start()
        try:
            yield reason
        finally:
            over.set()
            watchdog.join()

    def _watch(self, limits: Limits, over: threading.Event, reason: list[str]) -> None:
        if sys.platform == "linux":
            if not over.wait(limits.wall):
                self._end(TIME, reason)
            return
        for _ in range(int(limits.wall / _LOOK_EVERY)):
            if over.wait(_LOOK_EVERY):
                return
            if _memory_of(self._child.pid) > limits.memory:
                self._end(MEMORY, reason)
                return
        self._end(TIME, reason)

    def _end(self, why: str, reason: list[str]) -> None:
        reason.append(why)
        self._child.kill()


def _memory_of(pid: int) -> int:
    """Bytes in use; 0 when it has just ended."""
    import psutil  # where the system does not hold a process to a limit

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _environment() -> dict[str, str]:
    """What Python needs to start, and no setting or secret of ours."""
    kept = {name: value for name, value in os.environ.items() if name.upper().startswith(_KEPT)}
    ours = str(Path(mms.__file__).parent.parent)
    return kept | {
        "PYTHONPATH": os.pathsep.join([ours, *filter(None, [os.environ.get("PYTHONPATH")])]),
        "ARROW_DEFAULT_MEMORY_POOL": "system",  # others reserve address space far beyond what they use
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }
