"""The report as a file and the summary as a page to print; by a route, so that a large one does not hold this page."""

import streamlit as st

from mms.access.signed_links import report_link
from mms.campaigns.records import Campaign
from mms.roles import Permission, may
from pages.components.wiring import person, services

FORMS = {"csv": "Report (CSV)", "xlsx": "Report (Excel)", "html": "Summary to print"}


def draw(current: Campaign) -> None:
    """One link for each form."""
    if not may(person(), Permission.EXPORT):
        return
    ledger = services().ledger
    for ending, label in FORMS.items():
        icon = ":material/print:" if ending == "html" else ":material/download:"
        st.link_button(label, report_link(ledger, current.id, ending, by=person()), key=f"report_{ending}", icon=icon)
