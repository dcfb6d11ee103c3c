"""Every page with an empty ledger: no trace, one title, and the banner that says which world this is."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
NAMES = ["home", "new_campaign", "campaigns", "campaign", "compare", "person", "opt_outs", "inbox", "setup", "help"]


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
