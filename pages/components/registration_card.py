"""Will carriers let it through? One card: every finding with its light, its sentence and the next step."""

import streamlit as st

from mms.twilio_client.registration import Light, Registration, registration
from pages.components.reader import phone
from pages.components.safe import plain
from pages.components.wiring import services

_ICON = {
    Light.GREEN: ":green[:material/check_circle:]",
    Light.AMBER: ":orange[:material/help:]",
    Light.RED: ":red[:material/block:]",
}
_WORD = {Light.GREEN: "In order", Light.AMBER: "Not sure", Light.RED: "Blocked"}


@st.cache_resource(ttl=600, max_entries=20, show_spinner=False)
def registration_of(account_sid: str, address: str) -> Registration:
    """Asked once in ten minutes for all sessions."""
    return registration(services().account, address)


def ask_again() -> None:
    """Forget what Twilio said."""
    registration_of.clear()


@st.fragment
def registration_card(address: str) -> None:
    """The card of one sender. It is a fragment: the rest of the page does not wait for Twilio."""
    with st.container(border=True, key=f"registration_card_{address}"):
        st.subheader("Will carriers let it through?")
        st.caption(f"Sender: {'messaging service ' + address if address.startswith('MG') else phone(address)}")
        with st.spinner("Asking Twilio …"):
            found = registration_of(services().account.account_sid, address)
        for finding in found.findings:
            st.markdown(f"{_ICON[finding.light]} **{_WORD[finding.light]}:** {plain(finding.sentence)}")
            if finding.next_step:
                st.caption(f"What to do: {plain(finding.next_step)}")
        st.button(
            "Ask Twilio again", key=f"registration_again_{address}", on_click=ask_again, icon=":material/refresh:"
        )
