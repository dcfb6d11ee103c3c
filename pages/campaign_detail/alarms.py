"""What needs a look, by the thresholds of the Settings page."""

import streamlit as st

from mms.campaigns.records import Campaign
from mms.reports.comparison.alerts import alerts, thresholds
from mms.reports.comparison.metrics import compare
from pages.components.safe import plain
from pages.components.wiring import services


def draw(current: Campaign) -> None:
    """One sentence for each threshold passed; nothing when all is well."""
    with services().ledger.read() as connection:
        limits = thresholds(connection)
        found = [
            alarm for figures in compare(connection, [current.id], timed=False) for alarm in alerts(figures, limits)
        ]
    for alarm in found:
        st.warning(plain(alarm.sentence), icon=":material/notification_important:")
