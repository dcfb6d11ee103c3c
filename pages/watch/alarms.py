"""What needs a look, by the thresholds of the Settings page."""

import streamlit as st

from mms.campaigns.records import Campaign
from mms.results.alarms import alarms, thresholds
from mms.results.figures import compare
from pages.parts.safe import plain
from pages.parts.wiring import services


def draw(current: Campaign) -> None:
    """One sentence for each threshold passed; nothing when all is well."""
    with services().ledger.read() as connection:
        limits = thresholds(connection)
        found = [alarm for figures in compare(connection, [current.id]) for alarm in alarms(figures, limits)]
    for alarm in found:
        st.warning(plain(alarm.sentence), icon=":material/notification_important:")
