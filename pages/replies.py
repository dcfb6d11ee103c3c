"""Replies: what people wrote back, unread first, and one conversation at a time."""

import uuid

import pandas as pd
import streamlit as st

from mms.errors import MmsError
from mms.replies.answering import answer
from mms.replies.conversations import (
    Conversation,
    Line,
    add_note,
    conversation_count,
    conversations,
    mark_done,
    mark_read,
    newest_reply,
    thread,
)
from mms.replies.pictures import ShownPicture, pictures_of
from mms.roles import Permission, may
from mms.states import RowState
from mms.words import ROW_WORDS
from pages.components import places
from pages.components.follow import REFRESH_SECONDS
from pages.components.keys import REQUEST_KEY
from pages.components.notices import deed, tell
from pages.components.paging import PAGE_ROWS, page_of
from pages.components.reader import counted, moment, phone
from pages.components.safe import plain, shortened
from pages.components.wiring import person, services

_WHO = {"reply": "They wrote", "message": "Campaign", "answer": "Answer", "note": "Note"}
_AVATARS = {
    "reply": ":material/person:",
    "message": ":material/campaign:",
    "answer": ":material/reply:",
    "note": ":material/edit_note:",
}
_TEXT = "answer_text"
_PICTURE_WIDTH = 320


def overview() -> None:
    """Everybody who wrote, unread first."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input("Search by number or words", type="search", key="reply_search", width=360) or ""
        only_open = st.toggle("Only what is not done", key="reply_open")
    with services().ledger.read() as connection:
        total = conversation_count(connection, search=text, only_open=only_open)
    if not total:
        st.info("Nobody is found." if text or only_open else "Nobody has written back yet. Replies appear here.")
        return
    first = (st.session_state.get("reply_page", 1) - 1) * PAGE_ROWS
    with services().ledger.read() as connection:
        found = conversations(connection, search=text, only_open=only_open, limit=PAGE_ROWS, offset=first)
    st.caption(counted(total, "person", "people"))
    chosen = st.dataframe(
        pd.DataFrame([_line(one) for one in found]),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="reply_table",
        placeholder="–",
        alt="People who wrote back",
    )
    page_of(total, "reply_page")
    picked = chosen["selection"]["rows"] if chosen else []
    if picked and picked[0] < len(found):
        st.switch_page(places.REPLIES, query_params={"number": found[picked[0]].recipient})
    st.caption("Select a row to open the conversation.")


def _line(one: Conversation) -> dict[str, object]:
    state = "Done" if one.is_done else f"{one.unread} unread" if one.unread else "Read"
    return {
        "From": phone(one.recipient),
        "Last message": shortened(one.last_body or "(a picture)", 80),
        "When": moment(one.last_at),
        "State": state,
        "Answers": one.campaign,
    }


def conversation(recipient: str) -> None:
    """One person: what was said, and what can be done."""
    st.page_link(places.REPLIES, label="All replies", icon=":material/arrow_back:")
    st.header(plain(phone(recipient)))
    with services().ledger.read() as connection:
        lines = thread(connection, recipient)
    if not any(line.kind == "reply" for line in lines):
        st.write("This person has not written to you.")
        return
    for line in lines:
        _draw(line)
    if may(person(), Permission.SEND):
        mark_read(services().ledger, recipient, by=person())
        _deeds(recipient)


def _draw(line: Line) -> None:
    is_theirs = line.kind == "reply"
    with st.chat_message("user" if is_theirs else "assistant", avatar=_AVATARS[line.kind]):
        by = f" by {line.by}" if line.by and line.kind in ("answer", "note") else ""
        result = f", {ROW_WORDS[RowState(line.state)].label}" if line.state else ""
        st.caption(plain(f"{_WHO[line.kind]}{by}, {moment(line.at)}{result}"))
        st.text(line.text or "(no text)")
        if line.media_count and line.message_sid:
            _pictures(line.message_sid, line.media_count)


def _pictures(message_sid: str, count: int) -> None:
    """What came with a message, fetched when somebody wants to see it."""
    if not st.toggle(f"Show {counted(count, 'picture')}", key=f"reply_pictures_{message_sid}"):
        return
    try:
        with st.spinner("Fetching it from Twilio…"):
            found = _fetched(message_sid)
    except MmsError as error:
        st.error(plain(error.message))
        return
    for position, one in enumerate(found, start=1):
        if one.data is None:
            st.caption(plain(one.said))
        else:
            st.image(one.data, width=_PICTURE_WIDTH, alt=f"Picture {position} of this message")


@st.cache_data(max_entries=30, ttl=600, show_spinner=False)
def _fetched(message_sid: str) -> list[ShownPicture]:
    shared = services()
    allow_private = shared.settings.allow_private_media or shared.settings.is_practice
    return pictures_of(shared.ledger, shared.account, message_sid, by=person(), allow_private=allow_private)


def _deeds(recipient: str) -> None:
    st.session_state.setdefault(REQUEST_KEY, uuid.uuid4().hex)
    with st.form("answer_form", border=True):
        st.text_area("Your answer", key=_TEXT, max_chars=1600, placeholder="One message, sent as a text")
        st.checkbox(
            "Send it although their last message is more than a day old",
            key="answer_late",
            help="People expect a free text only while they are talking with you.",
        )
        st.form_submit_button("Send answer", type="primary", key="answer_send", on_click=_answer, args=(recipient,))
    with st.container(horizontal=True):
        st.button("Done", icon=":material/check:", key="reply_done", on_click=_done, args=(recipient, True))
        st.button("Not done", key="reply_undone", type="tertiary", on_click=_done, args=(recipient, False))
        with st.popover("Add a note", icon=":material/edit_note:", key="note_ask"):
            st.text_area("Note for colleagues", key="note_text", max_chars=1000)
            st.button("Keep the note", key="note_save", on_click=_note, args=(recipient,))


@deed(Permission.SEND)
def _answer(recipient: str) -> None:
    shared = services()
    answer(
        shared.ledger,
        recipient,
        st.session_state[_TEXT],
        account_sid=shared.account.account_sid,
        mode=shared.mode,
        request_key=st.session_state[REQUEST_KEY],
        by=person(),
        although_late=st.session_state["answer_late"],
    )
    shared.start_worker()
    st.session_state[REQUEST_KEY] = uuid.uuid4().hex
    st.session_state[_TEXT] = ""
    tell("Your answer is on its way.")


@deed(Permission.SEND)
def _done(recipient: str, done: bool) -> None:
    mark_done(services().ledger, recipient, done=done, by=person())
    tell("Marked as done." if done else "Marked as not done.")


@deed(Permission.SEND)
def _note(recipient: str) -> None:
    add_note(services().ledger, recipient, st.session_state["note_text"], by=person())
    st.session_state["note_text"] = ""
    tell("The note is kept.")


@st.fragment(run_every=REFRESH_SECONDS)
def _follow(seen: int) -> None:
    """Draw the page anew when somebody wrote meanwhile; a text that is being typed is left alone."""
    if _newest() != seen:
        st.rerun()


def _newest() -> int:
    with services().ledger.read() as connection:
        return newest_reply(connection)


st.title("Replies")
named = st.query_params.get("number", "")
if named:
    conversation(named)
else:
    newest = _newest()
    overview()
    _follow(newest)
