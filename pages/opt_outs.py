"""Opt-outs: who must not be messaged, how each number came onto the list, and lists in and out."""

import pandas as pd
import streamlit as st

from mms.access.traces import OPT_OUTS
from mms.ledger import Ledger
from mms.opt_outs.changes import add_by_hand, remove_by_hand
from mms.opt_outs.exchange import ImportPreview, export_csv, import_numbers, preview_import
from mms.opt_outs.listing import SOURCES, OptOut, count, history, search
from mms.roles import Permission, may
from pages.components import places
from pages.components.keys import UPLOAD_ROUND
from pages.components.notices import deed, tell
from pages.components.paging import PAGE_ROWS, page_of
from pages.components.reader import counted, moment, number, phone
from pages.components.safe import plain
from pages.components.traced import traced
from pages.components.wiring import person, services

_PREVIEW = "opt_out_preview"


@deed(Permission.ADD_OPT_OUTS)
def add() -> None:
    number = add_by_hand(
        services().ledger,
        services().settings,
        person(),
        st.session_state["opt_out_number"],
        note=st.session_state["opt_out_note"] or None,
    )
    tell(f"{plain(phone(number))} is on the list and gets no more messages.")


@deed(Permission.REMOVE_OPT_OUTS)
def remove(number: str) -> None:
    remove_by_hand(services().ledger, services().settings, person(), number, note="Taken off on the Opt-outs page")
    tell(
        f"{plain(phone(number))} is off the list. Twilio keeps a list of its own: "
        "it goes on refusing until this person texts START."
    )


@deed(Permission.ADD_OPT_OUTS)
def look_at_file(key: str) -> None:
    chosen = st.session_state.get(key)
    if chosen is not None:
        st.session_state[_PREVIEW] = preview_import(
            services().ledger, services().settings, chosen.getvalue(), file_name=chosen.name, by=person().name
        )
        st.session_state[UPLOAD_ROUND] = st.session_state.get(UPLOAD_ROUND, 0) + 1


@deed(Permission.ADD_OPT_OUTS)
def take_over() -> None:
    added = import_numbers(services().ledger, person(), st.session_state.pop(_PREVIEW))
    tell(f"{counted(added, 'number')} added. These people get no more messages.")


def drop_preview() -> None:
    st.session_state.pop(_PREVIEW, None)


def add_form() -> None:
    """Somebody said so by phone or mail."""
    with st.form("opt_out_form", clear_on_submit=True, border=True):
        st.subheader("Add a number")
        st.text_input("Number", type="phone", key="opt_out_number", placeholder="(212) 555-0123")
        st.text_input("Note", key="opt_out_note", placeholder="Told us by phone", max_chars=200)
        st.form_submit_button("Add", type="primary", on_click=add, key="opt_out_add")


def bring_list() -> None:
    """A file with numbers: shown first, then taken over."""
    with st.container(border=True):
        st.subheader("Bring a list")
        key = f"opt_out_file_{st.session_state.get(UPLOAD_ROUND, 0)}"
        st.file_uploader(
            "CSV, Excel, or one number a line",
            type=["csv", "txt", "xlsx"],
            key=key,
            on_change=look_at_file,
            args=(key,),
        )
        preview: ImportPreview | None = st.session_state.get(_PREVIEW)
        if preview is None:
            return
        st.write(
            f"{plain(preview.file_name)}: {counted(len(preview.new), 'new number')}, "
            f"{number(len(preview.known))} on the list already, {number(len(preview.unread))} that cannot be read."
        )
        if preview.unread:
            st.dataframe(
                pd.DataFrame(
                    [{"Row": u.row, "Cell": u.value, "What is wrong": u.message} for u in preview.unread[:200]]
                ),
                hide_index=True,
                key="opt_out_unread",
                alt="Rows of the file that give no number",
            )
        with st.container(horizontal=True):
            st.button(
                f"Add {counted(len(preview.new), 'number')}",
                type="primary",
                key="opt_out_import",
                on_click=take_over,
                disabled=not preview.new,
            )
            st.button("Not now", key="opt_out_drop", on_click=drop_preview)


def export(ledger: Ledger) -> None:
    """The whole list as a file."""
    if may(person(), Permission.EXPORT):
        st.download_button(
            "Download the list",
            data=traced(lambda: b"".join(export_csv(ledger)), OPT_OUTS),
            file_name="opt-outs.csv",
            mime="text/csv",
            key="opt_out_export",
            on_click="ignore",
            icon=":material/download:",
        )


def table() -> None:
    """Search, the list, and the history of the number that is selected."""
    text = st.text_input("Search by digits", type="search", key="opt_out_search", width=360) or ""
    with services().ledger.read() as connection:
        total = count(connection, text)
    st.caption(counted(total, "number"))
    if not total:
        st.write("Nobody is on the list." if not text else "No number with these digits is on the list.")
        return
    first = (st.session_state.get("opt_out_page", 1) - 1) * PAGE_ROWS
    with services().ledger.read() as connection:
        found = search(connection, text, limit=PAGE_ROWS, offset=first)
    chosen = st.dataframe(
        pd.DataFrame([line(one) for one in found]),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="opt_out_table",
        placeholder="–",
        alt="Numbers that must not be messaged",
    )
    page_of(total, "opt_out_page")
    picked = chosen["selection"]["rows"] if chosen else []
    if picked and picked[0] < len(found):
        one_number(found[picked[0]])
    else:
        st.caption("Select a number to see its history.")


def line(one: OptOut) -> dict[str, object]:
    return {
        "Number": phone(one.recipient),
        "Since": moment(one.since),
        "How": SOURCES.get(one.source, one.source),
        "Note": one.note,
    }


def one_number(one: OptOut) -> None:
    """What happened to it, and the way off the list."""
    with st.container(border=True):
        st.subheader(plain(phone(one.recipient)))
        with services().ledger.read() as connection:
            events = history(connection, one.recipient)
        for event in events:
            by = f" by {event.by}" if event.by else ""
            note = f": {event.note}" if event.note else ""
            st.text(f"{moment(event.at)}  {event.event}{by} ({SOURCES.get(event.source, event.source)}){note}")
        if may(person(), Permission.REMOVE_OPT_OUTS):
            with st.popover("Take off the list", icon=":material/undo:", key="opt_out_remove_ask"):
                st.write("Only when this person asked for messages again.")
                st.button("Take it off", key="opt_out_remove", type="primary", on_click=remove, args=(one.recipient,))


st.title("Opt-outs")
st.write("People who asked for no more messages. Every upload and every message is compared with this list.")
st.page_link(
    places.PERSON, label="Numbers that never work are listed on the page One person", icon=":material/phone_disabled:"
)
left, right = st.columns(2, gap="large")
with left:
    add_form()
with right:
    bring_list()
st.header("The list")
export(services().ledger)
table()
