"""The vocabulary of counts: its sums hold for any history of rows, and each promise of issue "figures" is a case."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mms.reports.comparison.intervals import share_interval
from mms.reports.counts import HANDED_OVER, PARTS, Band, Counts, Part, part_of
from mms.states import ROW_MOVES, RowState

# What Twilio had and gave up unsent, because it was too late for it, waits again: it is the one way back.
ONWARD = {
    state: later - {RowState.READY} if state in HANDED_OVER.states else later for state, later in ROW_MOVES.items()
}


@st.composite
def histories(draw):
    """The states through which one row of a list goes, by the table of moves."""
    path = [draw(st.sampled_from([RowState.READY, RowState.SKIPPED]))]
    for _ in range(draw(st.integers(0, 8))):
        later = sorted(ONWARD.get(path[-1], ()))
        if not later:
            break
        path.append(draw(st.sampled_from(later)))
    return path


def at(paths, moment):
    """The counts after so many steps of each row."""
    states = [path[min(moment, len(path) - 1)] for path in paths]
    return Counts.of({state: states.count(state) for state in RowState})


def test_every_state_is_in_exactly_one_part():
    counted = [state for count in PARTS.values() for state in count.states]
    assert sorted(counted) == sorted(RowState)
    assert {part_of(state) for state in RowState} == set(Part)


@given(st.lists(histories(), max_size=12))
def test_sums_hold_and_nothing_falls_that_may_not_fall(paths):
    seen = [at(paths, moment) for moment in range(10)]
    for counts in seen:
        assert counts.in_the_list == len(paths)
        apart = (Part.WAITING, Part.REFUSED, Part.NOT_KNOWN, Part.TAKEN_BACK, Part.LEFT_OUT)
        assert counts.in_the_list == counts.handed_over + sum(counts[part] for part in apart)
        over = (Part.SENT, Part.DELIVERED, Part.NOT_ARRIVED, Part.ON_THE_WAY)
        assert counts.handed_over == sum(counts[part] for part in over)
        assert counts[Part.DELIVERED] <= counts.arrived.possible <= counts.handed_over
    for earlier, later in pairwise(seen):
        assert later.handed_over >= earlier.handed_over
        for final in (Part.DELIVERED, Part.NOT_ARRIVED, Part.REFUSED, Part.LEFT_OUT):
            assert later[final] >= earlier[final]


def test_what_was_handed_over_stays_so():
    for state in HANDED_OVER.states:
        assert set(ONWARD.get(state, ())) <= set(HANDED_OVER.states)
    assert [state for state in HANDED_OVER.states if RowState.READY in ROW_MOVES.get(state, ())] == [RowState.ACCEPTED]


def test_taken_and_charged_whole_is_handed_over_though_nothing_arrived():
    counts = Counts.of({RowState.UNDELIVERED: 160})
    assert (counts.handed_over, counts.arrived.possible) == (160, 0)
    assert str(counts.arrived) == "0.0 %"


def test_a_rate_is_a_band():
    counts = Counts.of({RowState.DELIVERED: 722, RowState.SENT: 78, RowState.UNDELIVERED: 63})
    assert str(counts.arrived) == "83.7 to 92.7 %"
    assert str(Band(0, 0, 0)) == "–"


def test_a_share_of_few_is_not_sure():
    assert share_interval(3, 145)[0] < 0.02 < share_interval(3, 145)[1]
    assert share_interval(0, 0) == (0.0, 1.0)
    assert share_interval(300, 10_000)[0] > 0.02
