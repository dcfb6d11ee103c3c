"""The page Recurring sends: set up after one look at all of it, paused, gone on with, deleted."""

import pytest

from mms.campaigns.drafts.templates import save_message
from mms.campaigns.launch.submission import Content
from mms.lists.conditions import Asks, Condition
from mms.lists.merging import save_new_list
from mms.lists.segments import save_segment
from mms.recipients import CheckOptions, check, read_upload
from mms.recurring.sends import all_sends
from mms.recurring.states import SendState
from mms.roles import LOCAL_ADMIN

MEMBERS = "Name,Mobile,City\nAna,212-555-0151,Denver\nBen,312-555-0152,Boston\n"


@pytest.fixture
def members(shared):
    upload = read_upload(MEMBERS.encode(), file_name="members.csv")
    checked = check(upload, CheckOptions(phone_column="Mobile", allow_fictional=True))
    list_id = save_new_list(shared.ledger, checked, "Members", by=LOCAL_ADMIN)
    save_segment(shared.ledger, "Denver", list_id, [Condition(Asks.COLUMN_IS, "City", "Denver")], by=LOCAL_ADMIN)
    return list_id


def sends(shared):
    with shared.ledger.read() as connection:
        return all_sends(connection, shared.mode)


def filled(page, text="Hi {Name}. Reply STOP to opt out"):
    page.text_input(key="recurring_name").set_value("Monthly offer").run()
    area = next(one for one in page.text_area if one.key.startswith("recurring_text_0"))
    area.set_value(text).run()
    page.checkbox(key="recurring_consent").check().run()
    assert not page.exception
    return page


@pytest.fixture
def monthly(open_page, shared, members):
    page = filled(open_page("recurring"))
    assert any("**2 people** would get it today" in one.value for one in page.markdown)
    page.button(key="recurring_add").click().run()
    assert not page.exception
    return page


def test_without_a_list_the_way_there_is_shown(open_page):
    page = open_page("recurring")
    assert any("no list yet" in one.value for one in page.info)
    assert not any(one.key == "recurring_add" for one in page.button)


def test_a_monthly_send_is_set_up(monthly, shared):
    (one,) = sends(shared)
    assert (one.name, one.rhythm.every, one.rhythm.day, one.rhythm.at) == ("Monthly offer", "month", 1, "10:00")
    assert one.steps[0].body == "Hi {Name}. Reply STOP to opt out"
    assert "Monthly offer" in [one.value for one in monthly.subheader]
    assert monthly.text_input(key="recurring_name").value == ""


@pytest.mark.parametrize("missing", ["name", "text", "consent"])
def test_what_is_missing_is_said_and_nothing_is_set_up(open_page, shared, members, missing):
    page = filled(open_page("recurring"))
    if missing == "name":
        page.text_input(key="recurring_name").set_value(" ").run()
    elif missing == "text":
        next(one for one in page.text_area if one.key.startswith("recurring_text_0")).set_value(" ").run()
    else:
        page.checkbox(key="recurring_consent").uncheck().run()
    assert page.button(key="recurring_add").disabled
    assert sends(shared) == []


def test_a_weekly_send_to_a_segment_with_a_saved_message(open_page, shared, members):
    save_message(shared.ledger, "Hello", Content("Hi {Name}", ("https://pictures.example/a.jpg",)), by=LOCAL_ADMIN)
    page = open_page("recurring")
    page.segmented_control(key="recurring_how").set_value("week").run()
    page.selectbox(key="recurring_weekday").set_value("Friday").run()
    page.selectbox(key="recurring_people").select_index(1).run()
    page.selectbox(key="recurring_begin_0").select_index(1).run()
    page.text_input(key="recurring_name").set_value("Fridays").run()
    page.checkbox(key="recurring_consent").check().run()
    page.button(key="recurring_add").click().run()
    assert not page.exception
    (one,) = sends(shared)
    assert (one.rhythm.every, one.rhythm.day, one.segment_id is not None) == ("week", 5, True)
    assert (one.steps[0].body, one.steps[0].media_urls) == ("Hi {Name}", ("https://pictures.example/a.jpg",))


def test_a_series_of_three(open_page, shared, members):
    page = open_page("recurring")
    page.segmented_control(key="recurring_how").set_value("series").run()
    page.number_input(key="series_count").set_value(3).run()
    for at, text in enumerate(("One", "Two", "Three")):
        next(one for one in page.text_area if one.key.startswith(f"recurring_text_{at}")).set_value(text).run()
    page.number_input(key="series_days_2").set_value(5).run()
    page.text_input(key="recurring_name").set_value("Welcome").run()
    page.checkbox(key="recurring_consent").check().run()
    assert any("messages on day 1, day 3, day 8" in one.value for one in page.markdown)
    page.button(key="recurring_add").click().run()
    assert not page.exception
    (one,) = sends(shared)
    assert one.is_series
    assert [(step.body, step.days) for step in one.steps] == [("One", 0), ("Two", 2), ("Three", 5)]


def test_it_is_paused_gone_on_with_and_deleted(monthly, shared):
    monthly.button(key="recurring_pause_1").click().run()
    assert sends(shared)[0].state is SendState.PAUSED
    assert any("Paused by" in one.value for one in monthly.warning)
    monthly.button(key="recurring_go_on_1").click().run()
    assert sends(shared)[0].state is SendState.ACTIVE
    monthly.button(key="recurring_delete_1").click().run()
    assert not monthly.exception
    assert sends(shared) == []


def test_a_brace_without_partner_is_a_sentence(open_page, shared, members):
    page = filled(open_page("recurring"), "Hi {Name")
    page.button(key="recurring_add").click().run()
    assert not page.exception
    assert "brace" in page.error[0].value
    assert sends(shared) == []
