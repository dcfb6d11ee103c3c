"""What can be done with a list or a segment: send to it, take it along, rename it, delete it."""

import streamlit as st

from mms.access.traces import LIST
from mms.campaigns.drafts.copies import draft_of_people
from mms.campaigns.drafts.people_sources import PeopleOfList
from mms.lists.audience import list_csv
from mms.lists.saved_lists import NAME_LENGTH, SavedList, delete_list, rename_list
from mms.lists.segments import Segment, delete_segment
from mms.roles import Permission, may
from pages.components import places
from pages.components.notices import deed, tell
from pages.components.reader import counted, zone
from pages.components.safe import plain
from pages.components.traced import traced
from pages.components.wiring import person, services


def of_list(found: SavedList) -> None:
    """The buttons of one list."""
    reader = person()
    with st.container(horizontal=True):
        if may(reader, Permission.SEND):
            st.button(
                "New campaign to this list",
                type="primary",
                icon=":material/send:",
                key="list_send",
                on_click=_send_to_list,
                args=(found.id,),
                disabled=not found.people,
            )
        if may(reader, Permission.EXPORT):
            st.download_button(
                "Download",
                data=traced(lambda: _csv(found), LIST, str(found.id)),
                file_name=f"{found.name}.csv",
                mime="text/csv",
                key="list_download",
                on_click="ignore",
                icon=":material/download:",
            )
        if may(reader, Permission.SEND):
            with st.popover("Rename", icon=":material/edit:", key="list_rename_ask"):
                key = f"list_new_name_{found.id}"
                st.text_input("New name", value=found.name, max_chars=NAME_LENGTH, key=key)
                st.button("Rename", key="list_rename", on_click=_rename, args=(found.id, key))
            with st.popover("Delete", icon=":material/delete:", key="list_delete_ask"):
                people = counted(found.people, "person", "people")
                st.write(f"The list with {people} and its segments will be gone. Campaigns keep their rows.")
                st.button("Delete this list", key="list_delete", type="primary", on_click=_delete, args=(found.id,))


def of_segment(found: Segment, people: int) -> None:
    """The buttons of one segment."""
    if not may(person(), Permission.SEND):
        return
    with st.container(horizontal=True):
        st.button(
            f"New campaign to {counted(people, 'person', 'people')}",
            icon=":material/send:",
            key=f"segment_send_{found.id}",
            on_click=_send_to_segment,
            args=(found.list_id, found.id),
            disabled=not people,
        )
        with st.popover("Delete", icon=":material/delete:", key=f"segment_delete_ask_{found.id}"):
            st.write("The conditions will be gone. The people stay in the list.")
            st.button(
                "Delete this segment", key=f"segment_delete_{found.id}", on_click=_forget_segment, args=(found.id,)
            )


def _csv(found: SavedList) -> bytes:
    with services().ledger.read() as connection:
        return list_csv(connection, found)


@deed(Permission.SEND)
def _send_to_list(list_id: int) -> None:
    shared = services()
    draft_id = draft_of_people(shared.ledger, PeopleOfList(list_id), mode=shared.mode, zone=zone(), by=person())
    places.open_next(places.NEW_CAMPAIGN, draft=str(draft_id), step="check")


@deed(Permission.SEND)
def _send_to_segment(list_id: int, segment_id: int) -> None:
    shared = services()
    draft_id = draft_of_people(
        shared.ledger, PeopleOfList(list_id, segment_id), mode=shared.mode, zone=zone(), by=person()
    )
    places.open_next(places.NEW_CAMPAIGN, draft=str(draft_id), step="check")


@deed(Permission.SEND)
def _rename(list_id: int, key: str) -> None:
    rename_list(services().ledger, list_id, st.session_state[key], by=person())
    tell(f"The list is called “{plain(st.session_state[key])}” now.")


@deed(Permission.SEND)
def _delete(list_id: int) -> None:
    delete_list(services().ledger, list_id, by=person())
    st.query_params.clear()
    tell("The list is deleted.")


@deed(Permission.SEND)
def _forget_segment(segment_id: int) -> None:
    delete_segment(services().ledger, segment_id, by=person())
    tell("The segment is deleted.")
