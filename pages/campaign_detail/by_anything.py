"""Results by any column of the list, by area or by code: a table, a download, and a way to the rows."""

from functools import partial

import pandas as pd
import streamlit as st

from mms.campaigns.records import Campaign
from mms.reports.campaign.breakdown import AREA, CODE, MOST_GROUPS, Group, breakdown, breakdown_csv
from mms.reports.counts import ARRIVED_MEANING, HANDED_OVER, IN_THE_LIST, PARTS, Part
from mms.roles import Permission, may
from pages.components.reader import number
from pages.components.wiring import person, services

_PARTS = (Part.DELIVERED, Part.SENT, Part.NOT_ARRIVED, Part.REFUSED, Part.LEFT_OUT)


def draw(current: Campaign) -> None:
    """A choice of what to group by, then one line for each value."""
    st.subheader("By anything")
    own = [] if current.purged_at else [name for name in current.columns if name != current.phone_column]
    by = st.selectbox("Results by", [*own, AREA, CODE], key="by_anything", width=360) or AREA
    with services().ledger.read() as connection:
        groups, total = breakdown(connection, current.id, by, current.columns)
    if total > MOST_GROUPS:
        st.caption(f"{number(total)} different values; the {MOST_GROUPS} with the most rows are shown.")
    words = (IN_THE_LIST, HANDED_OVER, *(PARTS[part] for part in _PARTS))
    st.dataframe(
        pd.DataFrame([_line(group, by) for group in groups]),
        hide_index=True,
        key="by_anything_table",
        placeholder="–",
        on_select=partial(_open_rows, groups, by),
        selection_mode="single-row",
        column_config={
            "Arrived": st.column_config.TextColumn(help=ARRIVED_MEANING),
            "Charged": st.column_config.NumberColumn(format="dollar", help="By Twilio so far, without carrier fees"),
            **{word.label: st.column_config.NumberColumn(format="localized", help=word.meaning) for word in words},
        },
        alt=f"Results by {by}",
    )
    if by != AREA:
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


def _line(group: Group, by: str) -> dict[str, object]:
    counts = group.counts
    return {
        by: group.value or None,
        IN_THE_LIST.label: counts.in_the_list,
        HANDED_OVER.label: counts.handed_over,
        "Arrived": str(counts.arrived),
        **{PARTS[part].label: counts[part] for part in _PARTS},
        "Replies": group.replies,
        "Charged": float(group.charged),
    }


def _open_rows(groups: list[Group], by: str) -> None:
    """The tab of rows, searched for the value or filtered by the code."""
    picked = st.session_state["by_anything_table"]["selection"]["rows"]
    if not picked or by == AREA or not groups[picked[0]].value:
        return
    value = groups[picked[0]].value
    st.session_state["rows_codes"] = [value] if by == CODE else []
    st.session_state["rows_search"] = "" if by == CODE else value
    st.session_state["rows_groups"] = []
    st.session_state["campaign_tabs"] = "Rows"
