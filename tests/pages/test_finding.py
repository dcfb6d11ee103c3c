"""Finding: a name opens what it names, ticked campaigns stand side by side, a person is found by anything."""

import json

import pytest

from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch


@pytest.fixture
def two(shared):
    """Two campaigns to the same two people; their numbers."""
    made = []
    for name in ("Spring", "Summer"):
        new = NewCampaign(
            request_key=name,
            name=name,
            body="Hi",
            media_urls=(),
            columns=("Name", "Phone", "City"),
            phone_column="Phone",
            sender_address=shared.sender_address(),
            account_sid=shared.account.account_sid,
            mode=shared.mode,
            content_hash=name,
            created_by="test",
        )
        people = [
            PlannedRow(2, json.dumps(["Ann Lee", "x", "Boston"]), "+12125550123"),
            PlannedRow(3, json.dumps(["Ben Ode", "x", "Denver"]), "+12125550177"),
        ]
        made.append(launch(shared.ledger, new, people))
    return made


def table(page, key):
    return next(frame for frame in page.dataframe if frame.key == key)


def test_dates_stand_first_and_names_second(open_page, two):
    for name, key in (("campaigns", "campaigns_table"), ("compare", "compare_table")):
        assert list(table(open_page(name), key).value.columns[:2]) == ["Sent on", "Name"]


def test_ticked_campaigns_are_put_side_by_side_with_replies_and_opt_outs(open_page, two):
    page = open_page("campaigns")
    page.session_state["campaigns_table"] = {"selection": {"rows": [0, 1], "columns": [], "cells": []}}
    page = page.run().button(key="compare_ticked").click().run()
    shown = page.dataframe[0].value
    assert list(shown.columns) == ["Summer", "Spring"]
    assert {"People who replied", "Opt-outs"} <= set(shown.index)


def test_phone_gets_cards_with_escaped_names(open_page, two):
    page = open_page("campaigns")
    cards = next(one.proto.body for one in page.get("html") if "mms-cards" in one.proto.body)
    assert f'<a href="campaign?id={two[0]}" target="_self">Spring</a>' in cards


@pytest.mark.parametrize("text", ["lee", "0123", "boston"], ids=["name", "last four", "another column"])
def test_person_is_found_by_anything(open_page, two, text):
    page = open_page("person", find=text)
    assert [one.proto.label for one in page.get("page_link") if "212" in one.proto.label] == ["+1 212-555-0123"]


def test_whole_number_shows_the_person_at_once(open_page, two):
    page = open_page("person")
    page.text_input(key="person_number").set_value("(212) 555-0123").run()
    assert page.query_params["number"] == "+12125550123"
    assert len(table(page, "person_contacts").value) == 2
