"""Who tries a version: drawn by chance, from every area in its share, and the same again for the same seed."""

from collections.abc import Iterable, Sequence
from random import Random


def draw(people: Iterable[tuple[int, str]], names: Sequence[str], share: float, seed: int) -> dict[int, str]:
    """Version by row number, for `share` of the people in all; `people` are row numbers with their E.164 numbers.

    Stratified by area code: the people of each area stand together in an order of chance, and of this line every
    so-manieth is taken, each version in turn. So each area is in the test with its share, up to one person, and its
    people are spread evenly over the versions. Everybody's chance is the same.
    """
    chance = Random(seed)
    areas: dict[str, list[int]] = {}
    for row, number in people:
        areas.setdefault(number[:5], []).append(row)
    line: list[int] = []
    for area in chance.sample(sorted(areas), len(areas)):
        line += chance.sample(areas[area], len(areas[area]))
    count = min(len(line), max(len(names), round(len(line) * share)))
    count -= count % len(names) if count >= len(names) else 0
    if not count:
        return {}
    start, step, first = chance.random(), len(line) / count, chance.randrange(len(names))
    return {line[int((at + start) * step)]: names[(at + first) % len(names)] for at in range(count)}
