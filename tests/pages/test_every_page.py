"""Every page with an empty ledger: no trace, one title, and the banner that says which world this is."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
NAMES = [path.stem for path in (ROOT / "pages").glob("*.py") if path.stem != "frame"]


@pytest.mark.parametrize("name", NAMES)
def test_page_draws_over_an_empty_ledger(open_page, name):
    page = open_page(name)
    assert not page.exception
    assert len(page.title) == 1
    assert "Practice: nothing leaves this computer" in page.info[0].value


@pytest.mark.parametrize(
    "address", [{}, {"id": "99"}, {"id": "x"}, {"id": "٣"}], ids=["none", "unknown", "word", "digit"]
)
def test_campaign_that_is_not_there_is_a_sentence(open_page, address):
    page = open_page("campaign", **address)
    assert not page.exception
    assert len(page.warning) == 1


def test_draft_that_is_gone_begins_a_new_one(open_page):
    page = open_page("new_campaign", draft="99", step="review")
    assert not page.exception
    assert "gone" in page.warning[0].value


def test_wrong_settings_are_all_named(shared, monkeypatch):
    st.cache_resource.clear()
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC1")
    monkeypatch.setenv("MMS_RATE", "fast")
    page = AppTest.from_file(ROOT / "pages" / "frame.py", default_timeout=30).run()
    said = " ".join(text.value for text in page.text)
    assert "MMS_RATE" in said
    assert "TWILIO_AUTH_TOKEN" in said


def test_launcher_runs_under_apptest(shared):
    page = AppTest.from_file(ROOT / "app.py", default_timeout=30).run()
    assert not page.exception
    assert page.title[0].value == "Start"


def variants(page):
    return {key: page.button(key=key).proto.type for key in ("home_new", "home_sample")}


def test_start_has_one_main_step_for_newcomers_and_for_others(open_page, draft_of):
    assert variants(open_page("home")) == {"home_new": "secondary", "home_sample": "primary"}
    draft_of("Name,Phone\nAna,212-555-0151\n")
    assert variants(open_page("home")) == {"home_new": "primary", "home_sample": "secondary"}


TRIAL_ACCOUNT = {"sid": "AC" + "d" * 32, "status": "active", "type": "Trial"}
NUMBERS = {
    "incoming_phone_numbers": [
        {"phone_number": "+19075550190", "friendly_name": "Shop", "capabilities": {"mms": True}}
    ],
    "end": 0,
    "next_page_uri": None,
}


@pytest.fixture
def on_trial(odd_twilio, monkeypatch):
    """Live mode with a trial account; asked for before the pages read their settings."""
    odd = odd_twilio(lambda _, target: (200, NUMBERS if "IncomingPhoneNumbers" in target else TRIAL_ACCOUNT, {}))
    monkeypatch.setenv("TWILIO_API_BASE_URL", odd.base_url)
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", odd.account.account_sid)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "0" * 32)
    monkeypatch.setenv("TWILIO_PHONE_NUMBER", "+19075550190")


def test_live_start_says_trial_and_that_a_test_message_comes_first(on_trial, open_page):
    page = open_page("home")
    assert not page.exception
    assert any("your own phone" in one.value for one in page.info)
    assert any("trial" in one.value for one in page.warning)
    assert not page.error
    assert "home_sample" not in [one.key for one in page.button]
