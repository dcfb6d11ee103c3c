"""The start page: this month, what goes on, what waits; and no row of zeros for a newcomer."""

import json
import time

import pytest
from sqlalchemy import update

from mms.campaigns import controls
from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.ledger.tables import rows
from mms.roles import LOCAL_ADMIN
from mms.states import RowState


@pytest.fixture
def launched(shared):
    """A campaign of four people; its number."""

    def made(name="Spring", sender=None, **changes):
        new = NewCampaign(
            request_key=name,
            name=name,
            body="Hi",
            media_urls=(),
            columns=("Name", "Phone"),
            phone_column="Phone",
            sender_address=sender or shared.sender_address(),
            account_sid=shared.account.account_sid,
            mode=shared.mode,
            content_hash=name,
            created_by="test",
            **changes,
        )
        people = [PlannedRow(at, json.dumps([f"P{at}", "x"]), f"+1212555{at + 100:04}") for at in range(2, 6)]
        return launch(shared.ledger, new, people)

    return made


def links(page):
    return [one.proto.label for one in page.get("page_link")]


def test_newcomer_sees_no_figures(open_page):
    page = open_page("home")
    assert not page.metric
    assert [one.value for one in page.header] == ["Next step", "Where you are", "Lately"]


def test_month_says_sent_arrived_failed_and_why(open_page, launched, shared):
    number = launched()
    outcomes = ((2, RowState.DELIVERED, None), (3, RowState.SENT, None), (4, RowState.UNDELIVERED, 30003))
    with shared.ledger.write() as connection:
        for row, state, code in outcomes:
            where = (rows.c.campaign_id == number) & (rows.c.row_number == row)
            connection.execute(update(rows).where(where).values(state=state, error_code=code, sent_at=time.time()))
    page = open_page("home")
    shown = {one.label: one.value for one in page.metric}
    assert (shown["Sent"], shown["Arrived"], shown["Failed"]) == ("3", "33.3 to 66.7 %", "1")
    assert any("by reason" in one.value and "1 " in one.value for one in page.caption)


def test_what_runs_what_is_next_and_what_waits_each_have_a_line(open_page, launched, shared):
    launched("Runs")
    launched("Comes", start_at=time.time() + 86_400, sender="+19075550191")
    controls.pause(shared.ledger, launched("Waits", sender="+19075550192"), by=LOCAL_ADMIN)
    page = open_page("home")
    assert {"Now and next", "Waits for you"} <= {one.value for one in page.header}
    assert {"Runs", "Comes", "Waits"} <= set(links(page))
    assert any(one.value == "0 of 4 sent" for one in page.text)
