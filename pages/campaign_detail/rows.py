"""The rows of a campaign: searched, filtered, sorted and paged by the database; one click tells a row's story."""

from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from mms.access.traces import ROWS
from mms.campaigns.drafts.copies import draft_of_selection
from mms.campaigns.records import Campaign
from mms.reports import RowFilter, RowOrder, RowView, row_page
from mms.reports.campaign.failures import failures_by_reason
from mms.reports.campaign.grouping import OneGroup, label
from mms.reports.campaign.row_table import part_counts
from mms.reports.counts import PARTS, Part
from mms.reports.files.report import report_bytes
from mms.roles import Permission, may
from mms.words import ROW_WORDS
from pages.campaign_detail import story
from pages.campaign_detail.by_anything import ONLY
from pages.components import places
from pages.components.cards import Card, narrow, wide
from pages.components.notices import deed
from pages.components.paging import page_of
from pages.components.reader import clock_exact, counted, moment_exact, number, phone
from pages.components.row_words import why
from pages.components.safe import plain
from pages.components.traced import traced
from pages.components.wiring import person, services

PAGE = 100
FORMS = {
    "csv": ("CSV", "text/csv"),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
ORDERS = {
    RowOrder.ROW: "Row",
    RowOrder.RESULT: "Result",
    RowOrder.UPDATED: "Last change",
    RowOrder.SENT: "Sent at",
    RowOrder.CODE: "Code",
    RowOrder.TO: "Number",
}


HEADINGS = {
    "Row": RowOrder.ROW,
    "Number": RowOrder.TO,
    "Result": RowOrder.RESULT,
    "Code": RowOrder.CODE,
    "Last change": RowOrder.UPDATED,
}


def draw(current: Campaign) -> None:
    """Search and filter above, the table, and the pages beneath; pills, count and table are of one reading."""
    chosen = _filter(current)
    order, descending = _order()
    page_key = f"rows_page_{hash(chosen)}"
    first = (st.session_state.get(page_key, 1) - 1) * PAGE
    ledger = services().ledger
    with ledger.read() as connection:
        found, total = row_page(
            connection, current.id, chosen, order=order, descending=descending, offset=first, limit=PAGE
        )
        now = ledger.now(connection)
    st.caption(f"{counted(total, 'row')}, as of {clock_exact(now)}")
    _table(current, found)
    page_of(total, page_key, PAGE)
    if total:
        _take_along(current, chosen, total)


def _take_along(current: Campaign, chosen: RowFilter, total: int) -> None:
    """The rows that the filter shows: as a report, or as the list of a new campaign."""
    if not may(person(), Permission.EXPORT):
        return
    with st.container(horizontal=True, key="take_along"):
        for ending, (words, mime) in FORMS.items():
            st.download_button(
                f"Report of {counted(total, 'row')} ({words})",
                data=traced(
                    partial(report_bytes, services().ledger, current.id, ending, chosen), ROWS, str(current.id)
                ),
                file_name=f"campaign-{current.id}-selection.{ending}",
                mime=mime,
                key=f"selection_report_{ending}",
                on_click="ignore",
                icon=":material/download:",
            )
        if current.purged_at:
            return
        st.button(
            "New campaign with these people",
            icon=":material/add_circle:",
            key="selection_draft",
            on_click=new_list,
            args=(current, chosen),
        )


@deed(Permission.SEND)
def new_list(current: Campaign, chosen: RowFilter) -> None:
    """A draft over the chosen rows, as they were uploaded."""
    ledger = services().ledger
    draft_id = draft_of_selection(ledger, current.id, chosen, by=person())
    places.open_next(places.NEW_CAMPAIGN, draft=str(draft_id), step="check")


def _filter(current: Campaign) -> RowFilter:
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    search = left.text_input(
        "Search", type="search", key="rows_search", placeholder="A name, a number, anything in the row"
    )
    with services().ledger.read() as connection:
        reasons = {str(one.code): one.advice.meaning for one in failures_by_reason(connection, current.id) if one.code}
    codes: list[str] = []
    if reasons:
        codes = right.multiselect(
            "Code",
            list(reasons),
            format_func=lambda code: f"{code} {reasons[code]}",  # no count: a changed label undoes the choice
            key="rows_codes",
            placeholder="Any",
        )
    chosen = RowFilter(search=search or "", codes=tuple(codes), only=_only(current))
    with services().ledger.read() as connection:
        there = part_counts(connection, current.id, chosen)
    kept = st.session_state.get("rows_groups") or []
    parts = st.pills(
        "Result",
        [part for part in Part if there[part] or part in kept],
        selection_mode="multi",
        format_func=lambda part: f"{PARTS[Part(part)].label} ({number(there[Part(part)])})",
        key="rows_groups",
    )
    return replace(chosen, states=tuple(state for part in parts for state in PARTS[Part(part)].states))


def _only(current: Campaign) -> OneGroup | None:
    """The line of the results by anything from which somebody came here; a click shows all rows again."""
    found: OneGroup | None = st.session_state.get(ONLY)
    if found is None or found.grouping.columns != current.columns:
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        value = label(found.grouping.by, found.value) or "nothing"
        st.write(f"Only the rows with **{plain(found.grouping.by)}: {plain(value)}**")
        st.button("Show all rows", key="rows_all", type="tertiary", on_click=_show_all)
    return found


def _show_all() -> None:
    st.session_state.pop(ONLY, None)


def _order() -> tuple[RowOrder, bool]:
    """Of the whole list: a click on a heading chooses it, too, because sorting the hundred rows shown would mislead."""
    picked = st.session_state.get("rows_table", {}).get("selection", {}).get("columns") or []
    if picked and (order := HEADINGS.get(picked[0])):
        st.session_state["rows_order"] = order
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Sort by", list(ORDERS), format_func=ORDERS.__getitem__, key="rows_order", width=200)
        descending = st.toggle("Last first", key="rows_descending")
    return chosen or RowOrder.ROW, descending


def _table(current: Campaign, found: list[RowView]) -> None:
    with wide("rows"):
        chosen = st.dataframe(
            pd.DataFrame([_line(current, row) for row in found]),
            hide_index=True,
            selection_mode=["single-row", "single-column"],  # so that a heading sorts nothing by itself
            on_select="rerun",
            key="rows_table",
            column_config={
                "Row": st.column_config.NumberColumn(width="small", help="As your spreadsheet shows it"),
                "Why": st.column_config.TextColumn(width="large"),
            },
            placeholder="–",
            alt="Rows of the campaign with their result",
        )
        picked = chosen["selection"]["rows"] if chosen else []
        if picked and picked[0] < len(found):
            story.draw(current, found[picked[0]].id)
        elif found:
            st.caption("Select a row to see everything that happened to it. A heading sorts the whole list.")
    narrow("rows", [_card(current, row) for row in found], "Rows of the campaign with their result")


def _card(current: Campaign, row: RowView) -> Card:
    line = _line(current, row)
    name, *_ = [*_cells(current, row).values(), ""]
    title = " ".join(part for part in (name, phone(row.recipient or "")) if part) or f"Row {row.row_number}"
    lines = [(label, line[label]) for label in ("Why", "Code", "Last change")]
    return Card(title, "person", {"number": row.recipient or ""}, ROW_WORDS[row.state].label, lines)


def _cells(current: Campaign, row: RowView) -> dict[str, str]:
    cells = dict(zip(current.columns, row.cells, strict=False))
    cells.pop(current.phone_column or "", None)
    return cells


def _line(current: Campaign, row: RowView) -> dict[str, object]:
    """The first column of the list, mostly the name, stands beside the number."""
    cells = [(f"{name} ", value) for name, value in list(_cells(current, row).items())[:5]]
    return {
        "Row": row.row_number,
        "Number": phone(row.recipient) if row.recipient else None,
        **dict(cells[:1]),
        "Result": ROW_WORDS[row.state].label,
        "Why": why(row),
        "Code": row.why.code or None,
        "Last change": moment_exact(row.updated_at),
        **dict(cells[1:]),
    }
