"""Before messages go to real people: what is shown and asked, with the stand-in used as if it were Twilio."""

import pytest
from sqlalchemy import func, select

from mms.ledger.tables import campaigns
from pages.components.registration_card import ask_again

GOOD = "Name,Phone\nAna,212-555-0151\nBen,312-555-0152\n"


@pytest.fixture
def live(stand_in, monkeypatch):
    """Asked for before the pages read their settings."""
    address = stand_in.address
    monkeypatch.setenv("TWILIO_API_BASE_URL", address.base_url)
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", address.account_sid)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", address.auth_token)
    monkeypatch.setenv("TWILIO_MESSAGING_SERVICE_SID", address.messaging_service_sid)
    monkeypatch.setenv("MMS_CONFIRM_ABOVE", "3")
    stand_in.remote.set_faults()
    yield stand_in
    stand_in.remote.set_faults()


def count(shared):
    with shared.ledger.read() as connection:
        return connection.execute(select(func.count()).select_from(campaigns)).scalar_one()


@pytest.fixture
def asked(live, open_page, draft_of):
    """The open question of a campaign that is ready to go out."""

    def opened(text=GOOD, **faults):
        live.remote.set_faults(**faults)
        ask_again()
        number = draft_of(text, body="Hi {Name}!", consent=True, any_hour=True)
        page = open_page("new_campaign", draft=str(number), step="review")
        return page.button(key="send").click().run()

    return opened


def text_of(page):
    return " ".join(one.value for one in (*page.markdown, *page.info, *page.text))


def test_question_shows_how_many_what_it_costs_and_asks_for_a_test_message(asked, shared):
    page = asked()
    assert not page.exception
    shown = text_of(page)
    assert [
        word for word in ("2 numbers of another Twilio", "Cost:", "Hi {Name}!", "test message") if word not in shown
    ] == []
    assert page.button(key="send_confirmed").disabled
    page.checkbox(key="confirm_without_test").check().run()
    page.button(key="send_confirmed").click().run()
    assert not page.exception
    assert count(shared) == 1


def test_surely_missing_registration_is_overridden_on_purpose(asked, shared):
    page = asked(registration_state="missing")
    assert "30034" in text_of(page)
    page.checkbox(key="confirm_without_test").check().run()
    assert page.button(key="send_confirmed").disabled
    page.checkbox(key="confirm_although_blocked").check().run()
    page.button(key="send_confirmed").click().run()
    assert count(shared) == 1


@pytest.mark.parametrize(("typed", "goes"), [("", False), ("2", False), ("3", True)])
def test_large_number_is_typed(asked, shared, typed, goes):
    page = asked(GOOD + "Cleo,415-555-0153\n")
    page.checkbox(key="confirm_without_test").check().run()
    page.text_input(key="confirm_typed").set_value(typed).run()
    assert page.button(key="send_confirmed").disabled is not goes


def test_banner_names_the_address_and_speaks_of_no_real_people(live, open_page):
    page = open_page("home")
    shown = text_of(page).replace("\\", "")
    assert live.address.base_url.removeprefix("http://") in shown
    assert "real people" not in shown


def test_card_in_settings_says_whether_carriers_let_it_through(live, open_page):
    ask_again()
    page = open_page("setup")
    assert not page.exception
    assert "is approved" in text_of(page)
