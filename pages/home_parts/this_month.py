"""This month in a few figures: sent, arrived, failed by reason, opt-outs, and cost against the budget."""

from datetime import datetime

import streamlit as st

from mms.reports import CampaignFilter
from mms.reports.comparison.together import Together, together
from mms.reports.cost.budget import monthly_cost
from mms.reports.counts import ARRIVED_MEANING, HANDED_OVER, NOT_KNOWN, PARTS, Part
from mms.words import FAMILY_LABELS
from pages.components.follow import hears_replies
from pages.components.reader import number, zone
from pages.components.safe import plain
from pages.components.wiring import services


def draw() -> None:
    """Nothing before the first campaign of the month, so that a newcomer sees no row of zeros."""
    first = datetime.now(zone()).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found = _figures(services().mode, first.timestamp(), hears_replies())
    if not found.campaigns:
        return
    st.header(f"{first:%B} so far")
    failed = found.counts[Part.NOT_ARRIVED] + found.counts[Part.REFUSED]
    with st.grid(min_column_width=230, key="this_month"):
        st.metric("Sent", number(found.counts.handed_over), border=True, help=plain(HANDED_OVER.meaning))
        st.metric("Arrived", str(found.arrived), border=True, help=plain(ARRIVED_MEANING))
        st.metric("Failed", number(failed), border=True, help=plain(PARTS[Part.NOT_ARRIVED].meaning))
        st.metric("Opt-outs", NOT_KNOWN if found.opt_outs is None else number(found.opt_outs), border=True)
        if not services().settings.is_practice:
            _cost()
    if found.families:
        why = (f"{number(count)} {FAMILY_LABELS[family].lower()}" for family, count in found.families.most_common(4))
        st.caption(plain(f"Failed, by reason: {', '.join(why)}."))


def _cost() -> None:
    shared = services()
    with shared.ledger.read() as connection:
        month = monthly_cost(connection, shared.ledger.now(connection))
    budget = shared.settings.monthly_budget
    st.metric(
        "Cost" if budget is None else f"Cost, of \\${budget:,.2f}",
        f"${month.expected:,.2f}",
        border=True,
        help=f"With carrier fees and what is still to come; Twilio has charged \\${month.charged:,.2f} so far.",
    )


@st.cache_resource(max_entries=4, ttl=5, show_spinner=False)
def _figures(mode: str, since: float, hears: bool) -> Together:
    """Of all visitors, a few seconds old: the whole month is counted."""
    with services().ledger.read() as connection:
        return together(connection, CampaignFilter(mode=mode, since=since), hears_replies=hears)
