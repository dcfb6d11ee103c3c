"""How the command line speaks: JSON and results on standard output, everything else on standard error."""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

import click

_LINE_EVERY = 5.0  # seconds between lines where there is no terminal for a bar
_WIDTH = 30


def say(text: str) -> None:
    """A sentence for the person, on standard error."""
    click.echo(text, err=True)


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False))


def print_table(head: Sequence[str], lines: Sequence[Sequence[object]], *, err: bool = False) -> None:
    """Columns as wide as their widest cell."""
    cells = [[str(cell) for cell in line] for line in (head, *lines)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(head))]
    for line in cells:
        padded = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo(padded.rstrip(), err=err)


def rows_of(count: int) -> str:
    """`1 row`, `2 rows`."""
    return f"{count:,} row{'' if count == 1 else 's'}"


def counts_line(counts: Mapping[Any, int]) -> str:
    """`12 delivered, 3 failed`, without what is 0."""
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "no rows"


class Progress:
    """A bar on a terminal, a line every few seconds otherwise; always on standard error."""

    def __init__(self, total: int, label: str) -> None:
        self._total = total
        self._label = label
        self._on_terminal = sys.stderr.isatty()
        self._last_line = 0.0
        self._last_text = ""

    def show(self, done: int, text: str) -> None:
        """Report that `done` of the total are through; `text` is what is happening."""
        share = done / self._total if self._total else 1.0
        line = f"{self._label} {done:,} of {self._total:,} ({share:.0%}). {text}".rstrip()
        if self._on_terminal:
            filled = round(share * _WIDTH)
            click.echo(f"\r[{'#' * filled}{'.' * (_WIDTH - filled)}] {line}\x1b[K", err=True, nl=False)
        elif line != self._last_text and time.monotonic() - self._last_line >= _LINE_EVERY:
            click.echo(line, err=True)
            self._last_line = time.monotonic()
            self._last_text = line

    def end(self) -> None:
        """Leave the bar's line."""
        if self._on_terminal:
            click.echo("", err=True)
