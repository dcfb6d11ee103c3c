"""How a campaign went over time, why messages did not arrive, and what it costs."""

from functools import partial
from itertools import accumulate
from typing import Any

import pandas as pd
import streamlit as st

from mms.campaigns.launch.senders import sender_kind
from mms.campaigns.records import Campaign
from mms.reports.campaign.failures import Failure, failures_by_reason
from mms.reports.campaign.timeline import MILESTONES, Milestone, Stretch, status_over_time
from mms.reports.comparison.metrics import compare
from mms.reports.comparison.usual import LAST, Standing, against_usual
from mms.reports.cost.campaign_cost import ActualCost, actual_cost, dollars
from mms.reports.cost.prices import prices
from mms.reports.counts import Part
from mms.reports.timestamps import seconds_text
from pages.campaign_detail import by_anything
from pages.components.colours import BAR, PART_COLOURS
from pages.components.reader import clock_of, counted, moment_exact, zone_name
from pages.components.safe import plain, shortened
from pages.components.wiring import services

LINES = {
    Milestone.HANDED_OVER: "#7b8fd9",
    Milestone.DELIVERED: PART_COLOURS[Part.DELIVERED],
    Milestone.NOT_ARRIVED: PART_COLOURS[Part.NOT_ARRIVED],
    Milestone.REFUSED: PART_COLOURS[Part.REFUSED],
}
_LABEL_LENGTH = 44


def draw(current: Campaign) -> None:
    """Charts, then the money."""
    with services().ledger.read() as connection:
        stretches = status_over_time(connection, current.id)
        failures = failures_by_reason(connection, current.id)
        found = compare(connection, [current.id])
        usual = against_usual(connection, current.id)
    if not stretches:
        st.write("Nothing has been handed over yet.")
        return
    st.subheader("Over time")
    st.echarts_chart(over_time(stretches), key="chart_time", height=360, alt="Messages by milestone over time")
    with st.expander("These numbers as a table", key="chart_time_numbers"):
        st.dataframe(numbers_over_time(stretches), hide_index=True, key="chart_time_table")
    if found and (took := found[0].to_deliver):
        st.write(
            f"To deliver: half within {seconds_text(took.median)}, 95 of 100 within {seconds_text(took.p95)} "
            "from Twilio's yes to the carrier's receipt."
        )
    if failures:
        _failures(failures)
    by_anything.draw(current)
    _usual(usual)
    _cost(current)


def totals(stretches: list[Stretch]) -> dict[Milestone, list[int]]:
    """How many had come to each milestone by each moment; those that nobody came to are left out."""
    seen = [one for one in LINES if any(one in stretch.counts for stretch in stretches)]
    return {one: list(accumulate(stretch.counts.get(one, 0) for stretch in stretches)) for one in seen}


def numbers_over_time(stretches: list[Stretch]) -> pd.DataFrame:
    """What the chart shows, in figures."""
    by_line = {MILESTONES[one].label: points for one, points in totals(stretches).items()}
    return pd.DataFrame({"By": [moment_exact(one.start + one.seconds) for one in stretches], **by_line})


def over_time(stretches: list[Stretch]) -> dict[str, Any]:
    """Running totals by milestone, each line named at its end."""
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0},
        "grid": {"left": 64, "right": 110, "top": 40, "bottom": 56},
        "xAxis": {
            "type": "category",
            "name": f"Time of day ({zone_name()})",
            "nameLocation": "middle",
            "nameGap": 32,
            "data": [clock_of(one.start) for one in stretches],
        },
        "yAxis": {"type": "value", "minInterval": 1, "name": "Messages so far"},
        "series": [
            {
                "name": MILESTONES[one].label,
                "type": "line",
                "showSymbol": len(stretches) < 3,
                "data": points,
                "endLabel": {"show": True, "formatter": "{a}"},
                "itemStyle": {"color": LINES[one]},
                "lineStyle": {"color": LINES[one], "width": 3},
            }
            for one, points in totals(stretches).items()
        ],
    }


def _failures(failures: list[Failure]) -> None:
    st.subheader("Why messages did not arrive")
    st.echarts_chart(
        reasons(failures),
        key="chart_reasons",
        height=100 + 44 * len(failures),
        alt="Messages that did not arrive, by reason",
    )
    _reasons_table(failures)


def reasons(failures: list[Failure]) -> dict[str, Any]:
    """Bars with their values, the most frequent on top."""
    shown = failures[::-1]
    return {
        "grid": {"left": 8, "right": 48, "top": 8, "bottom": 28, "containLabel": True},
        "xAxis": {"type": "value", "minInterval": 1, "name": "Messages", "nameLocation": "middle", "nameGap": 24},
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
        on_select=partial(_open_rows, failures),
        selection_mode="single-row",
        column_config={
            "Code": st.column_config.NumberColumn(format="%d"),
            "What it means": st.column_config.TextColumn(width="large"),
            "What to do": st.column_config.TextColumn(width="large"),
            "Twilio's page": st.column_config.LinkColumn(display_text="Open"),
        },
        alt="Reasons with advice",
    )
    st.caption("Select a reason to see its rows.")


def _open_rows(failures: list[Failure]) -> None:
    """One click from a reason to its rows: the tab of rows, with that code chosen."""
    picked = st.session_state["reasons_table"]["selection"]["rows"]
    if picked and failures[picked[0]].code is not None:
        st.session_state["rows_codes"] = [str(failures[picked[0]].code)]
        st.session_state["rows_groups"] = []
        st.session_state["rows_search"] = ""
        st.session_state["campaign_tabs"] = "Rows"


def _usual(usual: list[Standing]) -> None:
    st.subheader("Against your usual")
    if not usual:
        st.write("There is no finished campaign before this one to compare it with.")
        return
    most = max(one.of for one in usual)
    st.dataframe(
        pd.DataFrame(
            [
                {"Figure": one.name, "This campaign": one.words[0], "Your usual": one.words[1], "Meaning": one.meaning}
                for one in usual
            ]
        ),
        hide_index=True,
        key="usual_table",
        alt="This campaign and the usual one",
    )
    st.caption(f"Your usual is the median of the {counted(most, 'campaign')} before this one ({LAST} at most).")


def _cost(current: Campaign) -> None:
    with services().ledger.read() as connection:
        cost = actual_cost(connection, current.id, sender_kind(current.sender_address), prices(connection))
    st.subheader("Cost")
    tiles = {
        "Charged by Twilio": (f"${cost.charged:,.2f}", "The sum of the prices that Twilio has told, without fees."),
        "Still to come": (f"${cost.to_come:,.2f}", "Messages without a price so far, and rows that may still be sent."),
        "Carrier fees": (dollars(cost.fees.low, cost.fees.high), "For the whole list; not in Twilio's prices."),
        "In all": (dollars(cost.expected.low, cost.expected.high), "Charged, still to come and fees together."),
        "Per delivered": (_each(cost), "In all, for each message with a delivery receipt."),
    }
    with st.grid(min_column_width=230, key="cost"):
        for label, (value, meaning) in tiles.items():
            st.metric(label, value, border=True, help=meaning)
    if cost.unpriced:
        st.caption(f"The price of {counted(cost.unpriced, 'message')} is not known: Twilio has not told it yet.")
    st.caption(plain(f"Prices of {cost.expected.as_of}; edit them on the Settings page."))


def _each(cost: ActualCost) -> str:
    return "–" if cost.per_delivered is None else dollars(cost.per_delivered.low, cost.per_delivered.high, places=4)
