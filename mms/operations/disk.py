"""How much room the disk of the data folder has left: told before it is full, because then nothing can be written."""

import shutil
from dataclasses import dataclass

from mms.settings import Settings

LOW_BYTES = 300_000_000  # a campaign of a hundred thousand rows needs some 100 MB with its log
FULL_BYTES = 10_000_000  # less than a write-ahead log and a backup of a page need


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes of the disk on which the data folder lies."""

    free: int
    total: int

    @property
    def is_full(self) -> bool:
        """Whether writes are about to fail: what comes in is refused before it is half written."""
        return self.free < FULL_BYTES

    @property
    def warning(self) -> str | None:
        """A sentence while little is left; None while there is room."""
        if self.free >= LOW_BYTES:
            return None
        state = "full" if self.is_full else "nearly full"
        return f"The disk of the data folder is {state}: {self.free / 1e6:,.0f} MB are free. Make room."


def disk_of(settings: Settings) -> Disk | None:
    """The disk of the data folder; None when it cannot be asked, which the database will tell of."""
    try:
        usage = shutil.disk_usage(settings.data_dir)
    except OSError:
        return None
    return Disk(usage.free, usage.total)
