"""How the file was read: its first rows with the phone column marked, and the choice of another column or sheet."""

from zlib import crc32

import streamlit as st

from mms.campaigns.drafts.drafts import Draft
from mms.recipients import CheckedList, Upload, Verdict, read_upload
from mms.roles import Permission
from mms.words import PROBLEM_LABELS
from pages.components.drafting import bound_choice
from pages.components.notices import deed
from pages.components.reader import counted, number, phone
from pages.components.safe import plain, shortened
from pages.components.wiring import who
from pages.new_campaign_steps import upload as first_step
from pages.new_campaign_steps import workbench
from pages.new_campaign_steps.storing import store_for

_SAMPLE_ROWS = 5
_COLUMNS = 7  # more would not fit a screen
_EXAMPLES = 3
_NOT_SENT = {
    Verdict.DUPLICATE: "Duplicate",
    Verdict.OPTED_OUT: "Opted out",
    Verdict.BLANK: "Blank row",
    Verdict.NO_CONSENT: "No consent",
}


def draw(current: Draft, rows: CheckedList) -> None:
    """The first rows as a table, then what may be changed about the reading."""
    _first_rows(rows)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        choose_column(current, rows.upload, rows.upload.columns, rows.phone_column)
        _choose_sheet(current, rows.upload)
    _what_we_changed(rows)


def _first_rows(rows: CheckedList) -> None:
    upload, column = rows.upload, rows.phone_column
    others = [name for name in upload.columns if name != column][: _COLUMNS - 1]
    shown = [name for name in upload.columns if name in (column, *others)]
    table = upload.table.select(shown).slice(0, _SAMPLE_ROWS).to_pandas()
    numbers = upload.row_numbers[:_SAMPLE_ROWS].tolist()
    table.insert(0, "Row ", numbers)
    table.insert(shown.index(column) + 2, "We send to ", [_read_as(rows, row) for row in numbers])
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "Row ": st.column_config.NumberColumn("Row", width="small", help="As your spreadsheet shows it"),
            column: st.column_config.TextColumn(f"☎ {shortened(column)}", help="The numbers come from this column."),
            "We send to ": st.column_config.TextColumn("→ We send to", help="How the number left of it was read"),
        },
        key="how_we_read",
        alt=f"The first rows of the file. The phone numbers are in the column {plain(column)}.",
    )
    hidden = len(upload.columns) - len(shown)
    if hidden > 0:
        st.caption(f"{counted(hidden, 'further column')} not shown here; all can be used in the message.")


def _read_as(rows: CheckedList, row: int) -> str:
    verdict = rows.verdict(row)
    if verdict is Verdict.READY:
        return phone(rows.e164(row) or "")
    if verdict is Verdict.PROBLEM:
        return f"✗ {PROBLEM_LABELS[rows.problems_by_row[row][0].code]}"
    return f"– {_NOT_SENT[verdict]}"


def choose_column(current: Draft, upload: Upload, columns: tuple[str, ...], found: str | None) -> None:
    """The menu of columns, each with its first cells.

    Streamlit knows a choice by its words: when a mended cell changes them, the menu begins anew with the draft's.
    """
    bound = bound_choice(current, "phone_column", columns, found)
    old = bound["key"]
    bound["key"] = new = f"{old}_{crc32(' '.join(_examples(upload, one) for one in columns).encode())}"
    bound["args"] = tuple(new if one == old else one for one in bound["args"])
    st.selectbox(
        "Column with the phone numbers",
        placeholder="Choose the column",
        help="Found by its name and its content. Change it when another one is meant.",
        format_func=lambda column: f"{shortened(column)}: {_examples(upload, column)}",
        width=360,
        **bound,
    )


def _examples(upload: Upload, column: str) -> str:
    cells = [cell for cell in upload.column(column).slice(0, 50).to_pylist() if cell][:_EXAMPLES]
    hidden = "hidden in the workbook; " if column in upload.hidden_columns else ""
    return hidden + (", ".join(shortened(cell) for cell in cells) or "blank")


def _choose_sheet(current: Draft, upload: Upload) -> None:
    if len(upload.sheets) < 2:
        return
    if (kept := first_step.kept_workbook(current.id)) is None:
        st.caption(f"Sheet “{plain(upload.sheet or '')}”. Upload the workbook again to choose another one.")
        return
    key = f"check_sheet_{current.id}_{upload.sheet}"
    st.selectbox(
        "Sheet of the workbook",
        upload.sheets,
        index=upload.sheets.index(upload.sheet) if upload.sheet in upload.sheets else None,
        key=key,
        width=280,
        on_change=_take_sheet,
        args=(current, key, *kept),
    )


@deed(Permission.SEND)
def _take_sheet(current: Draft, key: str, name: str, data: bytes) -> None:
    store_for(current.id, read_upload(data, file_name=name, sheet=st.session_state[key], by=who()))
    workbench.forget()


def _what_we_changed(rows: CheckedList) -> None:
    if not rows.repairs:
        return
    title = f"What we changed ({number(len(rows.repairs))})"
    with st.expander(title, icon=":material/auto_fix_high:", key="what_we_changed"):
        for repair in rows.repairs:
            st.text(f"• {repair.sentence}")
