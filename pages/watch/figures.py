"""The tiles that add up to the rows of the file, and the bar; drawn anew every second while a campaign is under way."""

import streamlit as st

from mms.campaigns.records import Campaign, campaign
from mms.results import campaign_counts
from mms.states import OPEN_ROWS, CampaignState, RowState
from mms.words import CAMPAIGN_WORDS, GROUPS
from pages.parts.colours import BADGES
from pages.parts.reader import counted, moment, number
from pages.parts.safe import plain
from pages.parts.wiring import services
from pages.watch import pace

Counts = dict[RowState, int]
_QUIET = ("unknown",)  # a tile only where there is something in it
_LIVE = frozenset({CampaignState.RUNNING, CampaignState.WAITING, CampaignState.SCHEDULED, CampaignState.PAUSED})
_RECEIPT_SECONDS = 900.0  # after the end, receipts still come in; the page goes on looking for so long


def is_live(current: Campaign, now: float) -> bool:
    """Whether figures still change, so that the page should look again by itself."""
    lately = current.finished_at is not None and now - current.finished_at < _RECEIPT_SECONDS
    return current.state in _LIVE or lately


def read(campaign_id: int) -> tuple[Campaign, Counts, float]:
    """The campaign, its rows by state, and the ledger's clock, in one short look. Raises CampaignError."""
    ledger = services().ledger
    with ledger.read() as connection:
        return campaign(connection, campaign_id), campaign_counts(connection, campaign_id), ledger.now(connection)


def draw(campaign_id: int) -> None:
    """Figures that keep themselves up to date while there is something to see."""
    current, _, now = read(campaign_id)
    live = is_live(current, now)

    @st.fragment(run_every=1 if live else None)
    def figures() -> None:
        seen, counts, at = read(campaign_id)
        _state(seen)
        _bar(seen, counts, at)
        _tiles(counts)
        if seen.state is not current.state:
            st.rerun()  # controls and the summary belong to the new state

    figures()


def _state(current: Campaign) -> None:
    word = CAMPAIGN_WORDS[current.state]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(word.label, color=BADGES[current.state])  # type: ignore[arg-type]
        st.text(current.reason or word.meaning)
    if current.state is CampaignState.SCHEDULED and current.start_at:
        st.text(f"It starts {moment(current.start_at)}.")
    if current.state is CampaignState.WAITING and current.next_look_at:
        st.text(f"It goes on {moment(current.next_look_at)}.")


def _bar(current: Campaign, counts: Counts, now: float) -> None:
    total = sum(counts.values())
    to_send = total - counts[RowState.SKIPPED]
    done = to_send - sum(counts[state] for state in OPEN_ROWS)
    words = f"{number(done)} of {counted(to_send, 'message')} done"
    if to_send:
        st.progress(done / to_send, text=words + pace.sentence(current, now))


def _tiles(counts: Counts) -> None:
    sums = {name: sum(counts[state] for state in group.states) for name, group in GROUPS.items()}
    shown = [name for name in GROUPS if sums[name] or name not in _QUIET]
    with st.grid(min_column_width=116, key="figures"):
        for name in shown:
            st.metric(GROUPS[name].word.label, sums[name], border=True, format="localized")
    st.caption(f"Together {counted(sum(sums.values()), 'row')}: every row of the file, each once.")
    if sums["sent"]:
        st.caption("Sent: " + plain(GROUPS["sent"].word.meaning))
