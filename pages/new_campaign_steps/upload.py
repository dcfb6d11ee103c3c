"""Step 1: the people. A file (one control, an example of what it should look like), or people who are here already."""

import pandas as pd
import streamlit as st

from mms import samples
from mms.campaigns.drafts.drafts import Draft
from mms.campaigns.drafts.uploads import load_upload
from mms.campaigns.drafts.web_lists import list_from_web
from mms.errors import UploadError
from mms.problems import FileCode
from mms.recipients import LIST_ENDINGS, SeveralSheetsError, read_upload
from mms.recipients.read.joining import joined
from mms.roles import Permission
from pages.components.drafting import DRAFT_PARAM, STEP_PARAM, go_to
from pages.components.keys import UPLOAD_ROUND
from pages.components.notices import deed, tell
from pages.components.reader import counted
from pages.components.safe import plain
from pages.components.wiring import services, who
from pages.new_campaign_steps import saved_people
from pages.new_campaign_steps.step_bar import step_bar
from pages.new_campaign_steps.storing import store_for

_SHEETS = "sheets_to_choose_from"
_NO_HEADER = "first_row_is_a_person"
_WORKBOOK = "workbook_with_sheets"
_SAMPLE_ROWS = 5


def draw(current: Draft | None) -> None:
    """Where the people come from; for a file the upload control, with a draft also the file that it has."""
    st.header("Who gets the message?")
    source = saved_people.choose_source()
    if source != saved_people.FILE:
        saved_people.draw(current, source)
        return
    key = f"recipients_file_{st.session_state.get(UPLOAD_ROUND, 0)}"
    draft_id = current.id if current else None
    st.file_uploader(
        "Recipients: a CSV or Excel file",
        type=LIST_ENDINGS,
        key=key,
        on_change=take_file,
        args=(key, draft_id),
        help="One row for each person. One column holds the phone numbers; all others can be used in the message.",
    )
    if st.session_state.get(_NO_HEADER) and st.session_state.get(key) is not None:
        st.button(
            "There are no column names: call the columns A, B, C",
            key="no_header",
            on_click=take_file,
            args=(key, draft_id),
            kwargs={"has_header": False},
            help="The first row is then a person like the others.",
        )
    elif st.session_state.get(_SHEETS) and st.session_state.get(key) is not None:
        _which_sheet(key, draft_id)
    elif current and current.upload_id is not None:
        _file_at_hand(current, key)
    else:
        _from_the_web(draft_id)
        st.write("**What happens next:** every row is checked, and you see what we found before anything is sent.")
        _example()


def _which_sheet(key: str, draft_id: int | None) -> None:
    """Two lists in one workbook: the person says which, with the first rows of each to look at."""
    st.warning("More than one sheet of this workbook holds a list. Choose the one to send to.")
    sheets: tuple[tuple[str, int], ...] = st.session_state[_SHEETS]
    rows = dict(sheets)
    chosen = st.radio(
        "Sheet with the recipients",
        list(rows),
        index=None,
        format_func=lambda name: f"{plain(name)} ({counted(rows[name], 'row')})",
        key="sheet_to_read",
    )
    if chosen is None:
        return
    sample = read_upload(st.session_state[key].getvalue(), sheet=chosen, by=who()).table.slice(0, _SAMPLE_ROWS)
    st.dataframe(sample.to_pandas(), hide_index=True, key="sheet_sample", alt=f"The first rows of {plain(chosen)}")
    st.button("Use this sheet", type="primary", key="use_sheet", on_click=take_file, args=(key, draft_id, chosen))


@deed(Permission.SEND)
def take_file(key: str, draft_id: int | None, sheet: str | None = None, *, has_header: bool = True) -> None:
    """Read and store the chosen file; begins the draft when there is none. Other sheets are offered first."""
    chosen = st.session_state.get(key)
    if chosen is None:
        return
    for asked in (_SHEETS, _NO_HEADER):
        st.session_state.pop(asked, None)
    try:
        upload = read_upload(chosen.getvalue(), file_name=chosen.name, sheet=sheet, has_header=has_header, by=who())
    except SeveralSheetsError as question:
        st.session_state[_SHEETS] = question.sheets
        return
    except UploadError as error:
        st.session_state[_NO_HEADER] = error.code == FileCode.NO_HEADER
        raise
    draft_id = store_for(draft_id, upload)
    if len(upload.sheets) > 1:
        st.session_state[_WORKBOOK] = (draft_id, chosen.name, chosen.getvalue())
    st.query_params[DRAFT_PARAM] = str(draft_id)
    if len(upload.sheets) > 1 and sheet is None:
        st.query_params[STEP_PARAM] = "upload"
        return
    st.query_params[STEP_PARAM] = "check"
    st.session_state[UPLOAD_ROUND] = st.session_state.get(UPLOAD_ROUND, 0) + 1


