"""The handles that all sessions of this process share, and who sits at the screen."""

import streamlit as st

from mms.services import Services, connect


@st.cache_resource(show_spinner=False)
def services() -> Services:
    """Settings, ledger and account; opened by the first visitor, shared by all.

    Raises:
        MmsError: with the sentence to show, when the settings or the database do not allow it.
    """
    return connect()


def who() -> str:
    """Whom the audit trail names for what this session does."""
    signed_in = st.user.get("email") or st.user.get("name")
    return str(signed_in) if signed_in else "dashboard"
