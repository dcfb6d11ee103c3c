"""What is shown, and asked, before messages go to real people: number, text, cost, end, and what speaks against it."""

from decimal import Decimal

import streamlit as st

from mms.campaigns.drafts.drafts import Draft
from mms.campaigns.launch.live_questions import Question, excess, is_typed, questions
from mms.campaigns.pictures.media_check import MediaFindings
from mms.campaigns.test_message import was_tested
from mms.errors import CampaignError
from mms.reports.cost.budget import require_within
from mms.reports.cost.campaign_cost import dollars
from mms.settings import TWILIO_BASE_URL
from mms.twilio_client.registration import Light, Registration, money_for, pace_of
from pages.components.reader import clock, counted, day
from pages.components.registration_card import registration_card, registration_of
from pages.components.safe import plain
from pages.components.wiring import person, services
from pages.new_campaign_steps import expected

_TYPED, _BLOCKED, _UNTESTED = "confirm_typed", "confirm_although_blocked", "confirm_without_test"

GEO_PERMISSIONS = (
    "Some of these numbers are in other countries. Twilio does not let programs read whether your account may send "
    "there: look in its Console under Messaging, Settings, Geo permissions."
)


def draw(current: Draft, findings: MediaFindings, recipients: list[str]) -> list[str]:
    """Returns what still keeps the button from being pressed, which it has said, too."""
    shared = services()
    who = "real people" if shared.settings.api_base_url == TWILIO_BASE_URL else "numbers of another Twilio"
    st.markdown(f"### {len(recipients):,} {who}")
    with st.container(border=True):
        for verdict in findings.verdicts.values():
            if verdict.thumbnail:
                st.image(verdict.thumbnail, width=160, alt="The picture of this message")
        st.text(current.content.body or "No text")
    found = expected.of(current, recipients, has_media=bool(findings.verdicts))
    st.write(f"Cost: {plain(dollars(found.cost.low, found.cost.high))}")
    if over := _over_budget(found.cost.high):
        st.warning(f"This goes ${over:,.2f} over this month's budget. Only an admin can send it.")
    standing = _registration(_sender(current))
    if short := money_for(standing, float(found.cost.high)):
        st.warning(f"{plain(short.sentence)} {plain(short.next_step)}")
    if found.cost.converted:
        st.info(GEO_PERMISSIONS)
    if found.end:
        st.write(f"The last one goes out {day(found.end)} at {clock(found.end)}.")
    if slow := pace_of(standing, len(recipients)):
        st.write(plain(slow))
    st.write("Messages that went out cannot be called back.")
    _questions(_sender(current), len(recipients))
    held = _held(current, len(recipients))
    for sentence in held:
        st.write(f":material/radio_button_unchecked: {sentence}")
    return held


def _over_budget(forecast: Decimal) -> Decimal | None:
    return excess(services().settings, services().ledger, forecast)


def _sender(current: Draft) -> str:
    return services().sender_address(current.content.sender)


def _questions(address: str, count: int) -> None:
    if _registration(address).light is not Light.GREEN:
        registration_card(address)
    for question in _asked(address, count):
        if question is Question.BLOCKED:
            st.checkbox("Send although carriers will block it", key=_BLOCKED)
        elif question is Question.UNTESTED:
            st.info("Send a test message to your own phone first, from the preview of the message.")
            st.checkbox("Send without a test message", key=_UNTESTED)
        else:
            st.text_input(f"Type the number of people ({count}) to confirm it", key=_TYPED)


def _asked(address: str, count: int) -> tuple[Question, ...]:
    shared = services()
    is_tested = was_tested(shared.ledger, shared.account.account_sid, address)
    above = shared.settings.confirm_above
    return tuple(questions(_registration(address).light, is_tested=is_tested, people=count, confirm_above=above))


def _held(current: Draft, count: int) -> list[str]:
    """What was not confirmed; one rule for the button and for the launch itself."""
    state = st.session_state
    said = {
        Question.BLOCKED: bool(state.get(_BLOCKED)),
        Question.UNTESTED: bool(state.get(_UNTESTED)),
        Question.NUMBER: is_typed(count, state.get(_TYPED, "")),
    }
    missing = {
        Question.BLOCKED: "Say that you want to send although carriers will block it, or register first.",
        Question.UNTESTED: "Send a test message first, or say that you want to go without.",
        Question.NUMBER: f"Type the number of people: {counted(count, 'person', 'people')}.",
    }
    return [missing[question] for question in _asked(_sender(current), count) if not said[question]]


def _registration(address: str) -> Registration:
    return registration_of(services().account.account_sid, address)


def require(current: Draft, findings: MediaFindings, recipients: list[str]) -> None:
    """Go on only when everything was confirmed.

    Raises:
        CampaignError: code `not_confirmed`, with the first thing that is missing, or `over_budget`.
    """
    cost = expected.of(current, recipients, has_media=bool(findings.verdicts)).cost
    require_within(_over_budget(cost.high), person())
    held = _held(current, len(recipients))
    if held:
        raise CampaignError(held[0], code="not_confirmed")
