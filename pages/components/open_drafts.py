"""Campaigns that are not sent yet, each a way back to the step that was last looked at."""

import streamlit as st

from mms.campaigns.drafts.drafts import Draft
from pages.components import places
from pages.components.drafting import DRAFT_PARAM
from pages.components.reader import moment
from pages.components.safe import plain, shortened
from pages.components.top import begin_at_top

_ICON = ":material/edit:"


def links_to(drafts: list[Draft]) -> None:
    """For other pages than the one where drafts are written."""
    for one in drafts:
        st.page_link(places.NEW_CAMPAIGN, label=_label(one), icon=_ICON, query_params={DRAFT_PARAM: str(one.id)})


def buttons_for(drafts: list[Draft]) -> None:
    """For that page: a link to the page one is on does not reach the browser's address, and a reload would lose it."""
    for one in drafts:
        st.button(_label(one), key=f"go_on_{one.id}", icon=_ICON, type="tertiary", on_click=_open, args=(one.id,))


def _label(one: Draft) -> str:
    name = plain(shortened(one.content.name or "Campaign without a name"))
    return f"Go on with {name} ({moment(one.updated_at)})"


def _open(draft_id: int) -> None:
    st.query_params[DRAFT_PARAM] = str(draft_id)
    begin_at_top()
