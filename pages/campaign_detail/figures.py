"""The tiles that add up to the rows of the file, and the bar; drawn anew every second while a campaign is under way."""

from dataclasses import dataclass
from itertools import count

import streamlit as st

from mms.campaigns.records import Campaign, campaign
from mms.reports import campaign_counts
from mms.reports.counts import ARRIVED_MEANING, HANDED_OVER, PARTS, Counts, Part, shown_parts
from mms.states import CampaignState, RowState
from mms.words import CAMPAIGN_WORDS
from pages.campaign_detail import queue
from pages.campaign_detail import speed as pace
from pages.components.colours import BADGES
from pages.components.reader import clock_exact, counted, moment, number
from pages.components.safe import plain
from pages.components.wiring import services

_LIVE = frozenset({CampaignState.RUNNING, CampaignState.WAITING, CampaignState.SCHEDULED, CampaignState.PAUSED})
_RECEIPT_SECONDS = 900.0  # after the end, receipts still come in; the page goes on looking for so long
_REDRAW_SECONDS = 2.0  # while messages go out, all of the page follows so often; each second would be in the way


@dataclass(frozen=True, slots=True)
class Look:
    """What a page was drawn from, and the ledger's clock then."""

    campaign: Campaign
    counts: dict[RowState, int]
    at: float


def is_live(current: Campaign, now: float) -> bool:
    """Whether figures still change, so that the page should look again by itself."""
    lately = current.finished_at is not None and now - current.finished_at < _RECEIPT_SECONDS
    return current.state in _LIVE or lately


def read(campaign_id: int) -> Look:
    """The campaign and its rows by state in one short look. Raises CampaignError."""
    ledger = services().ledger
    with ledger.read() as connection:
        return Look(campaign(connection, campaign_id), campaign_counts(connection, campaign_id), ledger.now(connection))


def is_out_of_date(drawn: Look, seen: Look) -> bool:
    """Whether what stands around the tiles (summary, retry, filter) has to be drawn anew to say the same as they."""
    if seen.campaign.state is not drawn.campaign.state:
        return True
    return seen.counts != drawn.counts and (not seen.campaign.is_active or seen.at - drawn.at >= _REDRAW_SECONDS)


def draw(drawn: Look) -> None:
    """Figures that keep themselves up to date while there is something to see.

    They are those of the page's own reading, so that tiles, filter and table say the same: when there are others, all
    of the page follows.
    """
    ticks = count()

    @st.fragment(run_every=1 if is_live(drawn.campaign, drawn.at) else None)
    def figures() -> None:
        seen = read(drawn.campaign.id) if next(ticks) else drawn
        if is_out_of_date(drawn, seen):
            st.rerun()
        progress = pace.progress_of(seen.campaign, seen.at)
        _state(seen.campaign, progress.hindered_by if progress else "", seen.at)
        _bar(drawn, pace.sentence(progress, seen.at))
        _tiles(drawn)

    figures()


def _state(current: Campaign, hindered_by: str, now: float) -> None:
    word = CAMPAIGN_WORDS[current.state]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(word.label, color=BADGES[current.state])  # type: ignore[arg-type]
        st.text(current.reason or hindered_by or word.meaning)
    if behind := queue.sentence(current, now):
        st.text(behind)
    elif current.state is CampaignState.SCHEDULED and current.start_at:
        st.text(f"It starts {moment(current.start_at)}.")
    if current.state is CampaignState.WAITING and current.next_look_at:
        st.text(f"It goes on {moment(current.next_look_at)}.")


def _bar(seen: Look, how_fast: str) -> None:
    counts = Counts.of(seen.counts)
    taken_back = counts[Part.TAKEN_BACK]
    done = counts.to_send - counts.open - taken_back
    words = f"{number(done)} of {counted(counts.to_send, 'message')} done"
    words += f", {number(taken_back)} taken back" if taken_back else ""
    if counts.to_send:
        st.progress(done / counts.to_send, text=words + how_fast)


def _tiles(seen: Look) -> None:
    counts = Counts.of(seen.counts)
    with st.grid(min_column_width=116, key="figures"):
        for part in shown_parts(counts):
            word = PARTS[part]
            st.metric(word.label, counts[part], border=True, format="localized", help=plain(word.meaning))
    band = f" Arrived: {counts.arrived} of those handed over." if counts.handed_over else ""
    st.caption(
        f"Together {counted(counts.in_the_list, 'row')} in the list. Handed over: {number(counts.handed_over)}.{band} "
        f"As of {clock_exact(seen.at)}.",
        help=plain(f"{HANDED_OVER.label}: {HANDED_OVER.meaning} Arrived: {ARRIVED_MEANING}"),
    )
    if counts[Part.SENT]:
        st.caption("Sent: " + plain(PARTS[Part.SENT].meaning))
