"""Keys of the HTTP API: made here, shown once, revoked here."""

import pandas as pd
import streamlit as st

from mms.access.api_keys import add_key, listed_keys, revoke_key
from mms.roles import Permission
from pages.components.keys import NEW_KEY
from pages.components.notices import deed, tell
from pages.components.reader import moment
from pages.components.safe import plain
from pages.components.wiring import person, services


def draw() -> None:
    """The new key if there is one, the list, and the form."""
    st.write("Other programs send through this installation with a key. Without any key the API is closed.")
    if made := st.session_state.get(NEW_KEY):
        st.success("Copy the key now. It is shown this once; only a fingerprint of it is kept.")
        st.code(made, language=None)
        st.button("I have copied it", key="key_copied", on_click=forget)
    shared = services()
    with shared.ledger.read() as connection:
        found = listed_keys(connection, shared.settings)
    if found:
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        "Name": one.name,
                        "Made": "in the settings" if one.is_from_settings else moment(one.created_at),
                        "Last used": moment(one.last_used_at),
                        "State": "revoked" if one.revoked_at else "in use",
                    }
                    for one in found
                ]
            ),
            hide_index=True,
            key="keys_table",
            alt="API keys",
        )
    with st.form("key_form", clear_on_submit=True, border=True):
        st.text_input("Name of the new key", key="key_name", placeholder="online-shop", max_chars=100)
        st.form_submit_button("Make a key", type="primary", key="key_make", on_click=make)
    revocable = [one.name for one in found if not one.is_from_settings and not one.revoked_at]
    if revocable:
        with st.popover("Revoke a key", icon=":material/key_off:", key="key_revoke_menu"):
            st.selectbox("Key", revocable, key="key_to_revoke")
            st.write("Calls with it are refused from the next one on.")
            st.button("Revoke", type="primary", key="key_revoke", on_click=revoke)


@deed(Permission.MANAGE_KEYS)
def make() -> None:
    shared = services()
    st.session_state[NEW_KEY] = add_key(
        shared.ledger, shared.settings, st.session_state["key_name"].strip(), by=person()
    )


@deed(Permission.MANAGE_KEYS)
def revoke() -> None:
    name = st.session_state["key_to_revoke"]
    revoke_key(services().ledger, name, by=person())
    tell(f"The key {plain(name)} is revoked.")


def forget() -> None:
    st.session_state.pop(NEW_KEY, None)
