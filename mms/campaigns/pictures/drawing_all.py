"""Draws and reads back the pictures of a whole list, on all cores, in processes of their own.

What was drawn is kept by its name, so that an unchanged picture is not drawn again: not by the next check, not
by the launch, not when Twilio fetches it, and not when this process was killed on the way.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from mms.errors import MmsError
from mms.media.store.picture_store import FolderStore
from mms.picture_templates.drawing import Painter
from mms.picture_templates.problems import PictureProblem

_AT_ONCE = 25  # pictures handed to a process in one go
_WORTH_PROCESSES = 60  # fewer are drawn sooner than processes start
_PROCESS = "mms.campaigns.pictures.drawing_process"
_ROOT = Path(__file__).resolve().parents[3]
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
        yield from (draw_part(painter, part, folder) for part in parts)
        return
    results: SimpleQueue[list[Result] | MmsError | None] = SimpleQueue()
    shares = [parts[at::cores] for at in range(cores)]
    threads = [Thread(target=_follow, args=(painter, share, folder, results), daemon=True) for share in shares]
    for thread in threads:
        thread.start()
    running = cores
    while running:
        found = results.get()
        if isinstance(found, MmsError):
            raise found
        if found is None:
            running -= 1
        else:
            yield found


def _follow(
    painter: Painter,
    parts: list[list[WantedPicture]],
    folder: Path,
    results: "SimpleQueue[list[Result] | MmsError | None]",
) -> None:
    """Have one process draw these, and pass on what it says.

    Not `multiprocessing`: that runs the main module again in each process, which in the dashboard is a page.
    """
    try:
        command = [sys.executable, "-m", _PROCESS]
        with subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT
        ) as process:
            assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - both are pipes
            pickle.dump((painter, parts, folder), process.stdin)
            process.stdin.close()
            for _ in parts:
                results.put(pickle.load(process.stdout))  # noqa: S301 - written by the process that we started
        results.put(None)
    except (OSError, EOFError, pickle.UnpicklingError):
        results.put(MmsError("Drawing the pictures was interrupted. Try again.", code="pictures_interrupted"))


def _parts(wanted: list[WantedPicture]) -> list[list[WantedPicture]]:
    rest = iter(wanted)
    return list(iter(lambda: list(islice(rest, _AT_ONCE)), []))


def draw_part(painter: Painter, part: list[WantedPicture], folder: Path) -> list[Result]:
    """Draw a few in this very process."""
    store = FolderStore(folder)
    return [(one.row, _draw_one(painter, one, store)) for one in part]


def _draw_one(painter: Painter, one: WantedPicture, store: FolderStore) -> tuple[PictureProblem, ...]:
    drawn = painter.draw(one.values)
    if drawn.data is not None:
        store.keep(one.name, drawn.data)
    return drawn.problems
