"""How a campaign went over time, why messages did not arrive, and what it costs."""

from typing import Any

import pandas as pd
import streamlit as st

from mms.campaigns.launch.senders import sender_kind
from mms.campaigns.records import Campaign
from mms.reports.campaign.failures import Failure, failures_by_reason
from mms.reports.campaign.timeline import SenderRun, status_over_time
from mms.reports.cost.campaign_cost import actual_cost, dollars
from mms.reports.cost.prices import prices
from mms.states import RowState
from mms.words import ROW_WORDS
from pages.components.colours import BAR, GROUP_COLOURS
from pages.components.reader import clock_of, counted
from pages.components.safe import plain, shortened
from pages.components.wiring import services

LINES = {
    RowState.ACCEPTED: GROUP_COLOURS["on_the_way"],
    RowState.SENT: GROUP_COLOURS["sent"],
    RowState.DELIVERED: GROUP_COLOURS["delivered"],
    RowState.UNDELIVERED: GROUP_COLOURS["did_not_arrive"],
    RowState.FAILED: "#a83a5c",
    RowState.REFUSED: "#e08a2e",
}
_LABEL_LENGTH = 44


def draw(current: Campaign) -> None:
    """Charts, then the money."""
    with services().ledger.read() as connection:
        stretches = status_over_time(connection, current.id)
        failures = failures_by_reason(connection, current.id)
    if not stretches:
        st.write("Nothing has been sent yet.")
        return
    st.subheader("Over time")
    st.echarts_chart(over_time(stretches), key="chart_time", height=320, alt="Messages by result over time")
    if failures:
        st.subheader("Why messages did not arrive")
        st.echarts_chart(
            reasons(failures),
            key="chart_reasons",
            height=80 + 44 * len(failures),
            alt="Messages that did not arrive, by reason",
        )
        _reasons_table(failures)
    _cost(current)


def over_time(stretches: list[SenderRun]) -> dict[str, Any]:
    """Running totals by result: how many had come so far by each moment."""
    states = [state for state in LINES if any(state in one.counts for one in stretches)]
    sums = dict.fromkeys(states, 0)
    points: dict[RowState, list[int]] = {state: [] for state in states}
    for one in stretches:
        for state in states:
            sums[state] += one.counts.get(state, 0)
            points[state].append(sums[state])
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0},
        "grid": {"left": 48, "right": 24, "top": 40, "bottom": 32},
        "xAxis": {"type": "category", "data": [clock_of(one.start) for one in stretches]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {
                "name": ROW_WORDS[state].label,
                "type": "line",
                "showSymbol": len(stretches) < 3,
                "data": points[state],
                "itemStyle": {"color": LINES[state]},
                "lineStyle": {"color": LINES[state], "width": 3},
            }
            for state in states
        ],
    }


def reasons(failures: list[Failure]) -> dict[str, Any]:
    """Bars with their values, the most frequent on top."""
    shown = failures[::-1]
    return {
        "grid": {"left": 8, "right": 48, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "data": [_label(one) for one in shown]},
        "series": [
            {
                "type": "bar",
                "barMaxWidth": 28,
                "data": [one.count for one in shown],
                "itemStyle": {"color": BAR},
                "label": {"show": True, "position": "right"},
            }
        ],
    }


def _label(one: Failure) -> str:
    meaning = shortened(one.advice.meaning, _LABEL_LENGTH)
    return f"{one.code} {meaning}" if one.code else meaning


def _reasons_table(failures: list[Failure]) -> None:
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Rows": one.count,
                    "Code": one.code,
                    "What it means": one.advice.meaning,
                    "What to do": one.advice.advice,
                    "Twilio's page": one.advice.link or None,
                }
                for one in failures
            ]
        ),
        hide_index=True,
        key="reasons_table",
        column_config={
            "Code": st.column_config.NumberColumn(format="%d"),
            "What it means": st.column_config.TextColumn(width="large"),
            "What to do": st.column_config.TextColumn(width="large"),
            "Twilio's page": st.column_config.LinkColumn(display_text="Open"),
        },
        alt="Reasons with advice",
    )


def _cost(current: Campaign) -> None:
    with services().ledger.read() as connection:
        cost = actual_cost(connection, current.id, sender_kind(current.sender_address), prices(connection))
    st.subheader("Cost")
    left, right = st.columns(2)
    left.metric("Charged by Twilio so far", f"${cost.charged:,.2f}", border=True)
    right.metric("Expected in all, with carrier fees", dollars(cost.expected.low, cost.expected.high), border=True)
    if cost.unpriced:
        st.caption(f"Twilio has not given the price of {counted(cost.unpriced, 'message')} yet.")
    st.caption(plain(f"Prices of {cost.expected.as_of}; edit them on the Settings page."))
