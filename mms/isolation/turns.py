"""One decoding a person at a time, and no more at once than leave the computer room for everybody else."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mms.errors import UploadError

AT_ONCE = 2
_PATIENCE = 60.0  # seconds


class Turns:
    """Locks by person; those of people who left are thrown away."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy: dict[str, tuple[threading.Lock, int]] = {}  # with how many wait for it or hold it
        self._places = threading.BoundedSemaphore(AT_ONCE)

    @contextmanager
    def turn(self, person: str | None) -> Iterator[None]:
        """Wait for this person's turn; raises UploadError when it does not come.

        None: nobody is known, so that only the places of all are counted.
        """
        with self._of(person) as own:
            _take(own)
            try:
                _take(self._places)
                try:
                    yield
                finally:
                    self._places.release()
            finally:
                own.release()

    @contextmanager
    def _of(self, person: str | None) -> Iterator[threading.Lock]:
        if person is None:
            yield threading.Lock()
            return
        with self._lock:
            own, count = self._busy.get(person, (threading.Lock(), 0))
            self._busy[person] = own, count + 1
        try:
            yield own
        finally:
            with self._lock:
                count = self._busy[person][1] - 1
                self._busy[person] = own, count
                if not count:
                    del self._busy[person]


def _take(lock: "threading.Lock | threading.BoundedSemaphore") -> None:
    if not lock.acquire(timeout=_PATIENCE):
        raise UploadError("Other files are being read right now. Try this one again in a minute.", code="busy")
