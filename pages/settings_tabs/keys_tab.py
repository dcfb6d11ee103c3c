"""Keys of the HTTP API: made here, shown once, revoked here."""

import pandas as pd
import streamlit as st

from mms.access.api_keys import Scope, add_key, listed_keys, revoke_key, set_status_url
from mms.roles import Permission
from pages.components.keys import NEW_KEY, POSTS_SIGNED_WITH
from pages.components.notices import answer_here, deed, tell
from pages.components.reader import moment
from pages.components.safe import plain
from pages.components.wiring import person, services

SCOPES = {Scope.SEND: "send and read", Scope.READ: "read only"}
LIFETIMES = {"a year": 365, "90 days": 90, "30 days": 30, "ever, until it is revoked": None}  # in days


def draw() -> None:
    """The new key if there is one, the list, and the form."""
    st.write("Other programs send through this installation with a key. Without any key the API is closed.")
    if made := st.session_state.get(NEW_KEY):
        st.success("Copy the key now. It is shown this once; only a fingerprint of it is kept.")
        st.code(made, language=None)
        st.button("I have copied it", key="key_copied", on_click=forget)
    shared = services()
    with shared.ledger.read() as connection:
        now = shared.ledger.now(connection)
        found = listed_keys(connection, shared.settings)
    if found:
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        "Name": one.name,
                        "May": SCOPES[one.scope],
                        "Ends in": one.last_four or "",
                        "Made": "in the settings" if one.is_from_settings else moment(one.created_at),
                        "Last used": moment(one.last_used_at),
                        "Status changes go to": one.status_url or "",
                        "Good until": moment(one.expires_at) if one.expires_at else "no end",
                        "State": one.state(now),
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
        st.radio("It may", list(Scope), format_func=SCOPES.__getitem__, key="key_scope", horizontal=True)
        st.selectbox("It is good for", list(LIFETIMES), key="key_lifetime")
        st.form_submit_button("Make a key", type="primary", key="key_make", on_click=make)
        answer_here(__name__)
    revocable = [one.name for one in found if not one.is_from_settings and not one.revoked_at]
    if revocable:
        _status_address(revocable)
        with st.popover("Revoke a key", icon=":material/key_off:", key="key_revoke_menu"):
            st.selectbox("Key", revocable, key="key_to_revoke")
            st.write("Calls with it are refused from the next one on.")
            st.button("Revoke", type="primary", key="key_revoke", on_click=revoke)


def _status_address(names: list[str]) -> None:
    if secret := st.session_state.get(POSTS_SIGNED_WITH):
        st.success("Changes are posted there from now on. The receiver checks their signatures with this secret:")
        st.code(secret, language=None)
        st.button("I have copied it", key="secret_copied", on_click=forget_secret)
    with (
        st.expander("Have status changes posted", icon=":material/outgoing_mail:", key="key_status_menu"),
        st.form("key_status_form", border=False),
    ):
        st.write("Each change of a key's messages is posted to its program, signed so that it can tell who wrote.")
        st.selectbox("Key", names, key="key_status_of")
        st.text_input("Address", key="key_status_url", placeholder="https://shop.example/mms", max_chars=2_000)
        st.form_submit_button(
            "Save the address", key="key_status_save", on_click=save_status_url, help="Leave it blank to post nothing."
        )


@deed(Permission.MANAGE_KEYS)
def save_status_url() -> None:
    shared = services()
    name, url = st.session_state["key_status_of"], st.session_state["key_status_url"].strip()
    st.session_state[POSTS_SIGNED_WITH] = set_status_url(shared.ledger, shared.settings, name, url or None, by=person())
    if not url:
        tell(f"Nothing is posted for the key {plain(name)} any more.")


def forget_secret() -> None:
    st.session_state.pop(POSTS_SIGNED_WITH, None)


@deed(Permission.MANAGE_KEYS)
def make() -> None:
    shared = services()
    st.session_state[NEW_KEY] = add_key(
        shared.ledger,
        shared.settings,
        st.session_state["key_name"].strip(),
        by=person(),
        scope=st.session_state["key_scope"],
        days=LIFETIMES[st.session_state["key_lifetime"]],
    )


@deed(Permission.MANAGE_KEYS)
def revoke() -> None:
    name = st.session_state["key_to_revoke"]
    revoke_key(services().ledger, name, by=person())
    tell(f"The key {plain(name)} is revoked.")


def forget() -> None:
    st.session_state.pop(NEW_KEY, None)
