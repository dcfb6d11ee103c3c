"""What happens again and again without anybody's click: when it last happened, when it will, and what went wrong."""

import pandas as pd
import streamlit as st

from mms.ledger.periodic_work import PeriodicRun, periodic_runs
from pages.components.reader import moment
from pages.components.wiring import services


def draw() -> None:
    """One line for each work of this account."""
    shared = services()
    with shared.ledger.read() as connection:
        found = periodic_runs(connection, shared.account.account_sid)
    if not found:
        st.write("Nothing has happened yet. This list fills when the first campaign is sent.")
        return
    st.write("These happen by themselves while messages are sent or awaited. Nothing here needs a click.")
    st.dataframe(
        pd.DataFrame([_line(one) for one in found]),
        hide_index=True,
        key="background_table",
        placeholder="–",
        alt="Background work: last time, next time and last error",
    )


def _line(one: PeriodicRun) -> dict[str, str]:
    return {
        "What": one.name.capitalize(),
        "Last time": moment(one.started_at),
        "Next time": moment(one.next_at),
        "Went well": "Under way" if one.finished_at is None else f"No: {one.error}" if one.error else "Yes",
    }
