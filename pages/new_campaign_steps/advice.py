"""What carriers filter, told beside the text: each with an example and where Twilio says so."""

import streamlit as st

from mms.message.content_check import FILTERED, content_findings
from pages.components.safe import plain


def draw(body: str) -> None:
    """Nothing while there is nothing to say."""
    for found in content_findings(body):
        source = f"[Twilio {FILTERED}]({found.source})"
        st.info(f"{plain(found.message)} {plain(found.example)} {source}", icon=":material/lightbulb:")
