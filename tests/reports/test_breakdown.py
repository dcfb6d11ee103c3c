"""Results by anything: each row in exactly one group, with the words of all counts."""

import csv
import io
from decimal import Decimal

import pytest

from mms.ledger.tables import replies, rows
from mms.reports.campaign.breakdown import AREA, CODE, breakdown, breakdown_csv
from mms.reports.counts import Part

COLUMNS = ("Mobile", "City")
GIVEN = [
    (["1", "Austin"], {"state": "delivered", "price": "-0.02200", "time_zone": "America/Chicago"}),
    (
        ["2", "Austin"],
        {"state": "undelivered", "error_code": 30007, "price": "-0.02200", "time_zone": "America/Chicago"},
    ),
    (["3", 'São "X"'], {"state": "sent", "time_zone": "America/New_York"}),
    (["4", ""], {"state": "skipped", "reason": "duplicate"}),
]


@pytest.mark.parametrize(
    ("by", "values"),
    [
        pytest.param("City", {"Austin": 2, 'São "X"': 1, "": 1}, id="a column of the list"),
        pytest.param(AREA, {"America/Chicago": 2, "America/New_York": 1, "": 1}, id="area"),
        pytest.param(CODE, {"30007": 1, "": 3}, id="code"),
    ],
)
def test_each_row_is_in_one_group(ledger, make_campaign, by, values):
    campaign_id = make_campaign(GIVEN, columns=COLUMNS)
    with ledger.read() as connection:
        groups, total = breakdown(connection, campaign_id, by, COLUMNS)
    assert {group.value: group.counts.in_the_list for group in groups} == values
    assert total == len(values)


def test_groups_have_counts_cost_and_replies(ledger, make_campaign):
    campaign_id = make_campaign(GIVEN, columns=COLUMNS)
    with ledger.write() as connection:
        first = connection.execute(rows.select().order_by(rows.c.row_number)).first()
        values = {"message_sid": "SM1", "sender": "+1", "address": "+1", "at": 1.0, "row_id": first.id}
        connection.execute(replies.insert().values(campaign_id=campaign_id, **values))
    with ledger.read() as connection:
        groups, _ = breakdown(connection, campaign_id, "City", COLUMNS)
    austin = groups[0]
    assert (austin.value, austin.charged, austin.replies) == ("Austin", Decimal("0.044"), 1)
    assert (austin.counts[Part.DELIVERED], str(austin.counts.arrived)) == (1, "50.0 %")
    lines = list(csv.DictReader(io.StringIO(breakdown_csv(groups, "City").decode("utf-8-sig"))))
    assert (lines[0]["City"], lines[0]["Handed over"], lines[0]["Arrived at most"]) == ("Austin", "2", "0.5000")
