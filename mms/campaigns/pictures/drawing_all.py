"""Draws and reads back the pictures of a whole list, on all cores, in processes of their own.

What was drawn is kept by its name, so that an unchanged picture is not drawn again: not by the next check, not
by the launch, not when Twilio fetches it, and not when this process was killed on the way.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from mms.media.store.picture_store import FolderStore
from mms.picture_templates.drawing import Painter
from mms.picture_templates.problems import PictureProblem

_AT_ONCE = 25  # pictures handed to a process in one go
_WORTH_PROCESSES = 60  # fewer are drawn sooner than processes start
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class WantedPicture:
    """A row's picture: its name, and what it is drawn from."""

    row: int
    name: str
    values: Mapping[str, str]


Result = tuple[int, tuple[PictureProblem, ...]]


def draw_all(
    painter: Painter, wanted: Iterable[WantedPicture], folder: Path, *, on_progress: Progress | None = None
) -> dict[int, tuple[PictureProblem, ...]]:
    """Draw each into `folder` unless it is there; returns the rows whose picture is wrong, and what is."""
    everything = list(wanted)
    store = FolderStore(folder)
    missing = [one for one in everything if not store.has(one.name)]
    found: dict[int, tuple[PictureProblem, ...]] = {}
    done = len(everything) - len(missing)
    for results in _drawn(painter, missing, folder):
        found.update((row, problems) for row, problems in results if problems)
        done += len(results)
        if on_progress:
            on_progress(done, len(everything))
    return found


def _drawn(painter: Painter, missing: list[WantedPicture], folder: Path) -> Iterator[list[Result]]:
    parts = _parts(missing)
    cores = min(os.cpu_count() or 1, len(parts))
    if len(missing) < _WORTH_PROCESSES or cores < 2:
        yield from (_draw(painter, part, folder) for part in parts)
        return
    # spawn: the same on every system, and no lock of another thread is copied
    with ProcessPoolExecutor(cores, get_context("spawn"), initializer=_begin, initargs=(painter, folder)) as pool:
        yield from pool.map(_draw_here, parts)


def _parts(wanted: list[WantedPicture]) -> list[list[WantedPicture]]:
    rest = iter(wanted)
    return list(iter(lambda: list(islice(rest, _AT_ONCE)), []))


def _draw(painter: Painter, part: list[WantedPicture], folder: Path) -> list[Result]:
    store = FolderStore(folder)
    return [(one.row, _draw_one(painter, one, store)) for one in part]


def _draw_one(painter: Painter, one: WantedPicture, store: FolderStore) -> tuple[PictureProblem, ...]:
    drawn = painter.draw(one.values)
    if drawn.data is not None:
        store.keep(one.name, drawn.data)
    return drawn.problems


_here: dict[str, tuple[Painter, Path]] = {}


def _begin(painter: Painter, folder: Path) -> None:
    _here["painter"] = (painter, folder)


def _draw_here(part: list[WantedPicture]) -> list[Result]:
    painter, folder = _here["painter"]
    return _draw(painter, part, folder)
