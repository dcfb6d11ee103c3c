"""A file into a list: read, checked and shown before anything changes."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from mms.campaigns.launch.submission import check_options
from mms.lists.merging import MergeMode, MergePreview, merge_into, preview_merge, save_new_list
from mms.lists.saved_lists import SavedList
from mms.recipients import LIST_ENDINGS, CheckedList, check, read_upload
from mms.roles import Permission, may
from pages.components import places
from pages.components.keys import UPLOAD_ROUND
from pages.components.notices import deed, tell
from pages.components.reader import counted, number, phone
from pages.components.safe import plain
from pages.components.wiring import person, services, who

_FILE, _PREVIEW, _NAME = "list_file", "list_preview", "list_name"


def new_list() -> None:
    """A name and a file."""
    with st.container(border=True):
        st.subheader("New list")
        st.text_input("Name of the list", key=_NAME, max_chars=200, placeholder="Members")
        checked = _file_chosen(None)
        if checked is None:
            return
        preview: MergePreview = st.session_state[_PREVIEW]
        st.write(f"{counted(preview.new, 'person', 'people')} will be in the list.{_left_out(preview)}")
        st.button(
            f"Keep {counted(preview.new, 'person', 'people')}",
            type="primary",
            key="list_save",
            on_click=_save,
            disabled=not preview.new,
        )


def into(found: SavedList) -> None:
    """A later file: who is new, who changes, who is not in it."""
    if not may(person(), Permission.SEND):
        st.write("You may look at this list. To change it, ask an admin for the role of a sender.")
        return
    st.write(
        "People are matched by their number. A blank cell leaves what is there, consent keeps its time, "
        "and who has opted out stays opted out."
    )
    checked = _file_chosen(found.id)
    if checked is None:
        return
    preview: MergePreview = st.session_state[_PREVIEW]
    st.write(
        f"{number(preview.new)} new, {number(preview.changed)} changed, {number(preview.unchanged)} as before, "
        f"{number(preview.gone)} in the list and not in this file.{_left_out(preview)}"
    )
    _changes(preview)
    mode = st.radio(
        f"The {counted(preview.gone, 'person', 'people')} not in this file",
        [MergeMode.MERGE, MergeMode.REPLACE],
        format_func=lambda one: "stay in the list" if one is MergeMode.MERGE else "are taken out of the list",
        key="list_mode",
        horizontal=True,
        disabled=not preview.gone,
    )
    st.button(
        _what_happens(preview, mode),
        type="primary",
        key="list_merge",
        on_click=_merge,
        args=(found.id, mode),
        disabled=not (preview.new or preview.changed or (preview.gone and mode is MergeMode.REPLACE)),
    )


def _what_happens(preview: MergePreview, mode: MergeMode) -> str:
    parts = [f"add {number(preview.new)}"] if preview.new else []
    parts += [f"change {number(preview.changed)}"] if preview.changed else []
    parts += [f"take out {number(preview.gone)}"] if preview.gone and mode is MergeMode.REPLACE else []
    sentence = ", ".join(parts) or "nothing to change"
    return sentence[0].upper() + sentence[1:]


def _left_out(preview: MergePreview) -> str:
    if not preview.left_out:
        return ""
    rows = counted(preview.left_out, "row is", "rows are")
    return f" {rows} left out: no good number, or the same person twice. *New campaign* shows which when you upload it."


def _changes(preview: MergePreview) -> None:
    if not preview.changes:
        return
    with st.expander(f"The changes, cell by cell (the first {number(len(preview.changes))})"):
        st.dataframe(
            pd.DataFrame(
                [
                    {"Person": phone(one.recipient), "Column": one.column, "Now": one.before, "Then": one.after}
                    for one in preview.changes
                ]
            ),
            hide_index=True,
            key="list_changes",
            alt="Cells that the file changes",
        )


def _file_chosen(list_id: int | None) -> CheckedList | None:
    """The checked file of this run, its preview in the session; None before one is chosen."""
    key = f"{_FILE}_{list_id}_{st.session_state.get(UPLOAD_ROUND, 0)}"
    st.file_uploader("CSV or Excel file", type=LIST_ENDINGS, key=key, on_change=_take, args=(key, list_id))
    found: CheckedList | None = st.session_state.get(_FILE) if st.session_state.get(key) is not None else None
    return found


@deed(Permission.SEND)
def _take(key: str, list_id: int | None) -> None:
    chosen = st.session_state.get(key)
    st.session_state.pop(_FILE, None)
    if chosen is None:
        return
    shared = services()
    options = check_options(shared.settings, shared.ledger, senders=shared.senders, message=None)
    upload = read_upload(chosen.getvalue(), file_name=chosen.name, by=who())
    st.session_state[_FILE] = checked = check(upload, replace(options, phone_column=None))
    st.session_state[_PREVIEW] = preview_merge(shared.ledger, checked, list_id)


@deed(Permission.SEND)
def _save() -> None:
    name = st.session_state[_NAME]
    checked: CheckedList = st.session_state[_FILE]
    made = save_new_list(services().ledger, checked, name, by=person())
    _forget_file()
    tell(f"The list “{plain(name)}” is kept.")
    places.open_next(places.LISTS, list=str(made))


@deed(Permission.SEND)
def _merge(list_id: int, mode: MergeMode) -> None:
    preview: MergePreview = st.session_state[_PREVIEW]
    checked: CheckedList = st.session_state[_FILE]
    done = merge_into(services().ledger, checked, list_id, mode, by=person(), expected_version=preview.version)
    _forget_file()
    tell(f"Done: {number(done.new)} new, {number(done.changed)} changed.")


def _forget_file() -> None:
    for key in (_FILE, _PREVIEW):
        st.session_state.pop(key, None)
    st.session_state[UPLOAD_ROUND] = st.session_state.get(UPLOAD_ROUND, 0) + 1
