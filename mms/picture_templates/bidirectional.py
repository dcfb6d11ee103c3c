"""The order in which mixed left-to-right and right-to-left text stands on a line (Unicode Standard Annex 9).

Only what names and short texts need: no embeddings, which Raqm would not see across fonts either.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import TypeVar

_RIGHT = frozenset({"R", "AL"})
_NUMBERS = frozenset({"EN", "AN"})
Item = TypeVar("Item")


def levels(text: str) -> list[int]:
    """The embedding level of each character: even from left to right, odd from right to left."""
    kinds = [unicodedata.bidirectional(character) for character in text]
    base = _base(kinds)
    found: list[int | None] = []
    strong = base  # direction of the last letter: numbers after Hebrew or Arabic letters stand within them
    for kind in kinds:
        if kind in _RIGHT:
            strong = 1
            found.append(1)
        elif kind == "L":
            strong = 0
            found.append(2 if base else 0)
        elif kind in _NUMBERS:
            found.append(2 if strong or base else 0)
        elif kind == "NSM" and found:
            found.append(found[-1])
        else:
            found.append(None)
    return _neutrals_resolved(found, base)


def _base(kinds: Iterable[str]) -> int:
    first = next((kind for kind in kinds if kind == "L" or kind in _RIGHT), "L")
    return int(first in _RIGHT)


def _neutrals_resolved(found: Sequence[int | None], base: int) -> list[int]:
    """What has no direction takes that of both its neighbours, or the line's where they differ."""
    resolved: list[int] = []
    for place, level in enumerate(found):
        if level is not None:
            resolved.append(level)
            continue
        before = resolved[-1] if resolved else base
        after = next((one for one in found[place:] if one is not None), base)
        inside_right = before in (1, 2) and after in (1, 2) and (before == 1 or after == 1)
        resolved.append(before if before == after else 1 if inside_right else base)
    return resolved


def in_visual_order(items: Sequence[Item], level_of: Sequence[int]) -> list[Item]:
    """Pieces of one line from left to right (rule L2)."""
    order = list(range(len(items)))
    for level in range(max(level_of, default=0), 0, -1):
        at = 0
        while at < len(order):
            end = at
            while end < len(order) and level_of[order[end]] >= level:
                end += 1
            order[at:end] = reversed(order[at:end])
            at = max(end, at + 1)
    return [items[place] for place in order]
