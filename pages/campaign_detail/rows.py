"""The rows of a campaign: searched, filtered, sorted and paged by the database; one click tells a row's story."""

from functools import partial

import pandas as pd
import streamlit as st

from mms.campaigns.drafts.copies import draft_of_selection
from mms.campaigns.records import Campaign
from mms.reports import RowFilter, RowOrder, RowView, row_page
from mms.reports.campaign.failures import failures_by_reason
from mms.reports.files.report import report_bytes
from mms.roles import Permission, may
from mms.states import RowState
from mms.words import GROUPS, ROW_WORDS
from pages.campaign_detail import story
from pages.components import places
from pages.components.notices import deed
from pages.components.paging import page_of
from pages.components.reader import counted, moment, number, phone, zone
from pages.components.row_words import why
from pages.components.wiring import person, services, who

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


def draw(current: Campaign, counts: dict[RowState, int]) -> None:
    """Search and filter above, the table, and the pages beneath."""
    chosen = _filter(current, counts)
    order, descending = _order()
    page_key = f"rows_page_{hash(chosen)}"
    first = (st.session_state.get(page_key, 1) - 1) * PAGE
    with services().ledger.read() as connection:
        found, total = row_page(
            connection, current.id, chosen, order=order, descending=descending, offset=first, limit=PAGE
        )
    st.caption(counted(total, "row"))
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
                data=partial(report_bytes, services().ledger, current.id, ending, chosen),
                file_name=f"campaign-{current.id}-selection.{ending}",
                mime=mime,
                key=f"selection_report_{ending}",
                on_click="ignore",
                icon=":material/download:",
            )
        st.button(
            "New campaign with these rows",
            icon=":material/add_circle:",
            key="selection_draft",
            on_click=new_list,
            args=(current, chosen),
        )


@deed(Permission.SEND)
def new_list(current: Campaign, chosen: RowFilter) -> None:
    """A draft over the chosen rows, as they were uploaded."""
    ledger = services().ledger
    draft_id = draft_of_selection(ledger, current.id, chosen, owner=who())
    places.open_next(places.NEW_CAMPAIGN, draft=str(draft_id), step="check")


def _filter(current: Campaign, counts: dict[RowState, int]) -> RowFilter:
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
    there = {name: sum(counts[state] for state in group.states) for name, group in GROUPS.items()}
    groups = st.pills(
        "Result",
        [name for name, count in there.items() if count],
        selection_mode="multi",
        format_func=lambda name: f"{GROUPS[name].word.label} ({number(there[name])})",
        key="rows_groups",
    )
    states = tuple(state for name in groups for state in GROUPS[name].states)
    return RowFilter(search=search or "", states=states, codes=tuple(codes))


def _order() -> tuple[RowOrder, bool]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = st.selectbox("Sort by", list(ORDERS), format_func=ORDERS.__getitem__, key="rows_order", width=200)
        descending = st.toggle("Last first", key="rows_descending")
    return order or RowOrder.ROW, descending


def _table(current: Campaign, found: list[RowView]) -> None:
    table = pd.DataFrame([_line(current, row) for row in found])
    chosen = st.dataframe(
        table,
        hide_index=True,
        selection_mode="single-row",
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
        st.caption("Select a row to see everything that happened to it.")


def _line(current: Campaign, row: RowView) -> dict[str, object]:
    cells = dict(zip(current.columns, row.cells, strict=False))
    cells.pop(current.phone_column or "", None)
    return {
        "Row": row.row_number,
        "Number": phone(row.recipient) if row.recipient else None,
        "Result": ROW_WORDS[row.state].label,
        "Why": why(row),
        "Code": row.why.code or None,
        "Last change": moment(row.updated_at, where=zone()),
        **{f"{name} ": value for name, value in list(cells.items())[:5]},
    }
