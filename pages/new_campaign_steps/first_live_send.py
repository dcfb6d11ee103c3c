"""What is shown, and asked, before messages go to real people: number, text, cost, end, and what speaks against it."""

from decimal import Decimal

import streamlit as st

from mms.campaigns.drafts.drafts import Draft
from mms.campaigns.pictures.media_check import MediaFindings
from mms.campaigns.test_message import was_tested
from mms.errors import CampaignError
from mms.reports.cost.budget import over_budget, require_within
from mms.reports.cost.campaign_cost import dollars
from mms.settings import TWILIO_BASE_URL
from mms.twilio_client.registration import Light
from pages.components.reader import clock, counted, day
from pages.components.registration_card import registration_card, registration_of
from pages.components.safe import plain
from pages.components.wiring import person, services
from pages.new_campaign_steps import expected

_TYPED, _BLOCKED, _UNTESTED = "confirm_typed", "confirm_although_blocked", "confirm_without_test"


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
    if found.end:
        st.write(f"The last one goes out {day(found.end)} at {clock(found.end)}.")
    st.write("Messages that went out cannot be called back.")
    _questions(_sender(current), len(recipients))
    held = _held(current, len(recipients))
    for sentence in held:
        st.write(f":material/radio_button_unchecked: {sentence}")
    return held


def _over_budget(forecast: Decimal) -> Decimal | None:
    shared = services()
    with shared.ledger.read() as connection:
        return over_budget(connection, shared.settings.monthly_budget, forecast, shared.ledger.now(connection))


def _sender(current: Draft) -> str:
    return services().sender_address(current.content.sender)


def _questions(address: str, count: int) -> None:
    shared = services()
    if _light(address) is not Light.GREEN:
        registration_card(address)
    if _light(address) is Light.RED:
        st.checkbox("Send although carriers will block it", key=_BLOCKED)
    if not was_tested(shared.ledger, shared.account.account_sid, address):
        st.info("Send a test message to your own phone first, from the preview of the message.")
        st.checkbox("Send without a test message", key=_UNTESTED)
    if count >= shared.settings.confirm_above:
        st.text_input(f"Type the number of people ({count}) to confirm it", key=_TYPED)


def _held(current: Draft, count: int) -> list[str]:
    """What was not confirmed; one rule for the button and for the launch itself."""
    shared, address, state = services(), _sender(current), st.session_state
    found = []
    if _light(address) is Light.RED and not state.get(_BLOCKED):
        found.append("Say that you want to send although carriers will block it, or register first.")
    if not was_tested(shared.ledger, shared.account.account_sid, address) and not state.get(_UNTESTED):
        found.append("Send a test message first, or say that you want to go without.")
    if count >= shared.settings.confirm_above and _digits(state.get(_TYPED, "")) != str(count):
        found.append(f"Type the number of people: {counted(count, 'person', 'people')}.")
    return found


def _light(address: str) -> Light:
    return registration_of(services().account.account_sid, address).light


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdecimal())


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
