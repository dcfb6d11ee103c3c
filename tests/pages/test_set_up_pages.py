"""Opt-outs, settings and help: what is typed takes effect, what does not fit is a sentence."""

import pytest

from mms.access.api_keys import holder, open_keys
from mms.ledger import opt_outs
from mms.ledger.opt_outs import everyone
from mms.reports.comparison.alerts import thresholds
from mms.reports.cost.prices import prices
from mms.retention.policy import retention_days


def test_number_is_added_and_taken_off(open_page, shared):
    page = open_page("opt_outs")
    page.text_input(key="opt_out_number").set_value("(212) 555-0151")
    page.button(key="opt_out_add").click().run()
    with shared.ledger.read() as connection:
        assert everyone(connection) == {"+12125550151"}
    page.session_state["opt_out_table"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    page.run()
    page.button(key="opt_out_remove").click().run()
    with shared.ledger.read() as connection:
        assert everyone(connection) == frozenset()


def test_number_that_is_none_is_a_sentence(open_page, shared):
    page = open_page("opt_outs")
    page.text_input(key="opt_out_number").set_value("call me")
    page.button(key="opt_out_add").click().run()
    assert len(page.error) == 1
    with shared.ledger.read() as connection:
        assert everyone(connection) == frozenset()


def test_list_is_shown_before_it_is_taken_over(open_page, shared):
    page = open_page("opt_outs")
    page.file_uploader(key="opt_out_file_0").upload("stop.txt", b"2125550151\n312\n3125550152\n", "text/plain").run()
    with shared.ledger.read() as connection:
        assert everyone(connection) == frozenset()
    page.button(key="opt_out_import").click().run()
    with shared.ledger.read() as connection:
        assert everyone(connection) == {"+12125550151", "+13125550152"}


def test_opted_out_people_are_in_no_campaign(open_page, draft_of, shared):
    with shared.ledger.write() as connection:
        opt_outs.add(connection, ["+12125550151"], source=opt_outs.REPLY, at=1.0)
    number = draft_of("Name,Phone\nAna,212-555-0151\nBen,312-555-0152\n", body="Hi", consent=True)
    page = open_page("new_campaign", draft=str(number), step="review")
    assert page.button(key="send").label == "Send 1 message"


def test_key_is_shown_once_and_opens_the_api(open_page, shared):
    page = open_page("setup")
    page.session_state["setup_tabs"] = "API keys"
    page.run()
    page.text_input(key="key_name").set_value("shop")
    page.button(key="key_make").click().run()
    shown = page.code[0].value
    with shared.ledger.read() as connection:
        assert holder(open_keys(connection, shared.settings, shared.ledger.now(connection)), shown).name == "shop"
    page.button(key="key_copied").click().run()
    assert shown not in [one.value for one in page.code]


def test_prices_and_alarms_are_kept(open_page, shared):
    page = open_page("setup")
    page.session_state["setup_tabs"] = "Prices"
    page.run()
    page.text_input(key="price_mms_long_code").set_value("0.03")
    page.button(key="prices_save").click().run()
    page.session_state["setup_tabs"] = "Alarms"
    page.run()
    page.number_input(key="alarm_delivery").set_value(80.0)
    page.button(key="alarms_save").click().run()
    with shared.ledger.read() as connection:
        assert prices(connection).mms_long_code == "0.03"
        assert thresholds(connection).delivery_below == pytest.approx(0.8)


def test_price_that_is_none_is_a_sentence(open_page):
    page = open_page("setup")
    page.session_state["setup_tabs"] = "Prices"
    page.run()
    page.text_input(key="price_mms_long_code").set_value("much")
    page.button(key="prices_save").click().run()
    assert len(page.error) == 1


def test_connection_is_checked_on_request(open_page):
    page = open_page("setup")
    page.button(key="check_connection").click().run()
    assert "Twilio lets us in." in page.success[0].value


@pytest.fixture
def twilio_elsewhere(stand_in, monkeypatch):
    """Asked for before the pages read their settings."""
    monkeypatch.setenv("TWILIO_API_BASE_URL", stand_in.address.base_url)
    return stand_in.address


def test_typed_credentials_are_tried_where_settings_point(twilio_elsewhere, open_page):
    page = open_page("setup")
    page.text_input(key="live_sid").set_value(twilio_elsewhere.account_sid)
    page.text_input(key="live_token").set_value(twilio_elsewhere.auth_token)
    page.button(key="live_try").click().run()
    assert "Twilio lets us in." in page.success[0].value
    offered = page.selectbox(key="live_sender").options
    assert [one for one in offered if "ervice" in one] == [one for one in offered if "Practice service" in one] != []
    assert not any("without" in one for one in offered)


def test_credentials_are_tried_as_soon_as_both_are_complete(twilio_elsewhere, open_page):
    page = open_page("setup")
    page.text_input(key="live_sid").set_value(twilio_elsewhere.account_sid[:-1]).run()
    assert any("33 of 34" in one.value for one in page.caption)
    page.text_input(key="live_sid").set_value(twilio_elsewhere.account_sid).run()
    page.text_input(key="live_token").set_value("0" * 31).run()
    assert not page.error
    page.text_input(key="live_token").set_value("0" * 32).run()
    assert len(page.error) == 1
    page.text_input(key="live_token").set_value("0" * 33).run()
    assert not page.error


def test_help_finds_a_code(open_page):
    page = open_page("help")
    page.text_input(key="code_search").set_value("30007").run()
    assert list(page.dataframe[0].value["Code"]) == [30007]


def test_person_is_forgotten_also_in_memory(open_page, draft_of, shared):
    number = draft_of("Name,Phone\nAna,212-555-0151\nBen,312-555-0152\n", body="Hi {Name}")
    open_page("new_campaign", draft=str(number), step="check")
    page = open_page("setup")
    page.session_state["setup_tabs"] = "Data"
    page.run()
    page.text_input(key="data_number").set_value("212-555-0151")
    page.button(key="erase").click().run()
    assert not page.exception
    assert not page.error
    again = open_page("new_campaign", draft=str(number), step="check")
    assert {metric.label: metric.value for metric in again.metric}["Ready to send"] == "1"


def test_days_are_kept(open_page, shared):
    page = open_page("setup")
    page.session_state["setup_tabs"] = "Data"
    page.run()
    page.number_input(key="retention_days").set_value(30)
    page.button(key="retention_save").click().run()
    with shared.ledger.read() as connection:
        assert retention_days(connection) == 30
