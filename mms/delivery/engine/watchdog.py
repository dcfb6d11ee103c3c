"""Ends a process whose loop does not turn any more: another one takes over, and what was open is settled."""

import logging
import os
import threading
import time

_log = logging.getLogger("mms.delivery.engine")
HANGS_AFTER = 60.0  # seconds without a turn
_LOOKS = 12  # within them: a computer that slept shows one long look, and not a minute of them


class Watchdog(threading.Thread):
    """A thread beside a loop that calls `turned` each time."""

    def __init__(self, seconds: float, *, code: int = 70) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._pause, self._code = seconds / _LOOKS, code
        self._has_turned = threading.Event()

    def turned(self) -> None:
        """The loop has turned."""
        self._has_turned.set()

    def run(self) -> None:
        """Look for as long as the process lives."""
        missed = 0
        while True:
            time.sleep(self._pause)
            missed = 0 if self._has_turned.is_set() else missed + 1
            self._has_turned.clear()
            if missed >= _LOOKS:
                _log.critical("The worker's loop has not turned for a minute; this process ends, another takes over")
                logging.shutdown()
                os._exit(self._code)
