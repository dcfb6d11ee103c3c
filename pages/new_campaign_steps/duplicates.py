"""Rows with the same number: which one is sent to, and the choice where the names differ."""

import pandas as pd
import streamlit as st

from mms.campaigns.drafts.drafts import Draft
from mms.recipients import CheckedList, Verdict
from mms.roles import Permission
from pages.components.drafting import put
from pages.components.keys import EDITOR_ROUND
from pages.components.notices import answer_here, deed, tell
from pages.components.paging import PAGE_ROWS, page_of
from pages.components.reader import counted, phone

SEND = "Send to this row"


def draw(current: Draft, rows: CheckedList) -> None:
    """Numbers with different names, to choose from; nothing when there are none."""
    if rows.shared_numbers:
        _different_names(current, rows)


def _different_names(current: Draft, rows: CheckedList) -> None:
    title = f"{counted(len(rows.shared_numbers), 'number')} with different names"
    with st.expander(title, icon=":material/group:", key="shared_numbers"):
        st.write("A household, or a mistake? Tick the rows that get a message. Untouched, the first row gets it.")
        first = page_of(len(rows.shared_numbers), "shared_page")
        table = pd.DataFrame(
            [
                {
                    SEND: rows.verdict(row) is Verdict.READY,
                    "Row": row,
                    "Name": name,
                    "Number": phone(group.e164),
                }
                for group in rows.shared_numbers[first : first + PAGE_ROWS]
                for row, name in zip(group.rows, group.names, strict=True)
            ]
        )
        key = f"shared_{current.id}_{st.session_state.get(EDITOR_ROUND, 0)}_{first}"
        st.data_editor(
            table,
            hide_index=True,
            num_rows="fixed",
            disabled=["Row", "Name", "Number"],
            key=key,
            alt="Rows with the same number and different names; tick those that get a message",
        )
        st.button("Use these choices", key="use_shared", on_click=choose, args=(current, table, key))
        answer_here(__name__)


@deed(Permission.SEND)
def choose(current: Draft, table: pd.DataFrame, key: str) -> None:
    """Remember which rows of a shared number are sent to."""
    ticked = dict(zip(table["Row"].tolist(), table[SEND].tolist(), strict=True))
    for position, change in st.session_state.get(key, {}).get("edited_rows", {}).items():
        if SEND in change:
            ticked[int(table["Row"].iloc[int(position)])] = change[SEND]
    earlier = set(current.content.chosen_rows) - set(ticked)
    chosen = sorted(earlier | {int(row) for row, send in ticked.items() if send})
    put(current, chosen_rows=chosen)
    st.session_state[EDITOR_ROUND] = st.session_state.get(EDITOR_ROUND, 0) + 1
    tell("Your choice is kept.")
