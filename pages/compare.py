"""Compare: campaigns side by side over a range of days, with alarms, and the table to take along."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from mms.results import CampaignFilter
from mms.results.alarms import alarms, thresholds
from mms.results.campaigns import tags_in_use
from mms.results.figures import Figures, compare
from mms.twilio_codes import Family
from pages.parts import places
from pages.parts.colours import GROUP_COLOURS
from pages.parts.reader import duration, zone
from pages.parts.safe import plain, shortened
from pages.parts.wiring import services

_DAYS = 90
_CHARTED = 20
FAMILIES = {
    Family.ACCOUNT: "Account",
    Family.SENDER: "Sender",
    Family.REGISTRATION: "Registration",
    Family.SETTINGS: "Settings",
    Family.RECIPIENT: "Number",
    Family.OPT_OUT: "Opted out",
    Family.CONTENT: "Text",
    Family.MEDIA: "Picture",
    Family.FILTERING: "Filtered as spam",
    Family.THROUGHPUT: "Too fast",
    Family.TEMPORARY: "Passing trouble",
    Family.UNKNOWN: "Other",
}


def chosen_filter() -> CampaignFilter:
    """Days, tags and name."""
    today = datetime.now(zone()).date()
    days, tagged, search = st.columns([2, 2, 2], vertical_alignment="bottom")
    picked = days.date_input(
        "From and to", value=(today - timedelta(days=_DAYS), today), max_value=today, key="compare_days"
    )
    first, last = picked if isinstance(picked, tuple) and len(picked) == 2 else (today - timedelta(days=_DAYS), today)
    with services().ledger.read() as connection:
        tags = tags_in_use(connection)
    return CampaignFilter(
        tags=tuple(tagged.multiselect("Tags", tags, key="compare_tags", placeholder="Any")),
        search=search.text_input("Name", type="search", key="compare_search") or "",
        mode=services().mode,
        since=_midnight(first),
        until=_midnight(last + timedelta(days=1)),
    )


def _midnight(day: date) -> float:
    return datetime.combine(day, time(), zone()).timestamp()


def line(one: Figures) -> dict[str, Any]:
    """One campaign in the table; shares as the table's own percent columns want them."""
    worst = ", ".join(f"{FAMILIES[family]} {count:,}" for family, count in one.families.most_common(3))
    return {
        "Name": one.campaign.name,
        "Made": datetime.fromtimestamp(one.campaign.created_at, zone()),
        "Rows": one.campaign.row_count,
        "Arrived": one.arrived,
        "Delivery rate": one.delivery_rate,
        "Failures": worst or None,
        "Opt-outs": one.opt_outs,
        "Cost": float(one.cost),
        "Time to deliver": None if one.seconds_to_deliver is None else duration(one.seconds_to_deliver),
        "Tags": list(one.campaign.tags),
    }


def table(found: list[Figures]) -> None:
    """Sortable by every column; the table's own menu takes it along as CSV."""
    chosen = st.dataframe(
        pd.DataFrame([line(one) for one in found]),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="compare_table",
        placeholder="–",
        column_config={
            "Made": st.column_config.DatetimeColumn(format="localized"),
            "Rows": st.column_config.NumberColumn(format="localized"),
            "Arrived": st.column_config.NumberColumn(format="localized"),
            "Delivery rate": st.column_config.NumberColumn(format="percent"),
            "Cost": st.column_config.NumberColumn(format="dollar", help="What Twilio has charged so far"),
            "Tags": st.column_config.ListColumn(),
        },
        alt="Campaigns with their figures",
    )
    if picked := chosen["selection"]["rows"] if chosen else []:
        st.switch_page(places.CAMPAIGN, query_params={"id": str(found[picked[0]].campaign.id)})
    st.caption("Select a row to open the campaign. The table's own menu downloads it.")


def delivery_chart(found: list[Figures]) -> dict[str, Any]:
    """Arrived and not, for each campaign, the oldest first."""
    shown = [one for one in reversed(found[:_CHARTED]) if one.decided]
    parts = (
        ("Arrived", GROUP_COLOURS["delivered"], [one.arrived for one in shown]),
        ("Not arrived", GROUP_COLOURS["did_not_arrive"], [one.decided - one.arrived for one in shown]),
    )
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0},
        "grid": {"left": 8, "right": 16, "top": 40, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": [shortened(one.campaign.name, 18) for one in shown]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {
                "name": name,
                "type": "bar",
                "stack": "all",
                "data": data,
                "barMaxWidth": 64,
                "itemStyle": {"color": colour},
            }
            for name, colour, data in parts
        ],
    }


def page() -> None:
    """One run of the page."""
    st.title("Compare campaigns")
    wanted = chosen_filter()
    with services().ledger.read() as connection:
        found = compare(connection, wanted)
        limits = thresholds(connection)
    if not found:
        st.write("No campaign in these days. Choose other days, or send your first one.")
        return
    for one in found:
        for alarm in alarms(one, limits):
            st.warning(f"**{plain(one.campaign.name)}**: {plain(alarm.sentence)}")
    decided, arrived = sum(one.decided for one in found), sum(one.arrived for one in found)
    with st.grid(min_column_width=150, key="compare_tiles"):
        st.metric("Campaigns", len(found), border=True, format="localized")
        st.metric("With a result", decided, border=True, format="localized")
        st.metric("Arrived", f"{arrived / decided:.1%}" if decided else "–", border=True)
        st.metric("Opt-outs caused", sum(one.opt_outs for one in found), border=True, format="localized")
        st.metric("Charged", f"${sum(one.cost for one in found):,.2f}", border=True)
    if any(one.decided for one in found):
        st.echarts_chart(
            delivery_chart(found), key="compare_chart", height=320, alt="Arrived and not arrived for each campaign"
        )
    table(found)


page()
