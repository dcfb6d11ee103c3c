"""What is set, whether Twilio agrees, and the way from practice to live."""

import re

import streamlit as st

from mms.campaigns.launch.senders import KIND_NAMES, sender_kind
from mms.roles import Permission
from mms.settings import Settings
from mms.twilio_client import Account, AccountReport, check_account, clock_warning
from pages.components.notices import deed
from pages.components.reader import phone
from pages.components.safe import plain
from pages.components.wiring import services

_REPORT = "account_report"
_TRIED = "account_tried"
_SID = re.compile("AC[0-9a-f]{32}")
_TOKEN = re.compile("[0-9a-f]{32}")


def draw() -> None:
    """Facts first, then the check, then going live."""
    settings = services().settings
    _facts(settings)
    st.button("Check the connection", icon=":material/network_check:", key="check_connection", on_click=check_now)
    _report(st.session_state.get(_REPORT))
    if settings.is_practice:
        _go_live()


def _facts(settings: Settings) -> None:
    rate = "by the kind of sender" if settings.rate is None else f"{settings.rate:g}"
    facts = {
        "Mode": "Practice" if settings.is_practice else "Live",
        "Account": settings.credentials.account_sid if settings.credentials else "the stand-in on this computer",
        "Database": "SQLite file" if settings.database_url.startswith("sqlite") else "PostgreSQL",
        "Region of numbers without a country code": settings.region,
        "Messages a second": rate,
        "Public address": settings.public_base_url or "none: receipts are asked for, pictures need a link",
    }
    for label, value in facts.items():
        with st.container(horizontal=True, gap="small"):
            st.text(label, width=320)
            st.text(value)
    for address in services().senders:
        st.text(f"Sender: {KIND_NAMES[sender_kind(address)]} {phone(address)}")


@deed(Permission.SEE)
def check_now() -> None:
    st.session_state[_REPORT] = check_account(services().account, services().senders)


@deed(Permission.CHANGE_SETTINGS)
def try_credentials() -> None:
    """Sign in with what was typed. It is kept nowhere: the settings are written by hand."""
    sid = st.session_state["live_sid"].strip()
    token = st.session_state["live_token"].strip()
    st.session_state[_TRIED] = check_account(
        Account(services().settings.api_base_url, sid, sid, token), every_service=True
    )


def look_at_typed() -> None:
    """Try the credentials as soon as both look whole; what was said about others is taken back."""
    st.session_state.pop(_TRIED, None)
    sid, token = st.session_state["live_sid"].strip(), st.session_state["live_token"].strip()
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


def _report(report: AccountReport | None) -> None:
    if report is None:
        return
    for problem in report.problems:
        st.error(plain(problem))
    if report.is_usable:
        trial = (
            " It is a trial account: it can message only numbers that you verified with Twilio."
            if report.is_trial
            else ""
        )
        st.success(f"Twilio lets us in.{trial}")
    if warning := clock_warning(report.clock_ahead):
        st.warning(plain(warning), icon=":material/schedule:")
    for sender in report.senders:
        can = {True: "can send pictures", False: "cannot send pictures", None: "Twilio does not say"}[sender.mms]
        st.text(f"• {phone(sender.address)} ({phone(sender.name)}): {can}")


def _go_live() -> None:
    st.header("Go live")
    st.markdown(
        "1. Open an account at Twilio and buy a number that can send MMS.\n"
        "2. Register the number for the traffic that you send (A2P 10DLC in the US, or toll-free verification).\n"
        "3. Type the account SID and the token here. They are tried as soon as both are complete, and kept nowhere.\n"
        "4. Write the lines that appear into the file `.env` beside `app.py`.\n"
        "5. Start the app again, and send a test message to your own phone first."
    )
    with st.container(border=True, key="live_form"):
        st.text_input(
            "Account SID", key="live_sid", placeholder="AC…", autocomplete="off", live=True, on_change=look_at_typed
        )
        st.text_input(
            "Auth token", key="live_token", type="password", autocomplete="off", live=True, on_change=look_at_typed
        )
        for sentence in _not_yet(st.session_state["live_sid"].strip(), st.session_state["live_token"].strip()):
            st.caption(sentence)
        st.button("Try them", type="primary", key="live_try", on_click=try_credentials)
    report: AccountReport | None = st.session_state.get(_TRIED)
    _report(report)
    if report and report.is_usable:
        _lines_for_settings(report)


def _lines_for_settings(report: AccountReport) -> None:
    able = [sender.address for sender in report.senders if sender.mms]
    if not able:
        st.warning("No number of this account can send pictures. Buy one with MMS in the Twilio Console.")
        return
    names = {sender.address: sender.name for sender in report.senders}
    chosen = st.selectbox(
        "Send from", able, format_func=lambda one: f"{phone(one)} ({names[one]})", key="live_sender", width=480
    )
    name = "TWILIO_MESSAGING_SERVICE_SID" if str(chosen).startswith("MG") else "TWILIO_PHONE_NUMBER"
    st.write("Put these lines into `.env`; the token is the one you typed:")
    st.code(
        f"TWILIO_ACCOUNT_SID={st.session_state['live_sid'].strip()}\nTWILIO_AUTH_TOKEN=\n{name}={chosen}", language=None
    )
