"""How often one person may hear from us, over all campaigns."""

import streamlit as st

from mms.campaigns.launch.frequency_cap import ADVISED, FrequencyCap, frequency_cap, set_frequency_cap
from mms.roles import Permission
from pages.components.notices import answer_here, deed, tell
from pages.components.wiring import person, services

_ON, _MESSAGES, _DAYS = "cap_on", "cap_messages", "cap_days"


def draw() -> None:
    """The limit, and how it is meant."""
    st.write(
        "Whoever has reached the limit is left out of the next campaign, with the reason in the report. "
        "Test messages and answers to replies do not count. Some US states allow three advertising messages "
        "in 24 hours."
    )
    with services().ledger.read() as connection:
        cap = frequency_cap(connection)
    messages, days = (cap.messages, cap.days) if cap else ADVISED
    st.toggle("Limit how often one person gets a message", value=cap is not None, key=_ON)
    with st.container(horizontal=True):
        st.number_input("At most so many messages", 1, 100, messages, key=_MESSAGES, width=220)
        st.number_input("in so many days", 1, 365, days, key=_DAYS, width=220)
    st.button("Save", type="primary", key="cap_save", on_click=_save)
    answer_here(__name__)


@deed(Permission.CHANGE_SETTINGS)
def _save() -> None:
    cap = FrequencyCap(st.session_state[_MESSAGES], st.session_state[_DAYS]) if st.session_state[_ON] else None
    set_frequency_cap(services().ledger, cap, by=person())
    tell("The limit is saved." if cap else "There is no limit now.")
