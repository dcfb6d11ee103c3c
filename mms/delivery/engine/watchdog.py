"""Ends a process whose loop does not turn any more: another one takes over, and what was open is settled.

It is also the pulse of the process: a thread that runs beside everything else.
"""

import logging
import os
import threading
import time
from collections.abc import Callable

_log = logging.getLogger("mms.delivery.engine")
HANGS_AFTER = 60.0  # seconds without a turn
HANGS = 70  # exit code: an internal fault, so that a service manager starts it again
_LOOKS = 12  # within them: a computer that slept shows one long look, and not a minute of them


class Watchdog(threading.Thread):
    """A thread beside a loop that calls `turned` each time; before the first turn nothing is asked of it.

    `beat` is called at each look.
    """

    def __init__(self, seconds: float, *, code: int = HANGS, beat: Callable[[], None] = lambda: None) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._pause, self._code, self._beat = seconds / _LOOKS, code, beat
        self._has_begun = False
        self._has_turned = threading.Event()

    def turned(self) -> None:
        """The loop has turned."""
        self._has_begun = True
        self._has_turned.set()

    def run(self) -> None:
        """Look for as long as the process lives."""
        missed = 0
        while True:
            time.sleep(self._pause)
            self._beat()
            missed = 0 if self._has_turned.is_set() or not self._has_begun else missed + 1
            self._has_turned.clear()
            if missed >= _LOOKS:
                _log.critical("The worker's loop has not turned for a minute; this process ends, another takes over")
                logging.shutdown()
                os._exit(self._code)
