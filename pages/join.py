"""Join by text: words that people text to come onto a list, what they get, and what to print on a poster."""

import streamlit as st

from mms.campaigns.drafts.templates import SavedMessage, saved_messages
from mms.join_words.handling import JoinResult
from mms.join_words.printing import qr_code, sms_link
from mms.join_words.words import ASK, WELCOME, JoinWord, NewWord, add_word, all_words, delete_word, joined_counts
from mms.lists.saved_lists import saved_lists
from mms.roles import Permission, may
from pages.components import places
from pages.components.notices import deed, tell
from pages.components.reader import counted, phone
from pages.components.safe import plain, shortened
from pages.components.wiring import person, services

_WRITE = "Write the welcome here"


def page() -> None:
    """One run of the page."""
    st.title("Join by text")
    st.write(
        "People text a word to your number and come onto a list, with their consent: when, with which words, to which "
        "number. Print the code or the link on a poster, a receipt or a shop window."
    )
    shared = services()
    with shared.ledger.read() as connection:
        words = all_words(connection, shared.account.account_sid)
        counts = joined_counts(connection)
        names = {one.id: one.name for one in saved_lists(connection)}
    for word in words:
        with st.container(border=True, key=f"join_word_{word.id}"):
            _draw(word, names.get(word.list_id, "a list that was deleted"), counts.get(word.id, {}))
    if may(person(), Permission.SEND):
        _new(names)
    elif not words:
        st.info("There is no word yet. Somebody who may send can add one here.")


def _draw(word: JoinWord, list_name: str, counts: dict[str, int]) -> None:
    left, right = st.columns([3, 1])
    with left:
        st.subheader(plain(word.word.upper()))
        st.write(f"Texted to {plain(phone(word.address))}, it leads to the list “{plain(list_name)}”.")
        joined, asked = counts.get(JoinResult.JOINED, 0), counts.get(JoinResult.ASKED, 0)
        st.write(
            f"**{counted(joined, 'person', 'people')}** joined" + (f", {asked} were asked for a YES." if asked else ".")
        )
        if out := counts.get(JoinResult.OPTED_OUT, 0):
            st.caption(
                f"{counted(out, 'message')} came after STOP. Nothing can be sent to these people until they text "
                "START; then they join."
            )
        with st.expander("What they get"):
            if word.ask:
                st.caption("First, to be confirmed with YES")
                st.text(word.ask)
                st.caption("Then")
            st.text(word.welcome or "(no text)")
            if word.welcome_media:
                st.caption(f"{counted(len(word.welcome_media), 'picture')} with it")
        st.code(sms_link(word), language=None)
        _delete_button(word)
    with right:
        code = qr_code(word)
        st.image(code, alt=f"QR code: text {word.word.upper()} to {phone(word.address)}")
        st.download_button(
            "Code for print",
            code,
            file_name=f"join-{word.word}.png",
            mime="image/png",
            key=f"join_code_{word.id}",
            on_click="ignore",
            icon=":material/download:",
        )


def _delete_button(word: JoinWord) -> None:
    if not may(person(), Permission.SEND):
        return
    with st.popover("Delete", icon=":material/delete:", key=f"join_delete_ask_{word.id}"):
        st.write("Nobody joins with it any more. Who joined stays in the list.")
        st.button("Delete this word", type="primary", key=f"join_delete_{word.id}", on_click=_delete, args=(word.id,))


def _new(names: dict[int, str]) -> None:
    with st.container(border=True, key="join_new"):
        st.subheader("New word")
        numbers = [one for one in services().senders if not one.startswith("MG")]
        if not names:
            st.info("A word leads to a saved list, and there is no list yet.")
            st.page_link(places.LISTS, label="Go to Lists", icon=":material/groups:")
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            word = st.text_input("Word", key="join_word", max_chars=20, placeholder="JOIN")
            if numbers:
                address = st.selectbox("Number", numbers, format_func=phone, key="join_number")
            else:
                address = st.text_input("Number, such as +12025550123", key="join_number_typed")
            list_id = st.selectbox("List", list(names), format_func=names.__getitem__, key="join_list")
        twice = st.checkbox(
            "Ask for a YES first",
            value=True,
            key="join_twice",
            help="Double opt-in: the person confirms. It is what carriers advise, and proof that nobody typed a "
            "stranger's number.",
        )
        ask = st.text_area("The question", value=ASK, key="join_ask", max_chars=1600) if twice else None
        begun = st.selectbox(
            "The welcome",
            [None, *saved_messages(services().ledger)],
            format_func=_message_name,
            key="join_welcome_from",
            help="A saved message brings its picture. It has no merge fields: nothing is known of the person yet.",
        )
        welcome = st.text_area(
            "Its text",
            value=begun.content.body if begun else WELCOME,
            key=f"join_welcome_{begun.id if begun else 0}",
            max_chars=1600,
        )
        media = begun.content.media_urls if begun else ()
        if media:
            st.caption(f"{counted(len(media), 'picture')} of that message will be with it.")
        new = NewWord(word or "", address or "", list_id, ask, welcome or "", media)
        st.button("Let people join with it", type="primary", key="join_add", on_click=_add, args=(new,))


def _message_name(message: SavedMessage | None) -> str:
    return shortened(f"Saved: {message.name}") if message else _WRITE


@deed(Permission.SEND)
def _add(new: NewWord) -> None:
    shared = services()
    add_word(shared.ledger, new, account_sid=shared.account.account_sid, mode=shared.mode, by=person())
    shared.start_worker()
    st.session_state["join_word"] = ""
    tell(f"Who texts {plain(new.word.strip().upper())} to {plain(phone(new.address))} comes onto the list from now on.")


@deed(Permission.SEND)
def _delete(word_id: int) -> None:
    delete_word(services().ledger, word_id, by=person())
    tell("The word is deleted. Who joined stays in the list.")


page()
