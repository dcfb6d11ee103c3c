"""Results by any column of the list, by area, hour, weekday, version or code: a chart, a table, a way to the rows."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from mms.campaigns.records import Campaign
from mms.reports.campaign.breakdown import MOST_GROUPS, Group, breakdown, breakdown_csv
from mms.reports.campaign.grouping import HOUR, WEEKDAY, Grouping, OneGroup, groupings, label
from mms.reports.counts import ARRIVED_MEANING, HANDED_OVER, IN_THE_LIST, PARTS, Part
from mms.roles import Permission, may
from pages.components.colours import PART_COLOURS
from pages.components.reader import number, zone, zone_name
from pages.components.wiring import person, services

ONLY = "rows_only"
"""In the session: the group whose rows the tab of rows shows."""
_PARTS = (Part.DELIVERED, Part.SENT, Part.NOT_ARRIVED, Part.REFUSED, Part.LEFT_OUT)
_IN_CHART = (Part.DELIVERED, Part.SENT, Part.ON_THE_WAY, Part.NOT_ARRIVED)
_MOST_BARS = 15
_NOTHING = "(nothing)"


def draw(current: Campaign) -> None:
    """A choice of what to group by, then one line for each value."""
    st.subheader("By anything")
    own = [] if current.purged_at else [name for name in current.columns if name != current.phone_column]
    choices = groupings(own, has_links=current.options.links == "own", has_versions=bool(current.versions))
    by = st.selectbox("Results by", choices, key="by_anything", width=360) or choices[0]
    offset = datetime.fromtimestamp(current.started_at or current.created_at, UTC).astimezone(zone()).utcoffset()
    grouping = Grouping(by, current.columns, int(offset.total_seconds()) if offset else 0)
    with services().ledger.read() as connection:
        groups, total = breakdown(connection, current.id, grouping)
    if total > MOST_GROUPS:
        st.caption(f"{number(total)} different values; the {MOST_GROUPS} with the most rows are shown.")
    if by in (HOUR, WEEKDAY):
        st.caption(f"When Twilio took the message, in {zone_name()}; nothing stands for messages that it never had.")
    st.echarts_chart(bars(groups[:_MOST_BARS], by), key="by_anything_chart", height=_height(groups), alt=f"By {by}")
    if len(groups) > _MOST_BARS:
        st.caption(f"The chart shows the first {_MOST_BARS} lines, the table all of them.")
    _table(groups, grouping)
    st.caption("Select a line to see its rows.")
    if may(person(), Permission.EXPORT):
        st.download_button(
            "Download this table",
            data=breakdown_csv(groups, by),
            file_name=f"campaign-{current.id}-by.csv",
            mime="text/csv",
            key="by_anything_csv",
            on_click="ignore",
            icon=":material/download:",
        )


def _height(groups: list[Group]) -> int:
    return 110 + 30 * min(len(groups), _MOST_BARS)


def bars(groups: list[Group], by: str) -> dict[str, Any]:
    """What became of the messages of each group, one bar each, the first on top."""
    shown = groups[::-1]
    return {
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "legend": {"top": 0},
        "grid": {"left": 8, "right": 24, "top": 36, "bottom": 36, "containLabel": True},
        "xAxis": {"type": "value", "minInterval": 1, "name": "Messages", "nameLocation": "middle", "nameGap": 24},
        "yAxis": {"type": "category", "data": [label(by, one.value) or _NOTHING for one in shown]},
        "series": [
            {
                "name": PARTS[part].label,
                "type": "bar",
                "stack": "messages",
                "barMaxWidth": 24,
                "data": [one.counts[part] for one in shown],
                "itemStyle": {"color": PART_COLOURS[part]},
            }
            for part in _IN_CHART
            if any(one.counts[part] for one in shown)
        ],
    }


def _table(groups: list[Group], grouping: Grouping) -> None:
    words = (IN_THE_LIST, HANDED_OVER, *(PARTS[part] for part in _PARTS))
    st.dataframe(
        pd.DataFrame([_line(group, grouping.by) for group in groups]),
        hide_index=True,
        key="by_anything_table",
        placeholder="–",
        on_select=partial(_open_rows, groups, grouping),
        selection_mode="single-row",
        column_config={
            "Arrived": st.column_config.TextColumn(help=ARRIVED_MEANING),
            "Charged": st.column_config.NumberColumn(format="dollar", help="By Twilio so far, without carrier fees"),
            "Clicked": st.column_config.NumberColumn(format="localized", help="People who opened a short link"),
            "Replied": st.column_config.NumberColumn(format="localized", help="People who wrote back, opt-outs apart"),
            "Opted out": st.column_config.NumberColumn(format="localized", help="People who answered STOP"),
            **{word.label: st.column_config.NumberColumn(format="localized", help=word.meaning) for word in words},
        },
        alt=f"Results by {grouping.by}",
    )


def _line(group: Group, by: str) -> dict[str, object]:
    counts = group.counts
    return {
        by: label(by, group.value) or None,
        IN_THE_LIST.label: counts.in_the_list,
        HANDED_OVER.label: counts.handed_over,
        "Arrived": str(counts.arrived),
        **{PARTS[part].label: counts[part] for part in _PARTS},
        "Clicked": group.clicked,
        "Replied": group.replies,
        "Opted out": group.opt_outs,
        "Charged": float(group.charged),
    }


def _open_rows(groups: list[Group], grouping: Grouping) -> None:
    """The tab of rows, with the rows of this line and no others."""
    picked = st.session_state["by_anything_table"]["selection"]["rows"]
    if picked:
        st.session_state[ONLY] = OneGroup(grouping, groups[picked[0]].value)
        st.session_state["rows_codes"], st.session_state["rows_groups"] = [], []
        st.session_state["rows_search"] = ""
        st.session_state["campaign_tabs"] = "Rows"
