"""The text: typed, with columns and emoji put in by click, and what to watch for."""

import streamlit as st

from mms.campaigns.drafts.drafts import Draft
from mms.campaigns.drafts.sender_name import LONGEST, keep_sender_name, sender_name
from mms.message import MAX_BODY
from mms.problems import RowCode
from mms.recipients import EXTRA_CELLS, CheckedList
from mms.roles import Permission, may
from pages.components.drafting import bound, go_to
from pages.components.notices import answer_here, deed, tell
from pages.components.reader import counted
from pages.components.wiring import person, services
from pages.new_campaign_steps import advice, workbench
from pages.writing_tools.tools import writing_tools

_BOX = "message_text"
_STOP = "Reply STOP to opt out."


def draw(current: Draft) -> None:
    """The text area with its tools, and what to watch for."""
    with st.container(key=_BOX):
        st.text_area(
            "Text of the message",
            height=200,
            max_chars=MAX_BODY,
            placeholder="Hi {First Name|there}! …",
            help="Columns stand in braces. What stands after a bar is used where the cell is blank: "
            "{First Name|friend}.",
            **bound(current, "body"),
        )
    if may(person(), Permission.SEND):
        with services().ledger.read() as connection:
            name = sender_name(connection)
        columns = [name for name in workbench.upload_of(current.upload_id or 0).columns if name != EXTRA_CELLS]
        sentences = [(f"Add “{_STOP.rstrip('.')}”", _STOP), *([(f"Add “- {name}”", f"- {name}.")] if name else [])]
        writing_tools(_BOX, columns, sentences)
        _name(name)
    advice.draw(current.content.body)


def _name(kept: str) -> None:
    """Who sends it, as people know it: kept for all campaigns."""
    with st.popover("Your name in messages", icon=":material/storefront:", key="sender_name_menu", type="tertiary"):
        st.text_input(
            "Name of your business", value=kept, max_chars=LONGEST, key="sender_name", placeholder="Corner Cup"
        )
        st.button("Keep it", key="sender_name_keep", on_click=keep_name)
        answer_here(__name__)


@deed(Permission.SEND)
def keep_name() -> None:
    """One click puts it at the end of every text from now on."""
    keep_sender_name(services().ledger, st.session_state["sender_name"], by=person())
    tell("Kept. The button beside the text puts it in.")


def blank_rows(rows: CheckedList) -> None:
    """Rows that the message keeps back, with the way to mend them."""
    blank = {p.row for p in rows.problems if p.code is RowCode.MISSING_VALUE}
    long = {p.row for p in rows.problems if p.code is RowCode.MESSAGE_TOO_LONG}
    if blank:
        verb = "has" if len(blank) == 1 else "have"
        st.warning(
            f"{counted(len(blank), 'row')} {verb} nothing in a column that the text uses. "
            "Give the column a fallback, or fix the rows."
        )
    if long:
        st.warning(
            f"In {counted(len(long), 'row')} the text is longer than {counted(MAX_BODY, 'character')}. Shorten it."
        )
    if blank or long:
        st.button("See these rows", key="see_rows", on_click=go_to("check"), icon=":material/table_rows:")
