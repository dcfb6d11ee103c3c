"""Results by anything: each row in exactly one group, with the words of all counts."""

import csv
import io
from decimal import Decimal

import pytest

from mms.ledger.tables import replies, rows
from mms.links.clicks import Click, record_clicks
from mms.links.visitors import Who
from mms.reports import RowFilter, row_page
from mms.reports.campaign.breakdown import breakdown, breakdown_csv
from mms.reports.campaign.grouping import AREA, CLICKED, CODE, HOUR, VERSION, WEEKDAY, Grouping, OneGroup
from mms.reports.counts import Part

COLUMNS = ("Mobile", "City")
GIVEN = [
    (
        ["1", "Austin"],
        {"state": "delivered", "price": "-0.02200", "recipient": "+15125550101", "sent_at": 82_000.0, "version": "A"},
    ),
    (
        ["2", "Austin"],
        {
            "state": "undelivered",
            "error_code": 30007,
            "price": "-0.02200",
            "recipient": "+442079460101",
            "sent_at": 84_000.0,
        },
    ),
    (["3", 'São "X"'], {"state": "sent"}),
    (["4", ""], {"state": "skipped", "reason": "duplicate"}),
]


@pytest.mark.parametrize(
    ("by", "values"),
    [
        pytest.param("City", {"Austin": 2, 'São "X"': 1, "": 1}, id="a column of the list"),
        pytest.param(AREA, {"512": 1, "+442": 1, "": 2}, id="area"),
        pytest.param(CODE, {"30007": 1, "": 3}, id="code"),
        pytest.param(HOUR, {"0": 1, "23": 1, "": 2}, id="hour, by the reader's clock"),
        pytest.param(WEEKDAY, {"3": 1, "4": 1, "": 2}, id="weekday"),
        pytest.param(VERSION, {"A": 1, "": 3}, id="version"),
        pytest.param(CLICKED, {"yes": 1, "no": 3}, id="clicked"),
    ],
)
def test_each_row_is_in_one_group_and_is_found_by_it(ledger, make_campaign, by, values):
    campaign_id = make_campaign(GIVEN, columns=COLUMNS)
    with ledger.read() as connection:
        first = connection.execute(rows.select().order_by(rows.c.row_number)).first()
    record_clicks(ledger, [Click(campaign_id, first.id, 0, Who.PERSON), Click(campaign_id, first.id + 1, 0, Who.ROBOT)])
    grouping = Grouping(by, COLUMNS, 3600)
    with ledger.read() as connection:
        groups, total = breakdown(connection, campaign_id, grouping)
        found = {
            group.value: row_page(connection, campaign_id, RowFilter(only=OneGroup(grouping, group.value)))[1]
            for group in groups
        }
    assert {group.value: group.counts.in_the_list for group in groups} == values == found
    assert total == len(values)


def test_groups_have_counts_cost_and_replies(ledger, make_campaign):
    campaign_id = make_campaign(GIVEN, columns=COLUMNS)
    with ledger.write() as connection:
        first = connection.execute(rows.select().order_by(rows.c.row_number)).first()
        values = {"message_sid": "SM1", "sender": "+1", "address": "+1", "at": 1.0, "row_id": first.id}
        connection.execute(replies.insert().values(campaign_id=campaign_id, **values))
    with ledger.read() as connection:
        groups, _ = breakdown(connection, campaign_id, Grouping("City", COLUMNS))
    austin = groups[0]
    assert (austin.value, austin.charged, austin.replies) == ("Austin", Decimal("0.044"), 1)
    assert (austin.counts[Part.DELIVERED], str(austin.counts.arrived)) == (1, "50.0 %")
    lines = list(csv.DictReader(io.StringIO(breakdown_csv(groups, "City").decode("utf-8-sig"))))
    assert (lines[0]["City"], lines[0]["Handed over"], lines[0]["Arrived at most"]) == ("Austin", "2", "0.5000")
