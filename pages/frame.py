"""The frame around every page: menu, mode banner, what is being sent now, and the button that stops it."""

import streamlit as st

from mms.errors import MmsError, SettingsError
from pages.parts import places
from pages.parts.going_on import going_on
from pages.parts.notices import show_notice
from pages.parts.safe import plain
from pages.parts.wiring import services

st.set_page_config(page_icon="📨", layout="wide")


def menu(*, practice: bool) -> dict[str, list[st.Page]]:
    """The pages by heading. The practice inbox is offered where there is one."""
    inbox = st.Page(
        places.INBOX,
        title="Practice inbox",
        icon=":material/smartphone:",
        visibility="visible" if practice else "hidden",
    )
    return {
        "Send": [
            st.Page(places.HOME, title="Start", icon=":material/home:", default=True),
            st.Page(places.NEW_CAMPAIGN, title="New campaign", icon=":material/add_circle:", url_path="new"),
            st.Page(places.CAMPAIGNS, title="Campaigns", icon=":material/send:"),
            st.Page(places.CAMPAIGN, title="Campaign", icon=":material/send:", visibility="hidden"),
        ],
        "Look": [
            st.Page(places.COMPARE, title="Compare", icon=":material/monitoring:"),
            st.Page(places.PEOPLE, title="One person", icon=":material/person_search:"),
            inbox,
        ],
        "Set up": [
            st.Page(places.OPT_OUTS, title="Opt-outs", icon=":material/do_not_disturb_on:", url_path="opt-outs"),
            st.Page(places.SETUP, title="Settings", icon=":material/settings:", url_path="settings"),
            st.Page(places.HELP, title="When something goes wrong", icon=":material/help:"),
        ],
    }


def settings_are_wrong(error: MmsError) -> None:
    """Nothing can be shown without settings and database, so say what to put right and stop."""
    st.title("MMS Campaigns cannot start yet")
    if isinstance(error, SettingsError):
        st.error("Some settings need attention. Put them right in the environment or in the file .env, then restart.")
        for problem in error.problems:
            st.text(f"• {problem}")
    else:
        st.error(plain(error.message))
    st.stop()


def mode_banner(*, practice: bool) -> None:
    """Which of the two worlds this is, on every page."""
    if practice:
        st.info("**Practice: nothing leaves this computer.** Nobody gets a message.", icon=":material/school:")
    else:
        st.badge("Live: messages go to real people", icon=":material/sensors:", color="green")


def frame() -> None:
    """One run of the script: the frame, then the page that was asked for."""
    try:
        shared = services()
    except MmsError as error:
        st.navigation([st.Page(places.HOME, title="Start", default=True)], position="hidden")
        settings_are_wrong(error)
        return
    page = st.navigation(menu(practice=shared.settings.is_practice))
    places.turn_page()
    mode_banner(practice=shared.settings.is_practice)
    going_on()
    show_notice()
    page.run()


frame()
