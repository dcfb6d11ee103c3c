"""Templates: messages under a name, with their pictures; begun with, changed, renamed, deleted."""

import streamlit as st

from mms.campaigns.drafts.copies import draft_of_message
from mms.campaigns.drafts.templates import (
    NAME_LENGTH,
    SavedMessage,
    delete_message,
    last_uses,
    rename_message,
    save_message,
    saved_messages,
)
from mms.campaigns.launch.submission import Content
from mms.campaigns.pictures.media_check import known_verdicts
from mms.roles import Permission, may
from pages.components import places
from pages.components.notices import deed, tell
from pages.components.reader import counted, moment
from pages.components.safe import plain, shortened
from pages.components.wiring import person, services

_PICTURE_WIDTH = 140


def page() -> None:
    """One run of the page."""
    st.title("Templates")
    st.write(
        "Messages that you use again. Write one under New campaign and press *Save this message*, or write it here."
    )
    shared = services()
    found = saved_messages(shared.ledger)
    text = st.text_input("Search templates", type="search", key="template_search", width=360) if found else ""
    wanted = [one for one in found if (text or "").casefold() in f"{one.name} {one.content.body}".casefold()]
    uses = last_uses(shared.ledger, wanted)
    thumbnails = _thumbnails(wanted)
    for one in wanted:
        with st.container(border=True, key=f"template_{one.id}"):
            _draw(one, uses.get(one.id), thumbnails)
    if found and not wanted:
        st.write("No template has these words.")
    if may(person(), Permission.SEND):
        _new()
    elif not found:
        st.info("There is none yet. Somebody who may send can write one here.")


def _thumbnails(found: list[SavedMessage]) -> dict[str, bytes]:
    urls = {url for one in found for url in one.content.media_urls}
    with services().ledger.read() as connection:
        known = known_verdicts(connection, sorted(urls), since=0.0)  # a picture to know it by may be old
    return {url: bytes(verdict.thumbnail) for url, verdict in known.items() if verdict.thumbnail}


def _draw(one: SavedMessage, used_at: float | None, thumbnails: dict[str, bytes]) -> None:
    st.subheader(plain(one.name))
    used = f"Last used {moment(used_at)}" if used_at else "Not used yet"
    by = f" by {plain(one.updated_by)}" if one.updated_by else ""
    st.caption(f"{used}. Changed {moment(one.updated_at)}{by}.")
    with st.container(horizontal=True):
        for position, url in enumerate(one.content.media_urls, start=1):
            if url in thumbnails:
                st.image(thumbnails[url], width=_PICTURE_WIDTH, alt=f"Picture {position} of {one.name}")
            else:
                st.text(shortened(url))
    st.text(one.content.body or "(no text)")
    if may(person(), Permission.SEND):
        _deeds(one)


def _deeds(one: SavedMessage) -> None:
    with st.container(horizontal=True):
        st.button(
            "New campaign with it", icon=":material/send:", key=f"template_use_{one.id}", on_click=_use, args=(one,)
        )
        with st.popover("Change the text", icon=":material/edit_note:", key=f"template_edit_{one.id}"):
            key = f"template_text_{one.id}_{int(one.updated_at)}"
            st.text_area("Text", value=one.content.body, key=key, max_chars=1600)
            if one.content.media_urls:
                st.caption(f"{counted(len(one.content.media_urls), 'picture')} stay with it.")
            st.button("Save", type="primary", key=f"template_save_{one.id}", on_click=_change, args=(one, key))
        with st.popover("Rename", icon=":material/edit:", key=f"template_rename_ask_{one.id}"):
            name_key = f"template_name_{one.id}_{one.name}"
            st.text_input("New name", value=one.name, key=name_key, max_chars=NAME_LENGTH)
            st.button(
                "Rename", type="primary", key=f"template_rename_{one.id}", on_click=_rename, args=(one.id, name_key)
            )
        with st.popover("Delete", icon=":material/delete:", key=f"template_delete_ask_{one.id}"):
            st.write("Campaigns that used it keep their message.")
            st.button(
                "Delete this template",
                type="primary",
                key=f"template_delete_{one.id}",
                on_click=_delete,
                args=(one.id,),
            )


def _new() -> None:
    with st.container(border=True, key="template_new"):
        st.subheader("New template")
        st.text_input("Name", key="template_new_name", max_chars=NAME_LENGTH, placeholder="Welcome")
        st.text_area(
            "Text",
            key="template_new_text",
            max_chars=1600,
            placeholder="Hi {First Name|there}! …  Reply STOP to opt out",
            help="Columns stand in braces. Pictures are added when you compose: save the message there.",
        )
        st.button("Keep it", type="primary", key="template_add", on_click=_add)


@deed(Permission.SEND)
def _add() -> None:
    state = st.session_state
    save_message(
        services().ledger, state["template_new_name"], Content(state["template_new_text"]), by=person(), replaces=False
    )
    tell(f"The template “{plain(state['template_new_name'])}” is kept.")
    state["template_new_name"] = state["template_new_text"] = ""


@deed(Permission.SEND)
def _change(one: SavedMessage, key: str) -> None:
    content = Content(st.session_state[key], one.content.media_urls)
    save_message(services().ledger, one.name, content, by=person())
    tell(f"The text of “{plain(one.name)}” is changed. Campaigns that used it keep theirs.")


@deed(Permission.SEND)
def _rename(message_id: int, key: str) -> None:
    rename_message(services().ledger, message_id, st.session_state[key], by=person())
    tell(f"The template is called “{plain(st.session_state[key])}” now.")


@deed(Permission.SEND)
def _delete(message_id: int) -> None:
    delete_message(services().ledger, message_id, by=person())
    tell("The template is deleted.")


@deed(Permission.SEND)
def _use(one: SavedMessage) -> None:
    draft_id = draft_of_message(services().ledger, one, by=person())
    places.open_next(places.NEW_CAMPAIGN, draft=str(draft_id), step="upload")


page()
