"""Pools of coupon codes: what is left, codes from a file, codes made by us."""

import pandas as pd
import streamlit as st

from mms.coupons.making import Pattern
from mms.coupons.pools import Added, Pool, add_codes, all_pools, codes_in, make_codes
from mms.recipients import read_upload
from mms.roles import Permission, may
from pages.components.notices import answer_here, deed, tell
from pages.components.reader import counted, number
from pages.components.safe import plain
from pages.components.wiring import person, services

_WAYS = {"file": "Upload codes", "made": "Make codes"}


def draw() -> None:
    """The pools and the control that fills one."""
    with services().ledger.read() as connection:
        found = all_pools(connection)
    if found:
        _table(found)
    else:
        st.info("There is no pool yet. Upload a CSV with one code in each row, or let us make codes.")
    if may(person(), Permission.SEND):
        _fill()


def _table(found: list[Pool]) -> None:
    for pool in found:
        if pool.runs_dry:
            st.warning(
                f"“{plain(pool.name)}” has {counted(pool.left, 'code')} left. Add codes before the next campaign."
            )
    st.dataframe(
        pd.DataFrame(
            [{"Pool": one.name, "Left": one.left, "Given": one.given, "Put back": one.put_back} for one in found]
        ),
        hide_index=True,
        key="pools_table",
        alt="Pools of coupon codes",
    )
    st.caption("A code is put back when its message surely did not go out.")


def _fill() -> None:
    st.subheader("Add codes")
    st.text_input("Pool", key="pool_name", placeholder="Spring sale", max_chars=200)
    way = st.segmented_control("From", list(_WAYS), default="file", format_func=_WAYS.__getitem__, key="pool_way")
    if way == "made":
        st.text_input(
            "Pattern", value="SPRING-*********", key="pool_pattern", help="* is a letter or digit, # a digit."
        )
        st.number_input("How many", 1, 1_000_000, value=1_000, key="pool_count")
        st.checkbox("With a check letter at the end", key="pool_check")
        st.button("Make the codes", type="primary", key="pool_make", on_click=_make)
        answer_here(__name__)
        return
    st.file_uploader("CSV or workbook with one code in each row", type=["csv", "txt", "xlsx"], key="pool_file")
    st.button(
        "Add the codes", type="primary", key="pool_add", on_click=_add, disabled=not st.session_state.get("pool_file")
    )
    answer_here(__name__)


@deed(Permission.SEND)
def _make() -> None:
    state = st.session_state
    pattern = Pattern(state["pool_pattern"], bool(state["pool_check"]))
    _said(make_codes(services().ledger, state["pool_name"], pattern, int(state["pool_count"]), by=person()))


@deed(Permission.SEND)
def _add() -> None:
    chosen = st.session_state["pool_file"]
    upload = read_upload(chosen.getvalue(), file_name=chosen.name)
    codes = codes_in(upload.column(upload.columns[0]).to_pylist())
    _said(add_codes(services().ledger, st.session_state["pool_name"], codes, by=person()))


def _said(found: Added) -> None:
    sentence = f"{counted(found.added, 'code')} added."
    if found.known:
        sentence += f" {number(found.known)} were there already."
    if found.refused:
        sentence += f" {number(found.refused)} were empty or too long."
    tell(sentence)
