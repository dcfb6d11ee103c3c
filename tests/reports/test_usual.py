"""A campaign beside the median of those before it."""

import pytest

from mms.reports.comparison.usual import LAST, against_usual

START = 1_790_000_000.0
DAY = 86_400.0


def campaign(make_campaign, day, delivered, lost, took=2.0):
    """Finished on this day; `took` seconds from Twilio's yes to each receipt."""
    at = START + day * DAY
    row = {"recipient": "+12025550101", "sent_at": at, "updated_at": at + took, "price": "-0.02", "price_unit": "USD"}
    good = [(["202-555-0101", "Ann"], {**row, "state": "delivered"})] * delivered
    bad = [(["202-555-0101", "Ann"], {**row, "state": "undelivered", "error_code": 30003})] * lost
    none = [(["202-555-0101", "Ann"], {**row, "state": "skipped", "sent_at": None})]
    return make_campaign(good + bad + none, started_at=at, state="finished")


def said(ledger, campaign_id):
    with ledger.read() as connection:
        return {one.name: (*one.words, one.of) for one in against_usual(connection, campaign_id)}


def test_usual_is_the_median_of_those_before(ledger, make_campaign):
    for day, (delivered, lost) in enumerate([(1, 1), (3, 1), (9, 1)]):
        campaign(make_campaign, day, delivered, lost, took=10.0 * (day + 1))
    this = campaign(make_campaign, 5, 4, 1, took=95)
    campaign(make_campaign, 9, 0, 5)  # a later one says nothing about it
    found = said(ledger, this)
    assert found["Delivered"] == ("80.0 %", "75.0 %", 3)
    assert found["Not arrived"] == ("20.0 %", "25.0 %", 3)
    assert found["Half delivered within"] == ("95 s", "20 s", 3)
    assert found["Replies per thousand"] == ("not known", "not known", 0)
    assert found["Opt-outs per thousand"] == ("not known", "not known", 0)


def test_no_more_than_the_last_ten_count(ledger, make_campaign):
    campaign(make_campaign, 0, 0, 4)
    for day in range(1, LAST + 1):
        campaign(make_campaign, day, 4, 0)
    assert said(ledger, campaign(make_campaign, 20, 1, 1))["Delivered"] == ("50.0 %", "100.0 %", LAST)


@pytest.mark.parametrize("before", [[], [("practice", 0)]], ids=["the first", "nothing was handed over before"])
def test_without_a_usual_nothing_is_compared(ledger, make_campaign, before):
    for _ in before:
        campaign(make_campaign, 0, 0, 0)
    assert said(ledger, campaign(make_campaign, 5, 4, 1)) == {}
