"""The text: typed, with columns and emoji put in by click, and what to watch for."""

import streamlit as st

from mms.campaigns.drafts.drafts import Draft
from mms.message import MAX_BODY
from mms.problems import RowCode
from mms.recipients import EXTRA_CELLS, CheckedList
from mms.roles import Permission
from pages.components.drafting import bound, go_to, key_of, put
from pages.components.notices import deed
from pages.components.reader import counted
from pages.components.safe import plain
from pages.new_campaign_steps import advice, workbench

EMOJI = ("😀", "🎉", "❤️", "👍", "🙏", "⭐", "🎁", "☕", "🌸", "🔥", "📍", "📅", "⏰", "🛍️", "💡", "✅")


def draw(current: Draft) -> None:
    """The text area with its menus."""
    st.text_area(
        "Text of the message",
        height=200,
        max_chars=MAX_BODY,
        placeholder="Hi {First Name|there}! …",
        help="Columns stand in braces. What stands after a bar is used where the cell is blank: {First Name|friend}.",
        **bound(current, "body"),
    )
    columns = [name for name in workbench.upload_of(current.upload_id or 0).columns if name != EXTRA_CELLS]
    with st.container(horizontal=True):
        st.menu_button(
            "Insert a column",
            columns,
            key=f"insert_{current.id}",
            icon=":material/data_object:",
            format_func=plain,
            on_click=insert_column,
            args=(current,),
        )
        with st.popover("With a fallback", icon=":material/rule:", key="fallback_menu"):
            _fallback(current, columns)
        st.menu_button(
            "Emoji", EMOJI, key=f"emoji_{current.id}", icon=":material/mood:", on_click=insert_emoji, args=(current,)
        )
    advice.draw(current.content.body)


def _fallback(current: Draft, columns: list[str]) -> None:
    st.selectbox("Column", columns, key=f"fallback_column_{current.id}")
    st.text_input(
        "Where the cell is blank, write",
        key=f"fallback_text_{current.id}",
        placeholder="friend",
        max_chars=100,
    )
    st.button("Insert", key=f"fallback_insert_{current.id}", type="primary", on_click=insert_fallback, args=(current,))


@deed(Permission.SEND)
def insert_column(current: Draft) -> None:
    """Put the chosen column at the end of the text."""
    _append(current, "{" + str(st.session_state[f"insert_{current.id}"]) + "}")


@deed(Permission.SEND)
def insert_fallback(current: Draft) -> None:
    """Put the column with its fallback at the end of the text."""
    column = st.session_state[f"fallback_column_{current.id}"]
    words = st.session_state[f"fallback_text_{current.id}"].replace("{", "").replace("}", "")
    _append(current, "{" + f"{column}|{words}" + "}")


@deed(Permission.SEND)
def insert_emoji(current: Draft) -> None:
    """Put the chosen emoji at the end of the text."""
    _append(current, st.session_state[f"emoji_{current.id}"])


def _append(current: Draft, piece: str) -> None:
    typed = st.session_state.get(key_of(current, "body"), current.content.body)
    space = " " if typed and not typed[-1].isspace() else ""
    put(current, body=f"{typed}{space}{piece}"[:MAX_BODY])


def blank_rows(rows: CheckedList) -> None:
    """Rows that the message keeps back, with the way to mend them."""
    blank = {p.row for p in rows.problems if p.code is RowCode.MISSING_VALUE}
    long = {p.row for p in rows.problems if p.code is RowCode.MESSAGE_TOO_LONG}
    if blank:
        verb = "has" if len(blank) == 1 else "have"
        st.warning(
            f"{counted(len(blank), 'row')} {verb} nothing in a column that the text uses. "
            "Give the column a fallback, or mend the rows."
        )
    if long:
        st.warning(
            f"In {counted(len(long), 'row')} the text is longer than {counted(MAX_BODY, 'character')}. Shorten it."
        )
    if blank or long:
        st.button("See these rows", key="see_rows", on_click=go_to("check"), icon=":material/table_rows:")
