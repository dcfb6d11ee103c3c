"""What Twilio says about an account, in sentences."""

import streamlit as st

from mms.twilio_client import AccountReport, clock_warning
from pages.components.reader import phone
from pages.components.safe import plain


def show_report(report: AccountReport | None) -> None:
    """Problems, or that all is well; then each sender."""
    if report is None:
        return
    for problem in report.problems:
        st.error(plain(problem))
    if report.is_usable:
        trial = (
            " It is a trial account: it can message only numbers that you verified with Twilio."
            if report.is_trial
            else ""
        )
        st.success(f"Twilio lets us in.{trial}")
    if warning := clock_warning(report.clock_ahead):
        st.warning(plain(warning), icon=":material/schedule:")
    for sender in report.senders:
        can = {True: "can send pictures", False: "cannot send pictures", None: "Twilio does not say"}[sender.mms]
        st.text(f"• {phone(sender.address)} ({phone(sender.name)}): {can}")
