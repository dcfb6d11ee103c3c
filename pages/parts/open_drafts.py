"""Campaigns that are not sent yet, each a way back into it."""

import streamlit as st

from mms.campaigns.drafts import Draft
from pages.parts import places
from pages.parts.drafting import DRAFT_PARAM
from pages.parts.reader import moment
from pages.parts.safe import plain, shortened


def go_on_with(drafts: list[Draft]) -> None:
    """A link for each; it leads to the step that was last looked at."""
    for one in drafts:
        name = plain(shortened(one.content.get("name") or "Campaign without a name"))
        st.page_link(
            places.NEW_CAMPAIGN,
            label=f"Go on with {name} ({moment(one.updated_at)})",
            icon=":material/edit:",
            query_params={DRAFT_PARAM: str(one.id)},
        )
