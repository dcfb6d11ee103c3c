"""Start: where one is, what is missing, and one next step."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mms.campaigns.drafts.drafts import all_drafts
from mms.campaigns.drafts.sample import new_sample_draft
from mms.reports import CampaignFilter, campaign_list
from mms.roles import Permission
from pages.components import places
from pages.components.account_kind import account_kind
from pages.components.notices import deed
from pages.components.open_drafts import links_to
from pages.components.reader import phone
from pages.components.recent import recent_campaigns
from pages.components.wiring import person, services
from pages.home_parts import going, this_month

TEST_FIRST = (
    "Before your first live campaign, send one message to your own phone: "
    "on the step Compose, open “Send a test to your own phone” beneath the preview."
)


@deed(Permission.SEND)
def try_sample() -> None:
    draft_id = new_sample_draft(services().ledger, services().settings, by=person())
    places.open_next(places.NEW_CAMPAIGN, draft=str(draft_id), step="check")


def next_step() -> None:
    """The one thing to do now: a newcomer tries the sample, everybody else goes on or begins."""
    shared = services()
    drafts = all_drafts(shared.ledger, limit=3)
    with shared.ledger.read() as connection:
        _, sent = campaign_list(connection, CampaignFilter(mode=shared.mode), page_size=1)
        _, tested = campaign_list(connection, CampaignFilter(mode=shared.mode, kinds=("test",)), page_size=1)
    practice = shared.settings.is_practice
    newcomer = practice and not drafts and not sent
    with st.container(border=True):
        st.header("Next step")
        if drafts:
            st.write("You have campaigns that are not sent yet.")
            links_to(drafts)
        elif newcomer:
            st.write("New here? The sample shows the whole way in under a minute, and nobody gets a message.")
        else:
            st.write("Upload a list of people, check it, write the message, look at it once more, send.")
        if not practice and not sent and not tested:
            st.info(TEST_FIRST, icon=":material/send_to_mobile:")
        _buttons(practice=practice, newcomer=newcomer)


def _buttons(*, practice: bool, newcomer: bool) -> None:
    with st.container(horizontal=True):
        if newcomer:
            _sample(main=True)
        if st.button(
            "New campaign", type="secondary" if newcomer else "primary", icon=":material/add_circle:", key="home_new"
        ):
            st.switch_page(places.NEW_CAMPAIGN)
        if practice and not newcomer:
            _sample(main=False)


def _sample(*, main: bool) -> None:
    st.button(
        "Try the sample campaign",
        type="primary" if main else "secondary",
        icon=":material/science:",
        key="home_sample",
        on_click=try_sample,
        help="Made-up people and a picture; one answers, one opts out. It takes a minute, and nobody gets a message.",
    )


def where_you_are() -> DeltaGenerator:
    """Mode and sender, and what keeps messages from going to real people; returns the place for what Twilio says."""
    shared = services()
    practice = shared.settings.is_practice
    with st.container(border=True):
        st.header("Where you are")
        st.write("**Practice.** A stand-in for Twilio on this computer." if practice else "**Live**, through Twilio.")
        from_twilio = st.container()
        names = ("Messaging service" if address.startswith("MG") else phone(address) for address in shared.senders)
        st.text(f"Messages come from {' or '.join(names)}." if shared.senders else "There is no number to send from.")
        if practice:
            st.write("To send to real people you need a Twilio account and a number that can send pictures.")
        st.page_link(
            places.SETUP, label="Go live" if practice else "Check the connection", icon=":material/arrow_forward:"
        )
    return from_twilio


st.title("Start")
left, right = st.columns([3, 2])
with left:
    next_step()
with right:
    from_twilio = where_you_are()
this_month.draw()
going.draw()
st.header("Lately")
recent_campaigns()
if not services().settings.is_practice:
    with from_twilio:
        account_kind()  # last, because the rest of the page does not wait for Twilio
