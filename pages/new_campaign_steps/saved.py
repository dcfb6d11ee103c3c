"""Messages to begin with: saved ones, and those of earlier campaigns."""

import streamlit as st

from mms.campaigns.drafts.drafts import Draft
from mms.campaigns.drafts.templates import delete_message, earlier_messages, save_message, saved_messages
from mms.campaigns.launch.submission import Content
from mms.roles import Permission
from pages.components.drafting import put
from pages.components.notices import deed, tell
from pages.components.safe import plain, shortened
from pages.components.wiring import person, services
from pages.new_campaign_steps import workbench

_NAME_KEY = "saved_message_name"


def draw(current: Draft) -> None:
    """Two menus above the text."""
    with st.container(horizontal=True):
        with st.popover("Start from…", icon=":material/bookmark:", key="start_from"):
            _choose(current)
        with st.popover("Save this message", icon=":material/bookmark_add:", key="save_message_menu"):
            st.text_input("Name", key=_NAME_KEY, max_chars=200)
            st.button("Save", key="save_message", type="primary", on_click=keep, args=(current,))


def _choose(current: Draft) -> None:
    ledger = services().ledger
    mine, earlier = saved_messages(ledger), earlier_messages(ledger)
    if not mine and not earlier:
        st.write("Nothing yet. Messages that you save or send can be used again here.")
    for one in mine:
        with st.container(horizontal=True):
            st.button(plain(shortened(one.name)), key=f"use_saved_{one.id}", on_click=use, args=(current, one.content))
            st.button(
                "Delete",
                key=f"delete_saved_{one.id}",
                type="tertiary",
                on_click=forget,
                args=(one.id,),
                help=f"Delete the saved message {plain(shortened(one.name))}",
            )
    if earlier:
        st.caption("From earlier campaigns")
    for one in earlier:
        st.button(plain(shortened(one.name)), key=f"use_earlier_{one.id}", on_click=use, args=(current, one.content))


@deed(Permission.SEND)
def use(current: Draft, content: Content) -> None:
    """Put the message into the draft in place of what is there."""
    put(current, body=content.body, media_urls=list(content.media_urls))


@deed(Permission.SEND)
def forget(message_id: int) -> None:
    """Delete a saved message."""
    delete_message(services().ledger, message_id, by=person())


@deed(Permission.SEND)
def keep(current: Draft) -> None:
    """Save the draft's message under the typed name."""
    save_message(services().ledger, st.session_state[_NAME_KEY], workbench.content_of(current), by=person())
    tell("The message is saved. You find it under “Start from…”.")
