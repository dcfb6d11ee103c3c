"""The frame around every page: menu, mode banner, what is being sent now, and the button that stops it."""

import time
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from mms.errors import MmsError, NotAllowed
from mms.ledger.faults import database_sentence
from mms.roles import User
from mms.settings import TWILIO_BASE_URL, Settings
from pages.components import places
from pages.components.cannot_start import cannot_start
from pages.components.going_on import going_on
from pages.components.menu import draw_menu
from pages.components.notices import begin_answers, end_answers
from pages.components.safe import plain
from pages.components.top import scroll_to_top
from pages.components.wiring import person, services, sign_out, signs_in

st.set_page_config(page_icon="📨", layout="wide")
st.html(Path(__file__).parent / "components" / "style.css")


# What `st.Page` is told about each; the groups of the menu stand in `components/menu.py`.
MENU: dict[Path, dict[str, str]] = {
    places.HOME: {"title": "Start", "icon": ":material/home:"},
    places.NEW_CAMPAIGN: {"title": "New campaign", "icon": ":material/add_circle:", "url_path": "new"},
    places.SCHEDULED: {"title": "Scheduled", "icon": ":material/calendar_month:"},
    places.CAMPAIGNS: {"title": "Campaigns", "icon": ":material/send:"},
    places.CAMPAIGN: {"title": "Campaign", "icon": ":material/send:"},
    places.TEMPLATES: {"title": "Templates", "icon": ":material/bookmark:"},
    places.JOIN: {"title": "Join by text", "icon": ":material/person_add:"},
    places.RECURRING: {"title": "Recurring sends", "icon": ":material/event_repeat:"},
    places.REPLIES: {"title": "Replies", "icon": ":material/forum:"},
    places.LISTS: {"title": "Lists", "icon": ":material/groups:"},
    places.PICTURES: {
        "title": "Pictures for each person",
        "icon": ":material/qr_code_2:",
        "url_path": "pictures-for-each",
    },
    places.COMPARE: {"title": "Compare", "icon": ":material/monitoring:"},
    places.PERSON: {"title": "One person", "icon": ":material/person_search:"},
    places.INBOX: {"title": "Practice inbox", "icon": ":material/smartphone:"},
    places.OPT_OUTS: {"title": "Opt-outs", "icon": ":material/do_not_disturb_on:", "url_path": "opt-outs"},
    places.SETUP: {"title": "Settings", "icon": ":material/settings:", "url_path": "settings"},
    places.HELP: {"title": "When something goes wrong", "icon": ":material/help:"},
}


def pages_of(*, practice: bool) -> dict[Path, st.Page]:
    """Every page by its file. A campaign is reached from the list; the practice inbox is offered where there is one."""
    hidden = {places.CAMPAIGN} if practice else {places.CAMPAIGN, places.INBOX}
    return {
        place: st.Page(
            place, **about, default=place == places.HOME, visibility="hidden" if place in hidden else "visible"
        )
        for place, about in MENU.items()
    }


def sign_in(why: str = "Sign in with your company account to go on.") -> None:
    """The way in where people sign in. The page that was asked for is lost on the way: OIDC returns to the start."""
    st.title("MMS Campaigns")
    st.write(plain(why))
    st.button("Sign in", type="primary", icon=":material/login:", key="sign_in", on_click=st.login)
    st.stop()


def no_role(error: NotAllowed) -> None:
    """Signed in, and nobody gave this person a role."""
    st.title("No access yet")
    st.warning(plain(error.message))
    st.button("Sign out", icon=":material/logout:", key="sign_out", on_click=sign_out)
    st.stop()


def admit() -> User | None:
    """Who may see the pages; stops the run for everybody else."""
    if signs_in() and not st.user.get("is_logged_in"):
        sign_in()
    try:
        reader = person()
    except NotAllowed as error:
        if error.code == "session_ended":
            sign_in(error.message)
        no_role(error)
        return None
    return reader


def who_is_here(reader: User) -> None:
    """Below the menu: the menu is pulled up beside the mark, and would cover what stands above it."""
    with st.sidebar:
        st.text(f"{reader.name}, {reader.role}")  # as it is: an e-mail address that can be copied
        st.button("Sign out", icon=":material/logout:", type="tertiary", key="sign_out", on_click=sign_out)


def mode_banner(settings: Settings) -> None:
    """Which world this is, on every page."""
    if settings.is_practice:
        with st.container(key="mode_line"):
            st.info("**Practice: nothing leaves this computer.** Nobody gets a message.", icon=":material/school:")
    elif settings.api_base_url != TWILIO_BASE_URL:
        address = plain(urlsplit(settings.api_base_url).netloc)
        st.badge(f"Live, against {address} instead of Twilio", icon=":material/dns:", color="orange")
    else:
        st.badge("Live: messages go to real people", icon=":material/sensors:", color="green")


def frame() -> None:
    """One run of the script: the frame, then the page that was asked for."""
    try:
        shared = services()
    except (MmsError, SQLAlchemyError) as error:
        st.navigation([st.Page(places.HOME, title="Start", default=True)], position="hidden")
        cannot_start(error if isinstance(error, MmsError) else MmsError(database_sentence(error), code="database"))
        return
    pages = pages_of(practice=shared.settings.is_practice)
    page = st.navigation(list(pages.values()), position="hidden")
    reader = admit()
    draw_menu(pages)
    if reader and signs_in():
        who_is_here(reader)
    places.turn_page(page, pages)
    mode_banner(shared.settings)
    with st.container(
        key="frame"
    ):  # what comes and goes keeps its place, else the page below is built anew and loses the cursor
        going_on()
        answer = st.container(key="answer")
        scroll_to_top(turn=time.monotonic_ns())
    begin_answers(page.url_path)
    page.run()
    end_answers(page.url_path, answer)


frame()
