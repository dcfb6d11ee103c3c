"""The handles that all sessions of this process share, and who sits at the screen."""

import streamlit as st

from mms.access.sessions import end_session
from mms.access.sign_in import admitted
from mms.delivery.queue.watchfulness import Heartbeat
from mms.roles import User
from mms.services import Services, connect


@st.cache_resource(show_spinner=False)
def services() -> Services:
    """Settings, ledger and account; opened by the first visitor, shared by all.

    Raises:
        MmsError: with the sentence to show, when the settings or the database do not allow it.
    """
    return connect()


@st.cache_resource(show_spinner=False)
def heartbeat() -> Heartbeat:
    """Whether somebody does the work; one memory of since when for all visitors."""
    shared = services()
    return Heartbeat(shared.ledger, shared.account.account_sid)


def signs_in() -> bool:
    """Whether people sign in here (OIDC in `.streamlit/secrets.toml`)."""
    return bool(st.secrets.load_if_toml_exists()) and "auth" in st.secrets


def person() -> User:
    """Who is at the screen, with their role.

    Raises:
        NotAllowed: nobody gave this person a role, or the sign-in has ended.
    """
    shared = services()
    return admitted(shared.ledger, shared.settings, st.user.to_dict() if signs_in() else None)


def sign_out() -> None:
    """End the session here, then forget the cookie in this browser."""
    shared = services()
    claims = st.user.to_dict()
    end_session(shared.ledger, claims, person=str(claims.get("email") or "somebody").strip().lower())
    st.logout()


def who() -> str:
    """Whom the audit trail names for what this session does."""
    return person().name


def saves_settings() -> bool:
    """Whether settings may be saved from the browser: where only this computer itself reaches the dashboard."""
    return not signs_in() and not services().settings.allow_remote_without_sign_in
