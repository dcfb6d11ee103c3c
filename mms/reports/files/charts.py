"""Small charts as SVG text: no script, no network, readable in print. Every text is escaped here."""

from collections.abc import Mapping, Sequence
from html import escape

_WIDTH = 720
_BAR = 22  # height of one bar, with the gap below it
_LABELS = 300  # width of the texts before the bars
_HEIGHT = 160  # of the columns
_GROUND = 20  # below the columns, for the times
_BOTH_TIMES = 440  # width of two times beside each other


def share_bar(parts: Sequence[tuple[str, int, str]]) -> str:
    """One bar over the whole width: `(name, count, colour)` for each part, those without a count left out."""
    total = sum(count for _name, count, _colour in parts)
    shapes, x = [], 0.0
    for name, count, colour in parts:
        width = _WIDTH * count / total if total else 0.0
        if width:
            shapes.append(_box(x, 0, width, 28, colour, f"{name}: {count:,}"))
        x += width
    told = ", ".join(f"{name} {count:,}" for name, count, _colour in parts if count)
    return _svg(28, f"Results: {told}", shapes)


def bars(items: Sequence[tuple[str, int]], colour: str, title: str) -> str:
    """A bar for each `(name, count)`, under each other."""
    most = max((count for _name, count in items), default=0) or 1
    shapes = []
    for place, (name, count) in enumerate(items):
        y = place * _BAR
        width = (_WIDTH - _LABELS - 60) * count / most
        shapes.append(_text(_LABELS - 8, y + 14, _shortened(name), anchor="end"))
        shapes.append(_box(_LABELS, y + 2, max(width, 1), 16, colour, f"{name}: {count:,}"))
        shapes.append(_text(_LABELS + width + 6, y + 14, f"{count:,}"))
    return _svg(len(items) * _BAR, title, shapes)


def columns(
    stretches: Sequence[Mapping[str, int]], colours: Mapping[str, str], title: str, ends: tuple[str, str]
) -> str:
    """A column for each stretch of time, stacked in the order of `colours`; `ends` are written below both ends."""
    most = max((sum(one.values()) for one in stretches), default=0) or 1
    width = min(_WIDTH / max(len(stretches), 1), 40.0)
    shapes = []
    for place, counts in enumerate(stretches):
        y = float(_HEIGHT)
        for name, colour in colours.items():
            height = _HEIGHT * counts.get(name, 0) / most
            y -= height
            if height:
                shapes.append(_box(place * width, y, width * 0.85, height, colour, f"{name}: {counts[name]:,}"))
    shapes.append(_text(0, _HEIGHT + 14, ends[0]))
    if ends[1] != ends[0]:
        shapes.append(_text(max(len(stretches) * width, _BOTH_TIMES), _HEIGHT + 14, ends[1], anchor="end"))
    return _svg(_HEIGHT + _GROUND, title, shapes)


def _svg(height: int, title: str, shapes: Sequence[str]) -> str:
    told = escape(title)
    head = f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{told}" xmlns="http://www.w3.org/2000/svg">'
    return f"{head}<title>{told}</title>{''.join(shapes)}</svg>"


def _box(x: float, y: float, width: float, height: float, colour: str, title: str) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {place} fill="{colour}"><title>{escape(title)}</title></rect>'


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="12" text-anchor="{anchor}">{escape(text)}</text>'


def _shortened(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
