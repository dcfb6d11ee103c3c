"""The people of a list: searched and paged by the database, one page on screen."""

import pandas as pd
import streamlit as st

from mms.lists.people import ListPerson, count_found, people_of
from mms.lists.saved_lists import SavedList
from mms.states import RowState
from mms.words import ROW_WORDS
from pages.components.paging import PAGE_ROWS, page_of
from pages.components.reader import counted, moment, phone
from pages.components.wiring import services
from pages.list_parts.now import asked_now

_STATES = {"reachable": "Can be reached", "opted_out": "Opted out", "dead_number": "Number never works"}


def draw(found: SavedList) -> None:
    """Search, then a page of people with what is known about each."""
    text = st.text_input("Search people", type="search", key="list_search", width=360) or ""
    with services().ledger.read() as connection:
        now = asked_now(connection)
        total = count_found(connection, found.id, now, text)
    if not total:
        st.write("Nobody is found." if text else "Nobody is in this list yet. Add a file.")
        return
    st.caption(counted(total, "person", "people"))
    first = (st.session_state.get("list_page", 1) - 1) * PAGE_ROWS
    with services().ledger.read() as connection:
        people = people_of(connection, found.id, now, search=text, limit=PAGE_ROWS, offset=first)
    table(found, people, key="list_people")
    page_of(total, "list_page")


def table(found: SavedList, people: list[ListPerson], *, key: str) -> None:
    """People with their columns; the number first, then what the ledger knows, then their cells."""
    st.dataframe(
        pd.DataFrame([_line(found, one) for one in people]),
        hide_index=True,
        key=key,
        placeholder="–",
        alt=f"People of the list {found.name}",
    )


def _line(found: SavedList, one: ListPerson) -> dict[str, object]:
    result = ROW_WORDS[RowState(one.last_result)].label if one.last_result else None
    return {
        "Number": phone(one.recipient),
        **{column: one.cells.get(column) for column in found.columns if column != found.phone_column},
        "State": _STATES[one.state],
        "Last message": moment(one.last_message_at) if one.last_message_at else None,
        "What became of it": result,
        "Agreed": moment(one.consent_at) if one.consent_at else one.consent_text,
    }