def _another_file(current: Draft) -> None:
    with st.expander("Add another file to this list", icon=":material/library_add:", key="add_file"):
        st.write("Its rows come behind these; columns of the same name become one. Duplicates across both are found.")
        key = f"added_file_{current.id}_{current.upload_id}"
        st.file_uploader("The other file", type=LIST_ENDINGS, key=key, on_change=add_file, args=(key, current))


@deed(Permission.SEND)
def add_file(key: str, current: Draft) -> None:
    """Join the chosen file with the draft's list."""
    chosen = st.session_state.get(key)
    if chosen is None:
        return
    with services().ledger.read() as connection:
        before = load_upload(connection, current.upload_id or 0)
    other = read_upload(chosen.getvalue(), file_name=chosen.name, by=who())
    store_for(current.id, joined(before, other))
    tell(f"{counted(len(other), 'row')} of {plain(other.file_name)} added.")


def _from_the_web(draft_id: int | None) -> None:
    with st.expander("Read it from a web address instead", icon=":material/link:", key="from_the_web"):
        st.text_input(
            "Address of a public Google Sheet or of a CSV file",
            key="list_address",
            placeholder="https://docs.google.com/spreadsheets/d/…",
            help="In Google Sheets: Share, General access, Anyone with the link.",
        )
        st.button("Read this list", key="read_address", on_click=take_address, args=(draft_id,))


@deed(Permission.SEND)
def take_address(draft_id: int | None) -> None:
    """Fetch and store the list at the typed address, as if it had been uploaded."""
    shared = services()
    address = st.session_state["list_address"].strip()
    data, name = list_from_web(address, allow_private=shared.settings.allow_private_media)
    draft_id = store_for(draft_id, read_upload(data, file_name=name, by=who()))
    st.query_params[DRAFT_PARAM] = str(draft_id)
    st.query_params[STEP_PARAM] = "check"


def kept_workbook(draft_id: int) -> tuple[str, bytes] | None:
    """Name and content of the draft's workbook with several sheets, as long as this visit lasts."""
    kept = st.session_state.get(_WORKBOOK)
    return kept[1:] if kept and kept[0] == draft_id else None


def _file_at_hand(current: Draft, key: str) -> None:
    with services().ledger.read() as connection:
        upload = load_upload(connection, current.upload_id or 0)
    st.success(f"{plain(upload.file_name)}: {counted(len(upload), 'row')}. Choose another file to replace it.")
    if len(upload.sheets) > 1 and st.session_state.get(key) is not None:
        sheet_key = f"sheet_{current.id}"
        st.selectbox(
            "Sheet of the workbook",
            upload.sheets,
            index=upload.sheets.index(upload.sheet) if upload.sheet in upload.sheets else 0,
            key=sheet_key,
            on_change=_take_sheet,
            args=(key, current.id, sheet_key),
        )
    _another_file(current)
    st.button(
        "Begin another campaign",
        type="tertiary",
        icon=":material/add_circle:",
        key="begin_another",
        on_click=st.query_params.clear,
        help="This one is kept. You can go on with it from the start page.",
    )
    with step_bar():
        people = counted(len(upload), "row")
        st.button(f"Next: check the {people}", type="primary", key="to_check", on_click=go_to("check"))


def _take_sheet(key: str, draft_id: int, sheet_key: str) -> None:
    take_file(key, draft_id, st.session_state[sheet_key])


def _example() -> None:
    with st.expander("What should the file look like?", icon=":material/table:"):
        st.write("The first row holds the names of the columns. Any names and any order will do.")
        st.dataframe(
            pd.DataFrame({"First Name": ["Ana", "Ben"], "Mobile": ["(212) 555-0151", "312-555-0152"]}),
            hide_index=True,
            key="example_file",
            alt="An example file with a column of first names and a column of phone numbers",
        )
        st.download_button(
            "Download an example",
            samples.recipients(),
            file_name=samples.FILE_NAME,
            mime="text/csv",
            key="example_download",
            on_click="ignore",
            icon=":material/download:",
        )
