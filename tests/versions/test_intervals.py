"""The interval of a difference: textbook values, and that it holds the true difference as often as it says."""

from random import Random

import pytest

from mms.versions.intervals import difference_interval
from mms.versions.results import VersionResult, differences, sure_winner
from mms.versions.version import Rule


@pytest.mark.parametrize(
    ("first", "second", "interval"),
    [  # Newcombe (1998), table II, method 10
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((10, 10), (0, 10), (0.6075, 1.0)),
    ],
)
def test_interval_of_the_textbook(first, second, interval):
    assert difference_interval(first, second) == pytest.approx(interval, abs=5e-5)


def test_nothing_known_is_everything_possible():
    assert difference_interval((0, 0), (3, 10)) == (-1.0, 1.0)


def drawn(chance, share, of):
    return sum(chance.random() < share for _ in range(of)), of


@pytest.mark.parametrize(
    ("share", "other", "of"),
    [(0.10, 0.13, 1000), (0.02, 0.02, 1000), (0.30, 0.25, 200), (0.003, 0.006, 1000)],
    ids=["clicks", "no difference", "few people", "opt-outs"],
)
def test_the_true_difference_is_inside_in_95_of_100_seeded_runs(share, other, of):
    inside = 0
    for seed in range(400):
        chance = Random(seed)
        low, high = difference_interval(drawn(chance, share, of), drawn(chance, other, of))
        inside += low <= share - other <= high
    assert inside >= 0.95 * 400 - 9, f"{inside} of 400"  # two standard errors of such a count


def test_three_equal_versions_have_a_false_winner_in_hardly_one_run_of_twenty():
    false = 0
    for seed in range(300):
        chance = Random(seed)
        results = [VersionResult(name, 500, 500, drawn(chance, 0.1, 500)[0], 0, 0) for name in "ABC"]
        false += sure_winner(differences(results, Rule.CLICKS)) is not None
    assert false <= 15


@pytest.mark.parametrize(
    ("counts", "rule", "winner"),
    [
        pytest.param([(100, 0, 0), (160, 0, 0)], Rule.CLICKS, "B", id="clearly more clicks"),
        pytest.param([(10, 0, 0), (14, 0, 0)], Rule.CLICKS, None, id="too few to tell"),
        pytest.param([(0, 30, 0), (0, 5, 0)], Rule.REPLIES, "A", id="clearly more replies"),
        pytest.param([(0, 0, 40), (0, 0, 9)], Rule.OPT_OUTS, "B", id="clearly fewer opt-outs"),
        pytest.param([(200, 0, 0), (100, 0, 0), (195, 0, 0)], Rule.CLICKS, None, id="two of three alike"),
        pytest.param([(200, 0, 0), (100, 0, 0), (120, 0, 0)], Rule.CLICKS, "A", id="one of three"),
        pytest.param([(5, 0, 0)], Rule.CLICKS, None, id="one alone"),
    ],
)
def test_a_winner_is_named_only_when_it_is_sure(counts, rule, winner):
    results = [VersionResult(name, 1000, 1000, *count) for name, count in zip("ABC", counts, strict=False)]
    assert sure_winner(differences(results, rule)) == winner
