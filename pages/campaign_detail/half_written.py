"""A campaign that a killed program left: what it is, and the button that removes it."""

import streamlit as st

from mms.campaigns.launch.half_written import remove_half_written, word_on_half_written
from mms.campaigns.records import Campaign
from mms.roles import Permission
from pages.components.notices import deed, tell
from pages.components.wiring import person, services


def draw(current: Campaign) -> None:
    """Instead of figures: none of its rows could go out."""
    ledger = services().ledger
    with ledger.read() as connection:
        word = word_on_half_written(connection, current.id, ledger.now(connection))
    st.warning(
        f"{word} To send it, begin a new campaign with the same list, or click *Send* in its draft again.",
        icon=":material/edit_off:",
    )
    st.button("Remove it", icon=":material/delete:", key="remove_half_written", on_click=_remove, args=(current.id,))


@deed(Permission.SEND)
def _remove(campaign_id: int) -> None:
    remove_half_written(services().ledger, campaign_id, by=person())
    st.query_params.clear()
    tell("It is removed. Nothing had been sent of it.")
