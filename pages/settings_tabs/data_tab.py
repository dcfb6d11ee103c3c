"""How long people's data stays, and what one person may ask for."""

import json

import streamlit as st

from mms.retention.person import copies_that_stay, erase_person, export_person
from mms.retention.policy import purge_by_hand, retention_days, set_retention_days
from mms.roles import Permission
from pages.components.notices import deed, tell
from pages.components.reader import counted
from pages.components.safe import plain
from pages.components.wiring import person, services
from pages.new_campaign_steps import workbench

_DAYS, _NUMBER, _EXPORT = "retention_days", "data_number", "data_export"


def draw() -> None:
    """The schedule, then one person."""
    _schedule()
    _one_person()


def _schedule() -> None:
    st.subheader("How long data is kept")
    st.write("Numbers, texts and uploads of old campaigns are deleted; their figures stay.")
    with services().ledger.read() as connection:
        kept = retention_days(connection)
    st.number_input(
        "Days after a campaign's end", min_value=1, value=kept, placeholder="For ever", key=_DAYS, width=320
    )
    with st.container(horizontal=True):
        st.button("Save", type="primary", key="retention_save", on_click=save)
        with st.popover("Delete now", icon=":material/delete_forever:", key="purge_ask", disabled=kept is None):
            st.write(f"Everything older than {counted(kept or 0, 'day')} goes now. This cannot be undone.")
            st.button("Delete old data", type="primary", key="purge", on_click=purge_now, args=(kept,))


def _one_person() -> None:
    st.subheader("One person's data")
    st.text_input("Phone number", type="phone", key=_NUMBER, placeholder="(212) 555-0123", width=320)
    with st.container(horizontal=True):
        st.button("Put it together", icon=":material/folder_shared:", key="person_export", on_click=put_together)
        with st.popover("Forget this person", icon=":material/person_remove:", key="erase_ask"):
            st.write(
                "Their rows keep only the result. An opt-out stays, because it protects them. This cannot be undone."
            )
            st.button("Forget this person", type="primary", key="erase", on_click=erase)
    if found := st.session_state.get(_EXPORT):
        st.download_button(
            "Download their data",
            data=found,
            file_name="person.json",
            mime="application/json",
            key="person_download",
            on_click="ignore",
            icon=":material/download:",
        )


@deed(Permission.PURGE)
def save() -> None:
    set_retention_days(services().ledger, person(), st.session_state[_DAYS])
    tell("It is saved. Old data is deleted once a day.")


@deed(Permission.PURGE)
def purge_now(days: int) -> None:
    purged = purge_by_hand(services().ledger, person(), days)
    workbench.forget()
    tell(f"Deleted the numbers and texts of {counted(purged.rows, 'row')} in {counted(purged.campaigns, 'campaign')}.")


@deed(Permission.PURGE)
def put_together() -> None:
    found = export_person(services().ledger, services().settings, person(), st.session_state[_NUMBER])
    st.session_state[_EXPORT] = json.dumps(found, indent=2, ensure_ascii=False, default=str)


@deed(Permission.PURGE)
def erase() -> None:
    count = erase_person(services().ledger, services().settings, person(), st.session_state[_NUMBER])
    workbench.forget()
    st.session_state.pop(_EXPORT, None)
    stay = " ".join(copies_that_stay(services().settings))
    tell(f"This person is forgotten here: {counted(count, 'row')} cleared. {plain(stay)}")
