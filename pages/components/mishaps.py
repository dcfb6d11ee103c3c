"""What nobody foresaw: a person gets a reference, the log gets the same reference with the traceback."""

import logging
import secrets

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from mms.ledger.faults import database_sentence

_LOG = logging.getLogger("mms.pages")


def on_script_error(error: Exception) -> bool:
    """For `st.App`: True says that the page has been told."""
    if isinstance(error, SQLAlchemyError):
        _LOG.error("A page could not use the database (%s)", type(error).__name__)
        st.error(database_sentence(error), icon=":material/database_off:")
        return True
    reference = secrets.token_hex(4)
    _LOG.error("A page failed, reference %s", reference, exc_info=error)
    st.error(
        f"**Something went wrong on this page.** Nothing was sent by it. Reload the page to try again. "
        f"If it happens again, give your administrator the reference **{reference}**: it stands in the log.",
        icon=":material/error:",
    )
    return True
