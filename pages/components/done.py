"""How far a campaign is, for bars."""

from collections.abc import Mapping

from mms.states import OPEN_ROWS, RowState


def done_of(counts: Mapping[RowState, int]) -> tuple[int, int]:
    """Messages that are decided, and all that were to be sent; those taken back are in the second only."""
    to_send = sum(counts.values()) - counts.get(RowState.SKIPPED, 0)
    not_done = sum(counts.get(state, 0) for state in (*OPEN_ROWS, RowState.CANCELED))
    return to_send - not_done, to_send
