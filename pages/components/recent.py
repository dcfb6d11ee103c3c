"""The latest campaigns in a few lines, for the start page."""

import streamlit as st

from mms.reports import CampaignFilter, campaign_list
from mms.reports.counts import Counts
from mms.words import CAMPAIGN_WORDS
from pages.components import places
from pages.components.reader import moment, number
from pages.components.safe import plain, shortened
from pages.components.wiring import services

_SHOWN = 5


def recent_campaigns() -> None:
    """Name, state and figures, each a way to its page; a hint while there is none."""
    shared = services()
    with shared.ledger.read() as connection:
        found, total = campaign_list(connection, CampaignFilter(mode=shared.mode), page_size=_SHOWN)
    if not found:
        st.write("No campaign yet. What you send shows up here.")
        return
    for one in found:
        counts = Counts.of(one.counts)
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"recent_{one.id}"):
            st.page_link(
                places.CAMPAIGN,
                label=f"**{plain(shortened(one.name))}**",
                query_params={"id": str(one.id)},
                width="stretch",
            )
            st.text(f"{number(counts.handed_over)} of {number(counts.to_send)} handed over")
            st.text(moment(one.sent_on))
            st.badge(CAMPAIGN_WORDS[one.state].label, color="gray")
    if total > _SHOWN:
        st.page_link(places.CAMPAIGNS, label="All campaigns", icon=":material/arrow_forward:")
