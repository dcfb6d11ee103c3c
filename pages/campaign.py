"""One campaign: how it goes, what to do, and every row of it. `?id=` in the address says which."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from mms.campaigns.records import Campaign
from mms.errors import CampaignError
from mms.states import CampaignState
from pages.campaign_detail import (
    again,
    alarms,
    charts,
    clicks,
    controls,
    downloads,
    figures,
    half_written,
    message,
    replies,
    rows,
    summary,
    versions,
)
from pages.components import places
from pages.components.reader import moment, moment_exact
from pages.components.safe import plain

_OVER = frozenset({CampaignState.FINISHED, CampaignState.CANCELED, CampaignState.STOPPED})


def not_there(sentence: str) -> None:
    """An address that leads nowhere."""
    st.title("Campaign")
    st.warning(plain(sentence))
    st.page_link(places.CAMPAIGNS, label="All campaigns", icon=":material/arrow_back:")


def heading(current: Campaign) -> None:
    """Name, when it was made, and its tags."""
    st.page_link(places.CAMPAIGNS, label="All campaigns", icon=":material/arrow_back:")
    st.title(plain(current.name))
    by = f" by {current.created_by}" if current.created_by else ""
    st.caption(plain(f"Campaign {current.id}, made {moment(current.created_at)}{by}"))
    if current.tags:
        with st.container(horizontal=True):
            for tag in current.tags:
                st.badge(plain(tag), color="gray")


def details(current: Campaign) -> None:
    """Only the open tab is worked out."""
    names = ["Rows", "Charts", "Message", "Replies", *(["Clicks"] if clicks.has_links(current) else [])]
    tabs = st.tabs(names, key="campaign_tabs", on_change="rerun")
    draws: tuple[Callable[[], None], ...] = (
        partial(rows.draw, current),
        partial(charts.draw, current),
        partial(message.draw, current),
        partial(replies.draw, current),
        partial(clicks.draw, current),
    )
    for tab, draw in zip(tabs, draws, strict=False):
        if tab.open:
            with tab:
                draw()


def page() -> None:
    """One run of the page."""
    named = st.query_params.get("id", "")
    if not named.isdecimal():
        not_there("The address names no campaign. Choose one from the list.")
        return
    try:
        look = figures.read(int(named))
    except CampaignError as error:
        not_there(error.message)
        return
    current, counts = look.campaign, look.counts
    heading(current)
    if current.state is CampaignState.DRAFT:
        half_written.draw(current)
        return
    figures.draw(look)
    alarms.draw(current)
    if current.state is CampaignState.SCHEDULED:
        st.caption("Nothing is sent before it starts. Its time can be changed, or it can go back to a draft, here:")
        st.page_link(places.SCHEDULED, label="Scheduled", icon=":material/calendar_month:")
    elif current.is_active:
        st.caption("You may close this page or this tab: sending goes on. Come back at any time.")
    controls.draw(current, counts)
    versions.draw(current)
    if current.purged_at:
        st.info(
            f"The text, the numbers and the cells were deleted on {moment_exact(current.purged_at)}, as the rule for "
            "old data says. Figures and results stay; nothing can be sent again or copied from here.",
            icon=":material/delete_sweep:",
        )
    if current.state in _OVER:
        choice = again.choice_of(current)
        summary.draw(current, counts, choice.count)
    with st.container(horizontal=True, key="after"):
        downloads.draw(current)
        if current.state in _OVER and not current.purged_at:
            again.draw(current, choice)
    details(current)


page()
