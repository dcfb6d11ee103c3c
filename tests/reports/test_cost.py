"""Forecast and actual cost, by the table of prices that people can edit."""

from collections import Counter
from dataclasses import asdict
from decimal import Decimal

import pytest

from mms.errors import MmsError
from mms.reports.cost.campaign_cost import actual_cost, destinations, dollars, forecast_cost
from mms.reports.cost.prices import PRICE_LABELS, Prices, prices, store_prices
from mms.roles import LOCAL_ADMIN

TABLE = Prices(
    mms_long_code="0.02", mms_canada="0.03", sms_segment="0.01", carrier_fee_low="0.001", carrier_fee_high="0.01",
    failed_fee="0.005",
)  # fmt: skip


def test_destinations_by_country():
    numbers = ["+12025550101", "+14165550101", "+18765550101", "+447700900123", "+19995550101"]
    assert destinations(numbers) == Counter({"US": 2, "CA": 1, "other": 2})


FORECASTS = [
    pytest.param(Counter(US=100), {}, ("2.10", "3.00"), 0, id="US: price and carrier fees"),
    pytest.param(Counter(CA=10), {}, ("0.31", "0.40"), 0, id="Canada has its own price"),
    pytest.param(Counter(other=10), {"segments": 2}, ("0.20", "0.20"), 10, id="abroad: converted to a text"),
    pytest.param(Counter(US=10), {"has_media": False, "segments": 2}, ("0.22", "0.40"), 0, id="no picture: segments"),
    pytest.param(Counter(), {}, ("0", "0"), 0, id="nobody"),
]


@pytest.mark.parametrize(("to", "more", "expected", "converted"), FORECASTS)
def test_forecast(to, more, expected, converted):
    found = forecast_cost(to, "long_code", TABLE, **more)
    assert (found.low, found.high) == tuple(map(Decimal, expected))
    assert found.converted == converted


@pytest.mark.parametrize("kind", ["long_code", "toll_free", "short_code", "service"])
def test_every_kind_of_sender_has_a_price(kind):
    assert Prices().mms(kind) > 0


def test_actual_cost_counts_what_is_still_to_come(ledger, make_campaign):
    states = [
        {"state": "delivered", "price": "-0.02200"},
        {"state": "sent"},
        {"state": "undelivered", "price": "-0.02200"},
        {"state": "failed"},
        {"state": "refused"},
        {"state": "ready"},
    ]
    campaign_id = make_campaign([(["1", ""], changes) for changes in states], media_urls=("https://example.com/a.jpg",))
    with ledger.read() as connection:
        cost = actual_cost(connection, campaign_id, "long_code", TABLE)
    assert (cost.charged, cost.unpriced, cost.open) == (Decimal("0.044"), 1, 1)
    assert cost.to_come == 2 * Decimal("0.02") + Decimal("0.005"), "the sent one, the one that waits, and a failure"
    assert cost.fees.low == 4 * Decimal("0.001")
    assert cost.expected.low == cost.charged + cost.to_come + cost.fees.low
    assert cost.per_delivered.low == cost.expected.low


def test_expected_is_of_all_rows_from_the_first_message_on(ledger, make_campaign):
    campaign_id = make_campaign([(["1", ""], {"state": "sent"})] * 2 + [(["1", ""], {})] * 6)
    with ledger.read() as connection:
        cost = actual_cost(connection, campaign_id, "long_code", TABLE)
    assert cost.expected.low == 8 * (Decimal("0.01") + Decimal("0.001"))


def test_text_with_fields_is_expected_by_its_segments(ledger, make_campaign):
    campaign_id = make_campaign([(["1", "x" * 161], {}), (["1", "x"], {})], body="{First Name}")
    with ledger.read() as connection:
        cost = actual_cost(connection, campaign_id, "long_code", TABLE)
    assert cost.expected.low == 3 * (Decimal("0.01") + Decimal("0.001"))


def test_text_only_campaign_costs_what_was_forecast(ledger, make_campaign):
    campaign_id = make_campaign([(["1", ""], {"state": "sent"})] * 7)
    with ledger.read() as connection:
        cost = actual_cost(connection, campaign_id, "long_code", TABLE)
    said = forecast_cost(Counter(US=7), "long_code", TABLE, has_media=False)
    assert (cost.expected.low, cost.expected.high) == (said.low, said.high)


def test_prices_can_be_changed(ledger):
    with ledger.write() as connection:
        assert prices(connection) == Prices()
        store_prices(connection, TABLE, at=1.0, by=LOCAL_ADMIN)
        assert prices(connection) == TABLE


def test_every_price_has_the_word_of_its_field():
    assert set(PRICE_LABELS) == set(asdict(Prices()))


@pytest.mark.parametrize("text", ["a lot", "-1", "", "NaN"])
def test_a_price_that_is_no_amount_is_refused(ledger, text):
    with ledger.write() as connection, pytest.raises(MmsError, match="Text, each segment"):
        store_prices(connection, Prices(sms_segment=text), at=1.0, by=LOCAL_ADMIN)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [("1", "1", "$1.00"), ("0.021", "0.024", "$0.02"), ("1", "1200.5", "$1.00 to $1,200.50")],
    ids=["one amount", "the same in cents", "a range"],
)
def test_amount_is_told_once_where_both_ends_read_the_same(low, high, words):
    assert dollars(Decimal(low), Decimal(high)) == words
