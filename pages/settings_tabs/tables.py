"""What people edit in tables: prices, quiet hours, and when to raise an alarm."""

from dataclasses import asdict, fields

import pandas as pd
import streamlit as st

from mms.quiet_hours import WindowRow, store_rules, window_rows
from mms.reports.comparison.alerts import Thresholds, store_thresholds, thresholds
from mms.reports.cost.prices import PRICE_LABELS, Prices, prices, store_prices
from mms.roles import Permission
from pages.components.notices import answer_here, deed, tell
from pages.components.wiring import person, services

_WINDOWS = "quiet_hours_editor"


def draw_prices() -> None:
    """One field for each price, in US dollars."""
    st.write("For the forecast and for the cost of campaigns. In US dollars; compare them with Twilio's price page.")
    with services().ledger.read() as connection:
        kept = asdict(prices(connection))
    with st.form("prices_form", border=True):
        for name, label in PRICE_LABELS.items():
            st.text_input(label, value=kept[name], key=f"price_{name}", width=320)
        st.form_submit_button("Save the prices", type="primary", key="prices_save", on_click=save_prices)
        answer_here(__name__)


@deed(Permission.CHANGE_SETTINGS)
def save_prices() -> None:
    new = Prices(**{field.name: st.session_state[f"price_{field.name}"].strip() for field in fields(Prices)})
    ledger = services().ledger
    with ledger.write() as connection:
        store_prices(connection, new, at=ledger.now(connection), by=person())
    tell("The prices are saved.")


def draw_quiet_hours() -> None:
    """The table of windows, with lines added and removed in place."""
    st.write("When people may be messaged, by the time where they live. A state's line goes before its country's.")
    with services().ledger.read() as connection:
        table = pd.DataFrame([asdict(row) for row in window_rows(connection)])
    edited = st.data_editor(
        table,
        num_rows="dynamic",
        hide_index=True,
        key=_WINDOWS,
        column_config={
            "area": st.column_config.TextColumn("Area", help="US, CA, other, or a state such as US-TX", required=True),
            "days": st.column_config.TextColumn("Days", help="mon-fri, sat, or mon,wed", required=True),
            "opens": st.column_config.TextColumn("From", help="09:00", required=True),
            "closes": st.column_config.TextColumn("Until", help="21:00", required=True),
            "source": st.column_config.TextColumn("Where it comes from", width="large"),
        },
        alt="Hours in which people may be messaged, by area",
    )
    st.button("Save the quiet hours", type="primary", key="windows_save", on_click=save_windows, args=(edited,))
    answer_here(__name__)


@deed(Permission.CHANGE_SETTINGS)
def save_windows(edited: pd.DataFrame) -> None:
    rows = [
        WindowRow(**{str(name): str(value) for name, value in line.items()})
        for line in edited.fillna("").to_dict("records")
    ]
    ledger = services().ledger
    with ledger.write() as connection:
        store_rules(connection, rows, at=ledger.now(connection), by=person())
    tell("The quiet hours are saved. They hold from the next message on.")


def draw_alarms() -> None:
    """Thresholds in percent."""
    with services().ledger.read() as connection:
        kept = thresholds(connection)
    with st.form("alarms_form", border=True):
        _percent("Warn when fewer arrive than, %", kept.delivery_below, "alarm_delivery")
        _percent("Warn when more are filtered than, %", kept.filtering_above, "alarm_filter")
        _percent("Warn when more opt out than, %", kept.opt_outs_above, "alarm_opt_outs")
        st.number_input("Only from so many messages on", min_value=1, value=kept.fewest, key="alarm_fewest", width=320)
        st.form_submit_button("Save the alarms", type="primary", key="alarms_save", on_click=save_alarms)
        answer_here(__name__)


def _percent(label: str, share: float, key: str) -> None:
    st.number_input(label, min_value=0.0, max_value=100.0, step=0.5, value=share * 100, key=key, width=320)


@deed(Permission.CHANGE_SETTINGS)
def save_alarms() -> None:
    state = st.session_state
    new = Thresholds(
        delivery_below=state["alarm_delivery"] / 100,
        filtering_above=state["alarm_filter"] / 100,
        opt_outs_above=state["alarm_opt_outs"] / 100,
        fewest=int(state["alarm_fewest"]),
    )
    ledger = services().ledger
    with ledger.write() as connection:
        store_thresholds(connection, new, at=ledger.now(connection), by=person())
    tell("The alarms are saved.")
