"""Start: where one is, what is missing, and one next step."""

import streamlit as st

from mms.campaigns.drafts import all_drafts
from mms.campaigns.sample import new_sample_draft
from mms.roles import Permission
from pages.parts import places
from pages.parts.notices import deed
from pages.parts.open_drafts import links_to
from pages.parts.reader import phone
from pages.parts.recent import recent_campaigns
from pages.parts.undecided import undecided_messages
from pages.parts.wiring import services, who


@deed(Permission.SEND)
def try_sample() -> None:
    draft_id = new_sample_draft(services().ledger, services().settings, owner=who())
    places.open_next(places.NEW_CAMPAIGN, draft=str(draft_id), step="check")


def next_step() -> None:
    """The one thing to do now: go on with a draft, else begin."""
    drafts = all_drafts(services().ledger, limit=3)
    with st.container(border=True):
        st.header("Next step")
        if drafts:
            st.write("You have campaigns that are not sent yet.")
            links_to(drafts)
        else:
            st.write("Upload a list of people, check it, write the message, look at it once more, send.")
        with st.container(horizontal=True):
            if st.button("New campaign", type="primary", icon=":material/add_circle:", key="home_new"):
                st.switch_page(places.NEW_CAMPAIGN)
            if services().settings.is_practice:
                st.button(
                    "Try the sample campaign",
                    icon=":material/science:",
                    key="home_sample",
                    on_click=try_sample,
                    help="Twelve made-up people and a picture. It takes under a minute, and nobody gets a message.",
                )


def where_you_are() -> None:
    """Mode, account and sender, and what keeps messages from going to real people."""
    shared = services()
    practice = shared.settings.is_practice
    with st.container(border=True):
        st.header("Where you are")
        st.write("**Practice.** A stand-in for Twilio on this computer." if practice else "**Live**, through Twilio.")
        st.write("Messages come from:")
        for address in shared.senders:
            st.text(f"• {'Messaging service' if address.startswith('MG') else phone(address)}")
        if practice:
            st.write("To send to real people you need a Twilio account and a number that can send pictures.")
        st.page_link(
            places.SETUP, label="Go live" if practice else "Check the connection", icon=":material/arrow_forward:"
        )


st.title("Start")
left, right = st.columns([3, 2])
with left:
    next_step()
with right:
    where_you_are()
st.header("Lately")
undecided_messages()
recent_campaigns()
