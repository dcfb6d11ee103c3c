"""Compare: campaigns side by side over a range of days, with alarms, and the table to take along."""

from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from mms.reports import CampaignFilter
from mms.reports.comparison.alerts import alerts, thresholds
from mms.reports.comparison.campaign_list import tags_in_use
from mms.reports.comparison.comparison_file import comparison_csv, families_of, family_column
from mms.reports.comparison.metrics import Figures, compare
from mms.roles import Permission, may
from mms.twilio_codes import Family
from pages.components import places
from pages.components.colours import GROUP_COLOURS
from pages.components.days import days_between
from pages.components.reader import zone
from pages.components.safe import plain, shortened
from pages.components.wiring import person, services

_DAYS = 90
_CHARTED = 20


def chosen_filter() -> CampaignFilter:
    """Days, tags and name."""
    days, tagged, search = st.columns([2, 2, 2], vertical_alignment="bottom")
    since, until = days_between(days, "compare_days", _DAYS)
    with services().ledger.read() as connection:
        tags = tags_in_use(connection)
    return CampaignFilter(
        tags=tuple(tagged.multiselect("Tags", tags, key="compare_tags", placeholder="Any")),
        search=search.text_input("Name", type="search", key="compare_search") or "",
        mode=services().mode,
        since=since,
        until=until,
    )


def line(one: Figures, families: list[Family]) -> dict[str, Any]:
    """One campaign in the table; shares as the table's own percent columns want them."""
    return {
        "Name": one.campaign.name,
        "Made": datetime.fromtimestamp(one.campaign.created_at, zone()),
        "Rows": one.campaign.row_count,
        "Arrived": one.arrived,
        "Delivery rate": one.delivery_rate,
        **{family_column(family): one.families[family] for family in families},
        "Opt-outs": one.opt_outs,
        "Cost": float(one.cost),
        "Time to deliver": one.seconds_to_deliver,
        "Tags": list(one.campaign.tags),
    }


def table(found: list[Figures]) -> None:
    """Sortable by every column; selecting a row opens the campaign."""
    families = families_of(found)
    counts = ("Rows", "Arrived", *map(family_column, families), "Opt-outs")
    chosen = st.dataframe(
        pd.DataFrame([line(one, families) for one in found]),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="compare_table",
        placeholder="–",
        column_config={
            "Name": st.column_config.TextColumn(pinned=True, width="medium"),
            "Made": st.column_config.DatetimeColumn(format="localized"),
            "Delivery rate": st.column_config.NumberColumn(format="percent"),
            "Cost": st.column_config.NumberColumn(format="dollar", help="What Twilio has charged so far"),
            "Time to deliver": st.column_config.NumberColumn(format="duration", help="The middle one of the times"),
            "Tags": st.column_config.ListColumn(),
            **{name: st.column_config.NumberColumn(format="localized") for name in counts},
        },
        alt="Campaigns with their figures",
    )
    if picked := chosen["selection"]["rows"] if chosen else []:
        st.switch_page(places.CAMPAIGN, query_params={"id": str(found[picked[0]].campaign.id)})
    st.caption("Select a row to open the campaign.")


def take_along(found: list[Figures]) -> None:
    """The table as a file."""
    if not may(person(), Permission.EXPORT):
        return
    where = zone()
    st.download_button(
        "Download this comparison",
        data=lambda: comparison_csv(found, where),
        file_name="comparison.csv",
        mime="text/csv",
        key="compare_csv",
        on_click="ignore",
        icon=":material/download:",
    )


def delivery_chart(found: list[Figures]) -> dict[str, Any]:
    """Shares of what arrived and what did not, so that a small campaign is seen beside a large one; oldest first."""
    shown = [(one, one.delivery_rate) for one in reversed(found[:_CHARTED])]
    rated = [(one, round(100 * rate, 1)) for one, rate in shown if rate is not None]
    parts = (
        ("Arrived", GROUP_COLOURS["delivered"], [percent for _one, percent in rated]),
        ("Not arrived", GROUP_COLOURS["did_not_arrive"], [round(100 - percent, 1) for _one, percent in rated]),
    )
    return {
        "tooltip": {"trigger": "axis", "formatter": "{b}<br>{a0}: {c0} %<br>{a1}: {c1} %"},
        "legend": {"top": 0},
        "grid": {"left": 8, "right": 16, "top": 40, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": [shortened(one.campaign.name, 18) for one, _percent in rated]},
        "yAxis": {"type": "value", "max": 100, "axisLabel": {"formatter": "{value} %"}},
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
        for alarm in alerts(one, limits):
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
            delivery_chart(found),
            key="compare_chart",
            height=320,
            alt="Share that arrived, by campaign",
        )
    table(found)
    take_along(found)


page()
