"""What is set, whether Twilio agrees, and the way from practice to live."""

import streamlit as st

from mms.campaigns.launch.senders import KIND_NAMES, sender_kind
from mms.campaigns.pictures.hosted_pictures import PLACE, media_host
from mms.roles import Permission, may
from mms.settings import Settings
from mms.twilio_client import check_account
from pages.components.notices import deed
from pages.components.reader import phone
from pages.components.registration_card import registration_card
from pages.components.wiring import person, services
from pages.settings_tabs import go_live
from pages.settings_tabs.account_report import show_report

_REPORT = "account_report"


def draw() -> None:
    """Facts first, then the check, then going live."""
    settings = services().settings
    _facts(settings)
    st.button("Check the connection", icon=":material/network_check:", key="check_connection", on_click=check_now)
    show_report(st.session_state.get(_REPORT))
    if not settings.is_practice:
        for address in services().senders:
            registration_card(address)
    if not may(person(), Permission.CHANGE_SETTINGS):
        return
    if settings.is_practice:
        go_live.draw()
    else:
        go_live.draw_back_to_practice()


def _facts(settings: Settings) -> None:
    rate = "by the kind of sender" if settings.rate is None else f"{settings.rate:g}"
    facts = {
        "Mode": "Practice" if settings.is_practice else "Live",
        "Account": settings.credentials.account_sid if settings.credentials else "the stand-in on this computer",
        "Database": "SQLite file" if settings.database_url.startswith("sqlite") else "PostgreSQL",
        "Region of numbers without a country code": settings.region,
        "Messages a second": rate,
        "Public address": settings.public_base_url or _without_address(settings),
    }
    for label, value in facts.items():
        with st.container(horizontal=True, gap="small"):
            st.text(label, width=320)
            st.text(value)
    for address in services().senders:
        st.text(f"Sender: {KIND_NAMES[sender_kind(address)]} {phone(address)}")


def _without_address(settings: Settings) -> str:
    if settings.is_practice:
        return "none, and none is needed in practice"
    return f"none: receipts and replies are asked for, pictures are put on the web by {PLACE[media_host(settings)]}"


@deed(Permission.SEE)
def check_now() -> None:
    st.session_state[_REPORT] = check_account(services().account, services().senders)
