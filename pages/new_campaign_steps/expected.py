"""Review, what to expect: cost, duration, and whom quiet hours hold back."""

from datetime import datetime

import pandas as pd
import streamlit as st

from mms.campaigns.drafts import decisions
from mms.campaigns.drafts.drafts import Draft
from mms.campaigns.launch.forecast import Outlook, outlook
from mms.quiet_hours import Forecast
from mms.quiet_hours.zone_names import zone_said
from mms.reports.cost.campaign_cost import dollars
from pages.components.reader import clock, counted, day, duration, moment, zone
from pages.components.safe import plain
from pages.components.wiring import services


def of(current: Draft, recipients: list[str], *, has_media: bool) -> Outlook:
    """The forecast for exactly the people whom the button will message."""
    shared = services()
    address = shared.sender_address(current.content.sender)
    rate = current.content.rate
    return _outlook(
        hash(tuple(recipients)),
        address,
        shared.rate(address) if rate is None else rate,
        decisions.start_at(current.content),
        bool(current.content.any_hour),
        has_media,
        _recipients=recipients,
    )


@st.cache_resource(max_entries=4, ttl=30, show_spinner=False)
def _outlook(
    identity: int,
    address: str,
    rate: float,
    start_at: float | None,
    any_hour: bool,
    has_media: bool,
    *,
    _recipients: list[str],
) -> Outlook:
    return outlook(
        services().ledger,
        _recipients,
        sender_address=address,
        rate=rate,
        start_at=start_at,
        any_hour=any_hour,
        has_media=has_media,
    )


def draw(current: Draft, found: Outlook, count: int) -> None:
    """Two figures and the sentences behind them, folded; what holds people back is said outside."""
    with st.expander("Cost and time", icon=":material/payments:", key="review_expected"):
        _figures(current, found, count)
    practice = services().settings.is_practice
    if found.cost.converted:
        st.info(f"{counted(found.cost.converted, 'message')} to other countries arrive as a text with a link.")
    if found.hours and practice and (found.hours.held or len(found.hours.ends) > 1):
        with st.expander("Quiet hours if it were live", icon=":material/bedtime:", key="quiet_hours_if_live"):
            _quiet_hours(found.hours)
    elif found.hours:
        _quiet_hours(found.hours)


def _figures(current: Draft, found: Outlook, count: int) -> None:
    low, high = found.cost.low, found.cost.high
    practice = services().settings.is_practice
    left, right = st.columns(2)
    left.metric(
        "Cost if it were live" if practice else "Cost",
        dollars(low, high),
        help=plain(
            f"Twilio's prices of {found.cost.as_of} with carrier fees; edit them on the Settings page. "
            "Messages that fail can be charged, too."
        ),
        border=True,
    )
    end = found.straight_end if practice else found.end
    if end and count:
        start = decisions.start_at(current.content) or datetime.now(zone()).timestamp()
        right.metric("Takes", duration(end.timestamp() - start), help="As fast as this sender may send.", border=True)
        st.caption(plain(f"The last message goes out about {moment(end.timestamp())} your time."))


def _quiet_hours(hours: Forecast) -> None:
    today = datetime.now(zone()).date()
    for held in hours.held[:5]:
        st.info(plain(held.sentence(today, clock) + "."), icon=":material/bedtime:")
    if hours.carried_over:
        st.info(
            f"{counted(hours.carried_over, 'person', 'people')} will have to wait for the next morning: "
            "this sender is not fast enough to reach them before their quiet hours begin.",
            icon=":material/bedtime:",
        )
    if len(hours.ends) > 1:
        st.write("**When it ends where people live**")
        st.dataframe(
            pd.DataFrame(
                [
                    {"Zone": zone_said(name), "Last message": f"{day(at)}, {clock(at)} their time"}
                    for name, at in hours.ends.items()
                ]
            ),
            hide_index=True,
            key="ends_table",
            alt="By time zone, when the last message goes out",
        )
