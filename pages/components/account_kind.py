"""What Twilio says about the account in live mode, asked once an hour for all sessions."""

import streamlit as st

from mms.twilio_client import AccountReport, check_account
from pages.components.safe import plain
from pages.components.wiring import services

TRIAL = (
    "This is a trial account of Twilio: it messages only numbers that you verified there, and puts a notice before "
    "each text. Upgrade it in the Twilio Console to reach everybody."
)


@st.cache_resource(ttl=3600, show_spinner=False)
def _report(account_sid: str) -> AccountReport:
    return check_account(services().account, services().senders)


def account_kind() -> None:
    """Trial, or what keeps Twilio from letting us in; nothing when all is well. Takes as long as Twilio's answer."""
    account_sid = services().account.account_sid
    report = _report(account_sid)
    if not report.is_usable:
        _report.clear()  # asked again by the next visit: it may have been the network
    for problem in report.problems:
        st.error(plain(problem))
    if report.is_trial:
        st.warning(TRIAL)
