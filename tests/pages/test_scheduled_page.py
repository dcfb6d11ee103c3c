"""The page of what is to come: every campaign with its time, and three things that can be done about it."""

import json
import time

import pytest
from sqlalchemy import select

from mms.campaigns.drafts.drafts import all_drafts
from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.ledger.tables import campaigns
from mms.states import CampaignState

DAY = 86_400.0


@pytest.fixture
def scheduled(shared):
    """A campaign of two people that starts in so many seconds; its number."""

    def made(seconds=DAY, name="Spring"):
        new = NewCampaign(
            request_key=f"test-{name}",
            name=name,
            body="Hi {Name}",
            media_urls=(),
            columns=("Name", "Phone"),
            phone_column="Phone",
            sender_address=shared.sender_address(),
            account_sid=shared.account.account_sid,
            mode=shared.mode,
            content_hash=name,
            created_by="test",
            start_at=time.time() + seconds,
        )
        people = [PlannedRow(at, json.dumps([f"P{at}", "x"]), f"+1212555{at + 100:04}") for at in (2, 3)]
        return launch(shared.ledger, new, people)

    return made


def campaign_row(shared, number):
    with shared.ledger.read() as connection:
        return connection.execute(select(campaigns).where(campaigns.c.id == number)).one()


def test_each_day_has_its_heading_and_its_campaigns(open_page, scheduled):
    scheduled(DAY, "Spring")
    scheduled(3 * DAY, "Summer")
    page = open_page("scheduled")
    assert len(page.header) == 2
    assert page.header[0].value.startswith("Tomorrow, ")
    assert [text.value for text in page.text if "people" in text.value] == ["2 people", "2 people"]


def test_send_now_leads_to_the_campaign_and_says_so(open_page, scheduled, shared):
    number = scheduled()
    page = open_page("scheduled")
    page.button(key=f"now_{number}").click().run()
    assert campaign_row(shared, number).start_at <= time.time()
    assert page.title[0].value == "Spring"
    assert page.success[0].value == "Spring is being sent now."


def test_past_time_is_a_sentence_and_no_button(open_page, scheduled, shared):
    number = scheduled()
    page = open_page("scheduled")
    field = page.datetime_input(key=f"time_{number}")
    field.set_value(field.value.replace(year=2020)).run()
    assert "is past" in page.warning[0].value
    assert page.button(key=f"time_save_{number}").disabled


def test_changed_time_is_kept_and_answered_beside_the_list(open_page, scheduled, shared):
    number = scheduled()
    before = campaign_row(shared, number).start_at
    page = open_page("scheduled")
    field = page.datetime_input(key=f"time_{number}")
    field.set_value(field.value.replace(year=field.value.year, hour=23, minute=45)).run()
    page.button(key=f"time_save_{number}").click().run()
    assert campaign_row(shared, number).start_at != before
    assert "It starts" in page.success[0].value
    page.run()
    assert page.success, "the answer stays until the next click"


def test_back_to_draft_opens_it_on_the_last_step(open_page, scheduled, shared):
    number = scheduled()
    page = open_page("scheduled")
    page.button(key=f"draft_{number}").click().run()
    assert campaign_row(shared, number).state == CampaignState.CANCELED
    assert [one.content.name for one in all_drafts(shared.ledger)] == ["Spring"]
    assert page.title[0].value == "New campaign"
