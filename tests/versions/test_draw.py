"""Who tries a version: by chance, from every area, the same again for the same seed."""

from collections import Counter

import pytest

from mms.versions.draw import draw

AREAS = {"+1303": 700, "+1720": 200, "+1970": 95, "+1907": 5}
PEOPLE = [
    (row, f"{area}5550{at:03}")
    for row, (area, at) in enumerate(((a, n) for a, k in AREAS.items() for n in range(k)), 2)
]
NUMBER = dict(PEOPLE)


@pytest.mark.parametrize("names", [("A", "B"), ("A", "B", "C")], ids=["two", "three"])
@pytest.mark.parametrize("share", [0.1, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_each_area_has_its_share_and_is_spread_evenly(names, share, seed):
    drawn = draw(PEOPLE, names, share, seed)
    assert abs(len(drawn) - 1000 * share) < len(names)
    sizes = Counter(drawn.values())
    assert set(sizes) == set(names)
    assert max(sizes.values()) - min(sizes.values()) == 0
    for area, size in AREAS.items():
        of_area = Counter(version for row, version in drawn.items() if NUMBER[row][:5] == area)
        assert abs(sum(of_area.values()) - size * share) <= 2
        assert max(of_area.values(), default=0) - min(of_area[name] for name in names) <= 1


def test_the_same_seed_draws_the_same_people_and_another_one_others():
    assert draw(PEOPLE, ("A", "B"), 0.2, 7) == draw(PEOPLE, ("A", "B"), 0.2, 7)
    assert draw(PEOPLE, ("A", "B"), 0.2, 7) != draw(PEOPLE, ("A", "B"), 0.2, 8)


def test_everybodys_chance_is_the_same():
    times = Counter(row for seed in range(600) for row in draw(PEOPLE, ("A", "B"), 0.2, seed))
    assert sum(times.values()) == 600 * 200
    assert min(times[row] for row, _ in PEOPLE) > 75
    assert max(times.values()) < 165


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_short_list_is_drawn_from_all_the_same(count):
    drawn = draw(PEOPLE[:count], ("A", "B"), 0.2, 1)
    assert len(drawn) == {0: 0, 1: 1, 2: 2, 3: 2}[count]
