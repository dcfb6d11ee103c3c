"""What runs, what is next, and what waits for a person: a line each, and each a way to it."""

import streamlit as st

from mms.campaigns.records import Campaign, campaigns_in
from mms.campaigns.schedule import coming
from mms.replies.conversations import unread_count
from mms.reports import campaign_counts
from mms.reports.counts import Counts
from mms.states import CampaignState
from mms.words import CAMPAIGN_WORDS
from pages.components import places
from pages.components.colours import BADGES
from pages.components.follow import REFRESH_SECONDS
from pages.components.reader import counted, moment, number
from pages.components.safe import plain, shortened
from pages.components.undecided import undecided_messages
from pages.components.wiring import services

_RUNNING = frozenset({CampaignState.RUNNING, CampaignState.WAITING})
_HELD = frozenset({CampaignState.PAUSED, CampaignState.STOPPED})
_SHOWN = 5


@st.fragment(run_every=REFRESH_SECONDS)
def draw() -> None:
    """Nothing of what there is none."""
    shared = services()
    with shared.ledger.read() as connection:
        running = campaigns_in(connection, _RUNNING, shared.mode)
        held = campaigns_in(connection, _HELD, shared.mode)
        following = coming(connection, shared.mode)
        unread = unread_count(connection)
        counts = {one.id: Counts.of(campaign_counts(connection, one.id)) for one in running[:_SHOWN]}
    undecided_messages()
    if held or unread:
        st.header("Waits for you")
        for one in held[:_SHOWN]:
            _line(one, one.reason or CAMPAIGN_WORDS[one.state].meaning)
        if unread:
            label = f"{counted(unread, 'reply', 'replies')} that nobody has read"
            st.page_link(places.REPLIES, label=label, icon=":material/forum:")
    if running or following:
        st.header("Now and next")
        for one in running[:_SHOWN]:
            said = counts[one.id]
            _line(one, f"{number(said.handed_over)} of {number(said.to_send)} sent")
        for one in following[: max(1, _SHOWN - len(running))]:
            _line(one, f"starts {moment(one.start_at)}" if one.start_at else "waits for its turn")
        if len(following) > 1:
            st.page_link(places.SCHEDULED, label=f"All {number(len(following))} that are scheduled")


def _line(one: Campaign, said: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"going_{one.id}"):
        st.badge(CAMPAIGN_WORDS[one.state].label, color=BADGES[one.state])  # type: ignore[arg-type]
        st.page_link(places.CAMPAIGN, label=plain(shortened(one.name)), query_params={"id": str(one.id)})
        st.text(said)
