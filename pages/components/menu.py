"""The menu: the product's name, pages in groups, and how many things wait behind some of them.

Drawn from links of our own, because Streamlit 1.67 draws its headings between pages as a list that screen readers
cannot follow (axe: list, listitem).
"""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from mms.replies.conversations import unread_count
from mms.reports.campaign.undecided import undecided_singles
from pages.components import places
from pages.components.reader import number
from pages.components.wiring import services

MARK = Path(__file__).parent.parent / "images" / "mark.svg"
GROUPS: dict[str, tuple[Path, ...]] = {
    "Send": (
        *(places.HOME, places.NEW_CAMPAIGN, places.SCHEDULED, places.RECURRING, places.CAMPAIGNS),
        *(places.TEMPLATES, places.PICTURES, places.INBOX),
    ),
    "People": (places.LISTS, places.JOIN, places.REPLIES, places.OPT_OUTS),
    "Learn": (places.COMPARE, places.PERSON),
    "Set up": (places.SETUP, places.HELP),
}
"""Every page that can be reached from the menu, in its order."""


def draw_menu(pages: Mapping[Path, st.Page]) -> None:
    """The whole menu, for pages that may be seen."""
    st.logo(MARK, size="large")
    waiting = _waiting()
    with st.sidebar, st.container(key="menu", gap="xxsmall"):
        st.markdown("**MMS Campaigns**")
        for group, of_group in GROUPS.items():
            offered = [place for place in of_group if place in pages and pages[place].visibility == "visible"]
            if offered:
                st.caption(group)
            for place in offered:
                page = pages[place]
                count = waiting.get(place, 0)
                st.page_link(page, label=f"{page.title} ({number(count)})" if count else page.title, icon=page.icon)


def _waiting() -> dict[Path, int]:
    """How many things wait for a person, by page."""
    shared = services()
    with shared.ledger.read() as connection:
        return {
            places.REPLIES: unread_count(connection),
            places.CAMPAIGNS: len(undecided_singles(connection, shared.mode)),
        }
