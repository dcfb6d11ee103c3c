"""Hears of the server's stop before it waits for open calls: those calls are the ones to be let go."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def called_at_stop(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` on the running event loop at the first stop signal, and pass the signal on to the server.

    Outside of the main thread nobody gets signals; then the end of the lifespan has to do.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def heard(number: int, frame: FrameType | None) -> Any:
        loop.call_soon_threadsafe(stop)
        server = before[signal.Signals(number)]
        return server(number, frame) if callable(server) else None

    for number in _SIGNALS:
        signal.signal(number, heard)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is heard:
                signal.signal(number, handler)
