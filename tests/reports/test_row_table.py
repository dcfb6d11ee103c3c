"""The table of rows: search, filter, sort, one screen at a time; and one row's story."""

import pytest

from mms.delivery.reconciliation.manual_resolution import Decision
from mms.errors import CampaignError
from mms.reports import RowFilter, RowOrder, row_page
from mms.reports.campaign.message_history import EVENT_WORDS, row_story
from mms.states import RowState

GIVEN = [
    (["202-555-0101", "José"], {"recipient": "+12025550101", "state": "delivered", "message_sid": "MM1"}),
    (["202-555-0102", "100%"], {"recipient": "+12025550102", "state": "failed", "error_code": 30005}),
    (["202-555-0103", 'quo"te'], {"recipient": "+12025550103", "state": "skipped", "reason": "opted_out"}),
    (["12", "ann"], {"state": "skipped", "reason": "not_mended", "problem": "too_short"}),
]
FOUND = [
    pytest.param(RowFilter(), [2, 3, 4, 5], id="everything"),
    pytest.param(RowFilter(search="josé"), [2], id="accents and case"),
    pytest.param(RowFilter(search="100%"), [3], id="a percent sign is itself"),
    pytest.param(RowFilter(search='o"t'), [4], id="a quotation mark"),
    pytest.param(RowFilter(search="(202) 555-0103"), [4], id="a number, however it is written"),
    pytest.param(RowFilter(search="MM1"), [2], id="a message SID"),
    pytest.param(RowFilter(states=(RowState.SKIPPED,)), [4, 5], id="by result"),
    pytest.param(RowFilter(codes=("30005",)), [3], id="by Twilio's code"),
    pytest.param(RowFilter(codes=("too_short", "opted_out")), [4, 5], id="by problem and skip reason"),
    pytest.param(RowFilter(search="555", states=(RowState.FAILED,)), [3], id="both must hold"),
    pytest.param(RowFilter(search="nobody"), [], id="nothing"),
]


@pytest.mark.parametrize(("chosen", "numbers"), FOUND)
def test_filter_finds(ledger, make_campaign, chosen, numbers):
    campaign_id = make_campaign(GIVEN)
    with ledger.read() as connection:
        found, total = row_page(connection, campaign_id, chosen)
    assert [row.row_number for row in found] == numbers
    assert total == len(numbers)


ORDERS = [
    pytest.param(RowOrder.ROW, True, [5, 4, 3, 2], id="last row first"),
    pytest.param(RowOrder.TO, True, [4, 3, 2, 5], id="by number, blanks last"),
    pytest.param(RowOrder.CODE, False, [3, 2, 4, 5], id="by code, blanks last"),
    pytest.param(RowOrder.RESULT, False, [2, 3, 4, 5], id="by result, then row"),
]


@pytest.mark.parametrize(("order", "descending", "numbers"), ORDERS)
def test_order(ledger, make_campaign, order, descending, numbers):
    campaign_id = make_campaign(GIVEN)
    with ledger.read() as connection:
        found, _ = row_page(connection, campaign_id, order=order, descending=descending)
    assert [row.row_number for row in found] == numbers


def test_one_screen_knows_the_total(ledger, make_campaign):
    campaign_id = make_campaign(GIVEN)
    with ledger.read() as connection:
        found, total = row_page(connection, campaign_id, offset=1, limit=2)
    assert [row.row_number for row in found] == [3, 4]
    assert total == 4


def test_another_campaign_stays_out(ledger, make_campaign):
    make_campaign(GIVEN)
    second = make_campaign(GIVEN[:1])
    with ledger.read() as connection:
        assert row_page(connection, second)[1] == 1


def test_story_tells_each_attempt_with_its_time(ledger, make_campaign, add_attempts):
    campaign_id = make_campaign(GIVEN)
    add_attempts(
        campaign_id,
        3,
        {"at": 10.0, "event": "asked"},
        {"at": 11.0, "event": "accepted", "status": "queued", "message_sid": "MM2"},
        {"at": 90.0, "event": "receipt", "status": "undelivered", "error_code": 30005},
    )
    with ledger.read() as connection:
        row = row_page(connection, campaign_id)[0][1]
        story = row_story(connection, row.id)
    assert story.row == row
    assert [moment.at for moment in story.moments] == [10.0, 11.0, 90.0]
    assert story.moments[1].words == "Twilio took the message."
    assert story.moments[2].words.startswith("Twilio reported undelivered: The carrier could not")
    assert story.moments[2].advice is not None


def test_story_of_a_row_that_is_gone(ledger):
    with ledger.read() as connection, pytest.raises(CampaignError, match="no longer"):
        row_story(connection, 12345)


def test_every_decision_of_a_person_has_its_words():
    assert {f"person_{decision}" for decision in Decision} <= EVENT_WORDS.keys()
