"""How much one decoding may take, and how a process holds itself to it where the system can (`resource`)."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mms.errors import MmsError

try:
    import resource
except ImportError:  # Windows: the process outside watches alone
    resource = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Limits:
    """`memory` in bytes beyond what the process has at the start; times in seconds."""

    memory: int
    processor: int
    wall: int


class Died(MmsError):  # noqa: N818 - reads as what happened
    """A decoding that ended without an answer; each room says its own sentence for it."""

    def __init__(self, reason: str) -> None:
        super().__init__("Reading this file broke off.", code=reason)


MEMORY, TIME, BROKE = "memory", "time", "broke"


class _TimeUp(BaseException):
    """Like Ctrl+C: no reader may take it for a damaged file."""


def limit_memory(memory: int) -> None:
    """Give this process so many bytes beyond what it has now; only Linux holds a process to that."""
    if resource is not None and sys.platform == "linux":
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (_within(_address_space() + memory, hard), hard))


def limit_processor(seconds: int) -> None:
    """Give this process so many seconds of the processor from now on; then the system ends it."""
    if resource is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (_within(int(used.ru_utime + used.ru_stime) + seconds, hard), hard))


def _within(wanted: int, hard: int) -> int:
    return wanted if resource is None or hard == resource.RLIM_INFINITY else min(wanted, hard)


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * (resource.getpagesize() if resource is not None else 4096)


@contextmanager
def limited_here(limits: Limits) -> Iterator[None]:
    """Hold this process to the limits for a while; for the command line, whose only work the file is.

    Raises:
        Died: code `memory` or `time`.
    """
    before = _limits_now()
    handler = signal.signal(signal.SIGXCPU, _time_up) if hasattr(signal, "SIGXCPU") else None
    try:
        limit_memory(limits.memory)
        limit_processor(limits.processor)
        yield
    except MemoryError:
        raise Died(MEMORY) from None
    except _TimeUp:
        raise Died(TIME) from None
    finally:
        _set_limits(before)
        if hasattr(signal, "SIGXCPU"):
            signal.signal(signal.SIGXCPU, handler)


def _time_up(_number: int, _frame: Any) -> None:
    raise _TimeUp


def _limits_now() -> dict[int, tuple[int, int]]:
    if resource is None:
        return {}
    return {kind: resource.getrlimit(kind) for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU)}


def _set_limits(limits: dict[int, tuple[int, int]]) -> None:
    for kind, values in limits.items():
        resource.setrlimit(kind, values)
