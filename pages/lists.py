"""Lists: people that stay, segments of them, and the way from either to a new campaign."""

import pandas as pd
import streamlit as st

from mms.errors import MmsError
from mms.lists.saved_lists import SavedList, saved_list, saved_lists
from mms.lists.segments import count_people
from mms.roles import Permission, may
from pages.components import places
from pages.components.reader import counted, moment, number
from pages.components.safe import plain
from pages.components.wiring import person, services
from pages.list_parts import bringing, deeds, people_table, segment_builder
from pages.list_parts.now import asked_now


def overview() -> None:
    """Every list, and the control that makes one."""
    st.write("Keep people here once, add later files to them, and send to all of them or to a part.")
    with services().ledger.read() as connection:
        found = saved_lists(connection)
    if found:
        table(found)
    else:
        st.info("There is no list yet. Bring the first one below: any file that you would upload for a campaign.")
    if may(person(), Permission.SEND):
        bringing.new_list()


def table(found: list[SavedList]) -> None:
    chosen = st.dataframe(
        pd.DataFrame([{"List": one.name, "People": one.people, "Changed": moment(one.updated_at)} for one in found]),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="lists_table",
        alt="Saved lists",
    )
    st.caption("Select a list to open it.")
    picked = chosen["selection"]["rows"] if chosen else []
    if picked and picked[0] < len(found):
        st.switch_page(places.LISTS, query_params={"list": str(found[picked[0]].id)})


def one_list(found: SavedList) -> None:
    """A list: who is in it, what can be done with it, its segments."""
    st.page_link(places.LISTS, label="All lists", icon=":material/arrow_back:")
    st.header(plain(found.name))
    with services().ledger.read() as connection:
        counts = count_people(connection, found.id, (), asked_now(connection))
    left_out = counts.people - counts.reachable
    st.write(
        f"{counted(counts.people, 'person', 'people')}"
        + (f", {number(left_out)} of them opted out or with a number that never works" if left_out else "")
        + f". Last changed {moment(found.updated_at)}."
    )
    deeds.of_list(found)
    people, segments, bring = st.tabs(["People", "Segments", "Add a file"], key="list_tabs", on_change="rerun")
    if people.open:
        with people:
            people_table.draw(found)
    if segments.open:
        with segments:
            segment_builder.draw(found)
    if bring.open:
        with bring:
            bringing.into(found)


def page() -> None:
    """One run of the page."""
    st.title("Lists")
    named = st.query_params.get("list", "")
    if not (named.isascii() and named.isdecimal()):
        overview()
        return
    try:
        with services().ledger.read() as connection:
            found = saved_list(connection, int(named))
    except MmsError as error:
        st.warning(plain(error.message))
        overview()
        return
    one_list(found)


page()
