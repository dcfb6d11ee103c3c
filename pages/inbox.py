"""Practice inbox: what arrived at the stand-in, each message as the person's phone would show it."""

import requests
import streamlit as st

from mms.campaigns.pictures.own_pictures import own_pictures
from mms.media.store.picture_store import FolderStore
from mms.picture_templates.drawn_folder import drawn_folder
from mms.practice.address import PracticeAddress
from mms.practice.remote import PracticeRemote
from mms.roles import Permission
from pages.components.notices import answer_here, deed, tell
from pages.components.paging import page_of
from pages.components.phone_screen import NO_PREVIEW, phone_screen
from pages.components.reader import counted
from pages.components.wiring import services

PAGE = 12


def practice() -> PracticeRemote | None:
    """The stand-in's own pages; None when it cannot be reached."""
    address = PracticeAddress.read(services().settings.data_dir)
    return PracticeRemote(address) if address else None


@deed(Permission.SEND)
def clear() -> None:
    if remote := practice():
        remote.clear()
    tell("The practice inbox is empty.")


def screens(found: list[dict[str, object]]) -> None:
    """The phones side by side, as many as fit."""
    pictures = own_pictures(services().settings, services().ledger)
    each = FolderStore(drawn_folder(services().settings))  # a picture made for one person
    with st.grid(min_column_width=300, key="phones"):
        for one in found:
            names = [pictures.name_in(url) for url in one["media_urls"]]  # type: ignore[attr-defined]
            phone_screen(
                str(one["sid"]),
                sender=str(one.get("from") or one.get("messaging_service_sid") or ""),
                recipient=str(one["to"]),
                body=str(one["body"]),
                pictures=[((pictures.read(name) or each.read(name)) if name else None) or NO_PREVIEW for name in names],
                footnote=f"{one['status']}" + (f", code {one['error_code']}" if one.get("error_code") else ""),
            )


def page() -> None:
    """One run of the page."""
    st.title("Practice inbox")
    st.write("What people would have got. Nobody did: these phones are on this computer only.")
    remote = practice() if services().settings.is_practice else None
    if remote is None:
        st.write("There is no practice inbox in live mode.")
        return
    search = st.text_input("Search by number or text", type="search", key="inbox_search", width=360) or ""
    first = (st.session_state.get("inbox_page", 1) - 1) * PAGE
    try:
        answer = remote.messages(search=search, offset=first, limit=PAGE)
    except requests.RequestException:
        st.warning("The practice stand-in does not answer. It starts again with the next campaign.")
        return
    st.caption(counted(answer["total"], "message"))
    if not answer["total"]:
        st.write("Nothing has arrived yet. Send the sample campaign to see it here.")
        return
    screens(answer["messages"])
    page_of(answer["total"], "inbox_page", PAGE)
    with st.popover("Empty the inbox", icon=":material/delete_sweep:", key="inbox_clear_ask"):
        st.write("Practice messages, and the opt-outs that the stand-in noted, are forgotten. Campaigns stay.")
        st.button("Empty it", key="inbox_clear", type="primary", on_click=clear)
        answer_here(__name__)


page()
