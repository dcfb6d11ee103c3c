"""The rows with problems: what is wrong beside the cell, mended in the page or in a spreadsheet."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pandas as pd
import streamlit as st

from mms.campaigns.drafts.drafts import Draft
from mms.campaigns.drafts.uploads import store_upload
from mms.message import MessageTemplate, squeeze
from mms.recipients import (
    CheckedList,
    MergeResult,
    RowProblem,
    Upload,
    Verdict,
    check_row,
    column_to_mend,
    listed,
    merge_mended,
    problems_csv,
    row_column_name,
)
from mms.recipients.check.duplicates import NAME_WORDS
from mms.roles import Permission
from mms.words import PROBLEM_LABELS
from pages.components.drafting import put
from pages.components.keys import EDITOR_ROUND
from pages.components.notices import deed, tell
from pages.components.paging import PAGE_ROWS, page_of
from pages.components.reader import counted, number
from pages.components.safe import plain
from pages.components.wiring import person, services, who
from pages.new_campaign_steps import leave_out as without
from pages.new_campaign_steps import workbench

CELL = "Cell to fix"
_ANSWER = "answer_to_apply"
_LINES_OF_A_SENTENCE = 84  # pixels: three lines
_CONTEXT = 6  # further columns beside the cell; more would not fit a screen


def draw(current: Draft, rows: CheckedList) -> None:
    """The table of problems with its three ways out; nothing when there is none."""
    bad = rows.counts[Verdict.PROBLEM]
    if not bad:
        if len(rows):
            _answer()
            st.success("Every row is accounted for, and none needs fixing.", icon=":material/check_circle:")
        return
    st.subheader(f"{counted(bad, 'row')} to fix")
    st.write("Type over the cell, then press **Apply**. The row is checked again at once.")
    _editor(current, _filtered(rows))
    _in_a_spreadsheet(current, rows)
    without.ask(current, rows)


def _filtered(rows: CheckedList) -> list[RowProblem]:
    by_code = Counter(problem.code for problem in rows.problems)
    if len(by_code) == 1:
        return list(rows.problems)
    chosen = st.pills(
        "Only this reason",
        list(by_code),
        format_func=lambda code: f"{PROBLEM_LABELS[code]} ({number(by_code[code])})",
        key="problem_reason",
    )
    return [problem for problem in rows.problems if chosen in (None, problem.code)]


def _editor(current: Draft, problems: list[RowProblem]) -> None:
    first = page_of(len(problems), "problem_page")
    upload = workbench.upload_of(current.upload_id or 0)
    shown = _with_cells(upload, problems[first : first + PAGE_ROWS], workbench.template_of(current))
    key = f"mend_{current.id}_{st.session_state.get(EDITOR_ROUND, 0)}_{first}_{len(problems)}"
    table = _table(upload, shown)
    st.data_editor(
        table,
        hide_index=True,
        num_rows="fixed",
        row_height=_LINES_OF_A_SENTENCE,
        disabled=[name for name in table.columns if name != CELL],
        column_config={
            "Row": st.column_config.NumberColumn(width="small", help="As your spreadsheet shows it"),
            CELL: st.column_config.TextColumn(help="Type the right value here", width="medium"),
            "What is wrong": st.column_config.TextColumn(width="large"),
        },
        key=key,
        alt="Rows with problems. The column Cell to fix can be edited.",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Apply", type="primary", key="apply_mends", on_click=apply, args=(current, shown, key))
        _answer()


def _answer() -> None:
    """What became of the last Apply, beside its button, until the next one."""
    if answer := st.session_state.get(_ANSWER):
        kind, sentence = answer
        (st.success if kind == "done" else st.error)(sentence)


def _say(sentence: str, kind: str = "done") -> None:
    st.session_state[_ANSWER] = (kind, sentence)


def _with_cells(upload: Upload, problems: list[RowProblem], message: MessageTemplate | None) -> list[RowProblem]:
    """The problems, those of a whole row with the cell that mends them."""
    found = []
    for problem in problems:
        column = column_to_mend(upload, problem, message)
        value = upload.cells(problem.row)[column] if column else problem.value
        found.append(replace(problem, column=column, value=value))
    return found


def _table(upload: Upload, problems: list[RowProblem]) -> pd.DataFrame:
    """The person first, then column, cell and reason; then the rest of the row."""
    lines = []
    wrong = {problem.column for problem in problems}
    names = [name for name in upload.columns if name not in wrong and any(w in squeeze(name) for w in NAME_WORDS)]
    others = [name for name in upload.columns if name not in wrong and name not in names][:_CONTEXT]
    for problem in problems:
        cells = upload.cells(problem.row)
        lines.append(
            {
                **{f"{name} ": cells[name] for name in names[:2]},
                "Row": problem.row,
                "Column": problem.column or "Whole row",
                CELL: problem.value,
                "What is wrong": problem.message,
                **{f"{name} ": cells[name] for name in others},
            }
        )
    return pd.DataFrame(lines)


@deed(Permission.SEND)
def apply(current: Draft, shown: list[RowProblem], key: str) -> None:
    """Put the typed cells into the file, check those rows again, and say what became of them."""
    edits = st.session_state.get(key, {}).get("edited_rows", {})
    upload = workbench.upload_of(current.upload_id or 0)
    rows = set()
    for position, change in edits.items():
        problem = shown[int(position)]
        if CELL in change and problem.column is not None:
            upload = upload.with_cell(problem.row, problem.column, change[CELL] or "")
            rows.add(problem.row)
    if edits and not rows:
        _say("No cell is wrong here, but the message for everybody. Change it under **Compose**.", "problem")
        return
    if not rows:
        _say("Nothing was typed yet. Type over a cell in the column “Cell to fix”.", "problem")
        return
    _keep(current, upload)
    options = replace(workbench.options_of(current), message=workbench.template_of(current))
    still = [row for row in sorted(rows) if check_row(upload, row, options).verdict is Verdict.PROBLEM]
    good = len(rows) - len(still)
    sentence = f"{counted(good, 'row')} fixed." if good else "The cells were changed."
    _say(sentence + (f" Still to fix: row {', '.join(map(str, still[:10]))}." if still else ""))


def _in_a_spreadsheet(current: Draft, rows: CheckedList) -> None:
    with st.expander("Fix them in a spreadsheet instead", icon=":material/download:", key="mend_in_spreadsheet"):
        st.write(
            "Download the rows, fix the cells, keep the column "
            f"“{plain(row_column_name(rows.upload))}”, and upload the file here."
        )
        st.download_button(
            "Download problems.csv",
            data=lambda: problems_csv(rows),
            file_name="problems.csv",
            mime="text/csv",
            key="problems_csv",
            on_click="ignore",
            icon=":material/download:",
        )
        key = f"mended_{current.id}_{st.session_state.get(EDITOR_ROUND, 0)}"
        st.file_uploader("The fixed file", type=["csv", "xlsx"], key=key, on_change=merge, args=(current, key))


@deed(Permission.SEND)
def merge(current: Draft, key: str) -> None:
    """Take over the cells of a mended problems.csv."""
    chosen = st.session_state.get(key)
    if chosen is None:
        return
    upload, result = merge_mended(workbench.upload_of(current.upload_id or 0), chosen.getvalue(), by=who())
    _keep(current, upload)
    tell(" ".join(_about(result)), kind="done" if result.changed_rows else "problem")


def _about(result: MergeResult) -> Iterator[str]:
    """What a mended file changed, and everything of it that was not taken over."""
    yield f"{counted(len(result.changed_rows), 'row')} changed, {number(len(result.unchanged_rows))} as before."
    if result.unknown_columns:
        yield f"Not used, because this list has no such column: {_named(result.unknown_columns)}."
    if result.unknown_rows:
        missing = _named([row or "blank" for row in result.unknown_rows])
        yield f"{counted(len(result.unknown_rows), 'row')} of that file left out: not in this list ({missing})."
    if result.too_wide_rows:
        yield f"Left as before, with a cell right of the last column name: row {_named(result.too_wide_rows)}."
    if result.conflicting_rows:
        yield f"Left as before, several times in that file with different cells: row {_named(result.conflicting_rows)}."


def _named(names: Iterable[object]) -> str:
    """Rows or columns for a sentence; a long list is cut."""
    return plain(listed([str(name) for name in names], limit=10))


def _keep(current: Draft, upload: Upload) -> None:
    ledger = services().ledger
    with ledger.write() as connection:
        upload_id = store_upload(connection, upload, at=ledger.now(connection), by=person())
    put(current, upload_id=upload_id, skip_problems=None)
    st.session_state[EDITOR_ROUND] = st.session_state.get(EDITOR_ROUND, 0) + 1
