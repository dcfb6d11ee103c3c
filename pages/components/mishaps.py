"""What nobody foresaw: a person gets a reference, the log gets the same reference with the traceback."""

import logging
import secrets

import streamlit as st

_LOG = logging.getLogger("mms.pages")


def on_script_error(error: Exception) -> bool:
    """For `st.App`: True says that the page has been told."""
    reference = secrets.token_hex(4)
    _LOG.error("A page failed, reference %s", reference, exc_info=error)
    st.error(
        f"**Something went wrong on this page.** Nothing was sent by it. Reload the page to try again. "
        f"If it happens again, give your administrator the reference **{reference}**: it stands in the log.",
        icon=":material/error:",
    )
    return True
