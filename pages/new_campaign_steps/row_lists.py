"""The rows of the whole list by what becomes of them: a tab for each, with search, one page at a time."""

from collections.abc import Collection

import pandas as pd
import pyarrow as pa
import streamlit as st

from mms.campaigns.drafts.drafts import Draft
from mms.recipients import CheckedList, Verdict
from mms.recipients.check.browsing import people_first, rows_found
from pages.components.paging import PAGE_ROWS, page_of
from pages.components.reader import counted, number, phone
from pages.new_campaign_steps import corrections, duplicates, without_consent

_COLUMNS = 6  # more would not fit a screen
_LEFT_OUT = (Verdict.NO_CONSENT, Verdict.BLANK)
_WHY = {Verdict.NO_CONSENT: "Said no to messages", Verdict.BLANK: "Nothing in the row"}


def draw(current: Draft, rows: CheckedList) -> None:
    """Five tabs; the first one with something to do is open."""
    counts = rows.counts
    left_out = sum(counts[verdict] for verdict in _LEFT_OUT)
    titles = {
        "Ready": counts[Verdict.READY],
        "To fix": counts[Verdict.PROBLEM],
        "Duplicates": counts[Verdict.DUPLICATE],
        "Opted out": counts[Verdict.OPTED_OUT],
        "Left out": left_out,
    }
    names = [f"{title} ({number(count)})" for title, count in titles.items()]
    ready, to_mend, twice, opted_out, others = st.tabs(names, default=names[1] if counts[Verdict.PROBLEM] else None)
    with ready:
        _table(rows, [Verdict.READY], "ready", "No row can be sent to yet.")
    with to_mend:
        corrections.draw(current, rows)
    with twice:
        duplicates.draw(current, rows)
        _table(rows, [Verdict.DUPLICATE], "duplicate", "No number stands there twice.")
    with opted_out:
        _table(rows, [Verdict.OPTED_OUT], "opted_out", "Nobody on this list has asked not to be messaged.")
    with others:
        without_consent.ask(current, rows)
        _table(rows, _LEFT_OUT, "left_out", "No other row is left out.")


def _table(rows: CheckedList, verdicts: Collection[Verdict], key: str, none: str) -> None:
    if not any(rows.counts[verdict] for verdict in verdicts):
        st.write(none)
        return
    search = st.text_input("Search these rows", placeholder="Name, number or any cell", key=f"search_{key}", width=320)
    found = rows_found(rows, verdicts, search or "")
    if not len(found):
        st.write("No row holds that. Search for less of it.")
        return
    if search:
        st.caption(f"{counted(len(found), 'row')} found.")
    first = page_of(len(found), f"page_{key}")
    st.dataframe(
        _page(rows, found[first : first + PAGE_ROWS].tolist(), several=len(verdicts) > 1),
        hide_index=True,
        column_config={"Row ": st.column_config.NumberColumn("Row", width="small")},
        key=f"rows_{key}",
        alt="Rows of the file, the person's name first",
    )


def _page(rows: CheckedList, positions: list[int], *, several: bool) -> pd.DataFrame:
    upload = rows.upload
    order = people_first(rows)[:_COLUMNS]
    taken = upload.table.select(list(order)).take(pa.array(positions, pa.int64())).to_pandas()
    numbers = [int(upload.row_numbers[position]) for position in positions]
    shown = [phone(f"+{rows.numbers[position]}") if rows.numbers[position] else "" for position in positions]
    taken.insert(min(1, len(order)), "Number ", shown)
    if several:
        taken.insert(0, "Why ", [_WHY[rows.verdict(row)] for row in numbers])
    elif rows.verdict(numbers[0]) is Verdict.DUPLICATE:
        taken["Message goes to row "] = [rows.duplicates[row] for row in numbers]
    taken["Row "] = numbers
    return taken
