"""The form from practice to live: tries the credentials, lets one choose the sender, and saves."""

import re

import streamlit as st

from mms.access.go_live import LiveChoice, as_lines, asked_address, save_settings, set_outside
from mms.env_file import env_path
from mms.http import new_start
from mms.roles import Permission
from mms.twilio_client import Account, AccountReport, check_account
from pages.components.new_start import what_now
from pages.components.notices import deed
from pages.components.reader import phone
from pages.components.safe import plain
from pages.components.wiring import person, saves_settings, services
from pages.settings_tabs.account_report import show_report

_TRIED = "account_tried"
_SAVED = "settings_saved"
_SID = re.compile("AC[0-9a-f]{32}")
_TOKEN = re.compile("[0-9a-f]{32}")


def draw() -> None:
    """The steps, the form, and what Twilio said to what was typed."""
    st.header("Go live")
    if st.session_state.get(_SAVED):
        show_saved()
        return
    settings = services().settings
    if settings.credentials:
        _switch("Go live with the account that is set up", "live")
    st.markdown(
        "1. Open an account at Twilio and buy a number that can send MMS.\n"
        "2. Register the number for the traffic that you send (A2P 10DLC in the US, or toll-free verification).\n"
        "3. Type the account SID and the auth token from the start page of the Twilio Console.\n"
        "4. Choose what to send from, and save.\n"
        "5. Send a test message to your own phone first."
    )
    with st.container(border=True, key="live_form"):
        st.text_input(
            "Account SID", key="live_sid", placeholder="AC…", autocomplete="off", live=True, on_change=look_at_typed
        )
        st.text_input(
            "Auth token", key="live_token", type="password", autocomplete="off", live=True, on_change=look_at_typed
        )
        for sentence in _not_yet(*_typed()):
            st.caption(sentence)
        st.button("Try them", type="primary", key="live_try", on_click=try_credentials)
    report: AccountReport | None = st.session_state.get(_TRIED)
    show_report(report)
    if report and report.is_usable:
        _choose_and_save(report)


def draw_back_to_practice() -> None:
    """One switch; the account stays set up."""
    if st.session_state.get(_SAVED):
        show_saved()
        return
    st.header("Back to practice")
    st.write("Nothing leaves this computer in practice. Account and number stay set up for the way back.")
    _switch("Go back to practice", "practice")


def show_saved() -> None:
    """What was done, and what comes next."""
    st.success(f"Saved. {what_now()}", icon=":material/check_circle:")


def _switch(label: str, mode: str) -> None:
    if saves_settings() and not set_outside({"MMS_MODE": mode}):
        st.button(label, key=f"switch_to_{mode}", on_click=switch, args=(mode,), icon=":material/swap_horiz:")
    else:
        st.write(f"{label}: set this where your settings come from, and start the app again.")
        st.code(f"MMS_MODE={mode}", language=None)


@deed(Permission.CHANGE_SETTINGS)
def switch(mode: str) -> None:
    save_settings(env_path(), {"MMS_MODE": mode}, by=person(), ledger=services().ledger)
    _saved()


def _typed() -> tuple[str, str]:
    return st.session_state["live_sid"].strip(), st.session_state["live_token"].strip()


@deed(Permission.CHANGE_SETTINGS)
def try_credentials() -> None:
    """Sign in with what was typed."""
    sid, token = _typed()
    st.session_state[_TRIED] = check_account(Account(asked_address(env_path()), sid, sid, token), every_service=True)


def look_at_typed() -> None:
    """Try the credentials as soon as both look whole; what was said about others is taken back."""
    st.session_state.pop(_TRIED, None)
    sid, token = _typed()
    if sid and token and not _not_yet(sid, token):
        try_credentials()


def _not_yet(sid: str, token: str) -> list[str]:
    """Sentences for what does not look like Twilio's yet; nothing is said about an empty field."""
    found = []
    if sid and not _SID.fullmatch(sid):
        found.append(f"An account SID is AC and 32 digits or letters a to f; this has {len(sid)} of 34 characters.")
    if token and not _TOKEN.fullmatch(token):
        found.append(f"An auth token is 32 digits or letters a to f; this has {len(token)} of 32 characters.")
    return found


def _choose_and_save(report: AccountReport) -> None:
    able = [sender.address for sender in report.senders if sender.mms]
    if not able:
        st.warning("No number of this account can send pictures. Buy one with MMS in the Twilio Console.")
        return
    names = {sender.address: sender.name for sender in report.senders}
    chosen = st.selectbox(
        "Send from", able, format_func=lambda one: f"{phone(one)} ({names[one]})", key="live_sender", width=480
    )
    choice = LiveChoice(*_typed(), str(chosen))
    if outside := set_outside(choice.changes()):
        st.info(f"Your settings come from the environment ({plain(', '.join(outside))}). Put these lines there:")
    elif not saves_settings():
        st.info("Settings are not saved from the browser here. Put these lines where your settings come from:")
    else:
        st.button("Save and go live", type="primary", key="live_save", on_click=save, args=(choice,))
        st.caption("Saved on this computer in the file .env, readable by you alone. The token is never shown again.")
        return
    st.code(as_lines(choice.changes()), language=None)
    st.caption("The token is the one you typed. Start the app again afterwards.")


@deed(Permission.CHANGE_SETTINGS)
def save(choice: LiveChoice) -> None:
    """Write it, and forget the token here."""
    save_settings(env_path(), choice.changes(), by=person(), ledger=services().ledger)
    for key in ("live_token", _TRIED):
        st.session_state.pop(key, None)
    _saved()


def _saved() -> None:
    st.session_state[_SAVED] = True
    new_start.start_anew()
