"""Review: who got something today from another program over the same account. Drawn last, since Twilio is asked."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mms.campaigns.launch.sent_elsewhere import SentElsewhere, sent_elsewhere
from pages.components.safe import plain
from pages.components.wiring import services

_KEPT_SECONDS = 300


def draw(place: DeltaGenerator, recipients: list[str]) -> None:
    """Into a place that was kept free further up; the page is usable meanwhile."""
    with place:
        sentence = _asked().sentence(recipients)
        if sentence:
            st.info(plain(sentence), icon=":material/history:")


@st.cache_resource(ttl=_KEPT_SECONDS, show_spinner="Looking at what Twilio has sent today …")
def _asked() -> SentElsewhere:
    shared = services()
    return sent_elsewhere(shared.ledger, shared.account)
