"""Where drawn pictures are kept on this machine, and how those that nobody needs any more go."""

import time
from pathlib import Path

from sqlalchemy import select

from mms.ledger import Ledger
from mms.ledger.tables import rows
from mms.media.store.picture_store import FolderStore
from mms.settings import Settings

_YOUNG_SECONDS = 86_400.0  # drawn by a check whose campaign may still be launched
_CHUNK = 500


def drawn_folder(settings: Settings) -> Path:
    """Losing it costs only the time to draw them again."""
    return settings.data_dir / "drawn_pictures"


def forget_unused(ledger: Ledger, settings: Settings) -> int:
    """Remove pictures older than a day that no row names: erased people, purged campaigns, checks without a launch."""
    folder = drawn_folder(settings)
    if not folder.is_dir():
        return 0
    before = time.time() - _YOUNG_SECONDS
    old = [path.name for path in folder.iterdir() if path.stat().st_mtime < before]
    removed = 0
    for start in range(0, len(old), _CHUNK):
        names = old[start : start + _CHUNK]
        with ledger.read() as connection:
            needed = set(connection.execute(select(rows.c.picture).where(rows.c.picture.in_(names))).scalars())
        for name in set(names) - needed:
            FolderStore(folder).forget(name)
            removed += 1
    return removed
