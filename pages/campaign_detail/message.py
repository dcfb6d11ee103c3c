"""The message of a campaign as it was written, and how it was sent."""

import streamlit as st

from mms.campaigns.launch.senders import KIND_NAMES, sender_kind
from mms.campaigns.records import Campaign
from mms.reports.campaign.progress import results_complete
from pages.components.reader import counted, moment, moment_exact, phone
from pages.components.wiring import services


def draw(current: Campaign) -> None:
    """Text, links and choices; all of it as it is stored."""
    if current.purged_at:
        st.write(f"The text and the numbers were deleted on {moment(current.purged_at)}. The figures stay.")
        return
    st.subheader("Text")
    st.text(current.body or "No text")
    st.subheader("Pictures")
    for url in current.media_urls or ("None",):
        st.text(url)
    st.subheader("How")
    rate = current.options.rate
    facts = {
        "From": f"{KIND_NAMES[sender_kind(current.sender_address)]} {phone(current.sender_address)}",
        "Messages a second": "as the sender allows" if rate is None else f"{rate:g}",
        "At night": "also" if current.options.any_hour else "no",
        "First few": str(current.options.canary or "no"),
        "Started": moment_exact(current.started_at),
        "All handed over": moment_exact(current.finished_at),
        "Results complete": _complete(current),
    }
    for label, value in facts.items():
        with st.container(horizontal=True, gap="small"):
            st.text(label, width=180)
            st.text(value)


def _complete(current: Campaign) -> str:
    ledger = services().ledger
    with ledger.read() as connection:
        at, awaited = results_complete(connection, current.id, ledger.now(connection))
    if awaited:
        return f"not yet: no last word about {counted(awaited, 'message')}"
    return moment_exact(at)
