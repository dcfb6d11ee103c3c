"""Test and API messages that wait for a person's word."""

import streamlit as st

from mms.reports.campaign.undecided import undecided_singles
from mms.words import KIND_WORDS
from pages.components import places
from pages.components.reader import moment, phone
from pages.components.safe import plain
from pages.components.wiring import services


def undecided_messages() -> None:
    """A way to each of them; nothing while there is none."""
    shared = services()
    with shared.ledger.read() as connection:
        found = undecided_singles(connection, shared.mode)
    if not found:
        return
    with st.container(border=True, key="undecided"):
        st.warning(
            "Twilio did not say whether these messages went out. Until you decide, these people get no other message. "
            "Open each one and say what became of it.",
            icon=":material/help:",
        )
        for one in found:
            st.page_link(
                places.CAMPAIGN,
                label=plain(f"{KIND_WORDS[one.kind]} to {phone(one.recipient)} ({moment(one.at)})"),
                query_params={"id": str(one.campaign_id)},
            )
