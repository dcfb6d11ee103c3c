"""What becomes of a message depends on its number alone, and moves on with the clock."""

from collections import Counter
from pathlib import Path

import pytest

from mms.practice.messages import outcomes
from mms.practice.messages.create_request import CreateRequest
from mms.practice.messages.message import as_json, first_json
from mms.practice.messages.new_message import Moment, new_message
from mms.practice.messages.outcomes import (
    OPTED_OUT,
    Outcome,
    delays_for,
    outcome_for,
    refused_at_create,
    reply_to_expect,
)

DOCS = Path(__file__).parents[2] / "docs" / "practice.md"
MANY = [f"+1{area}{exchange:03}{line:04}" for area in (415, 312) for exchange in (229, 777) for line in range(1500)]
CREATED = 1_000_000.0


def message(to="+19075550150", *, time_scale=1.0, outcome=None, **fields):
    form = {"To": to, "From": "+19075550190", "Body": "Hello", **fields}
    request = CreateRequest.from_form("&".join(f"{k}={v.replace('+', '%2B')}" for k, v in form.items()))
    return new_message(request, outcome or outcome_for(to), Moment(CREATED, time_scale))


@pytest.mark.parametrize(("line", "outcome"), outcomes.BY_LINE.items(), ids=str)
def test_practice_line_has_its_outcome(line, outcome):
    assert outcome_for(f"+1907555{line}") == outcome


@pytest.mark.parametrize("area", ["202", "312", "415", "604"])
def test_made_up_numbers_of_other_areas_are_ordinary(area):
    numbers = [f"+1{area}555{line:04}" for line in range(100, 200)]
    assert not any(refused_at_create(number) or reply_to_expect(number) for number in numbers)
    assert {outcome_for(number).error_code for number in numbers} <= {None, 30003, 30005, 30006, 30007, 30008}


@pytest.mark.parametrize(
    "line", [*outcomes.BY_LINE, *outcomes.REFUSED_BY_LINE, *outcomes.REPLY_BY_LINE, outcomes.OPTED_OUT_LINE]
)
def test_practice_line_is_documented(line):
    rows = [row for row in DOCS.read_text("utf-8").splitlines() if row.startswith("| 01")]
    first_to_last = [(row[2:6], row[7:11] if row[6] == "–" else row[2:6]) for row in rows]
    assert any(first <= line <= last for first, last in first_to_last)


def test_only_made_up_lines_have_a_fixed_outcome():
    assert outcome_for("+14155560165") == outcome_for("+14155560165")
    assert {outcome_for(f"+1415{exchange}0165") for exchange in range(556, 700)} != {outcomes.BY_LINE["0165"]}


def test_shares_are_what_the_table_says():
    found = Counter(outcome_for(number) for number in MANY)
    for outcome, share in outcomes.SHARES:
        assert found[outcome] / len(MANY) == pytest.approx(share / 1000, abs=0.015)


def test_shares_add_up():
    assert sum(share for _, share in outcomes.SHARES) == 1000


def test_delays_are_believable():
    delays = [delays_for(number, outcome_for(number)) for number in MANY]
    assert all(0.5 <= d.sent <= 3 and 1 <= d.final <= 15 for d in delays)
    assert max(d.final for d in delays) > 12


def test_steps_come_in_order():
    m = message(MessagingServiceSid="MGc2a4c60ab04ba4b8958e689c2c810523")
    assert m.created_at == m.starts_at < m.queued_at < m.sent_at < m.final_at < m.priced_at


@pytest.mark.parametrize(
    ("outcome", "seen"),
    [
        pytest.param(outcomes.DELIVERED, ["queued", "sent", "delivered"], id="delivered"),
        pytest.param(outcomes.SENT, ["queued", "sent"], id="no receipt"),
        pytest.param(Outcome("undelivered", 30005), ["queued", "sent", "undelivered"], id="undelivered"),
        pytest.param(OPTED_OUT, ["queued", "failed"], id="failed before the carrier"),
    ],
)
def test_status_moves_on_with_the_clock(outcome, seen):
    m = message(outcome=outcome)
    statuses = [m.status(CREATED + tenth / 10) for tenth in range(300)]
    assert list(dict.fromkeys(statuses)) == seen


def test_time_scale_shortens_every_step():
    usual, fast = message(), message(time_scale=0.1)
    assert fast.priced_at - CREATED == pytest.approx((usual.priced_at - CREATED) / 10)


def test_price_comes_after_the_end():
    m = message()
    assert as_json(m, m.final_at)["price"] is None
    assert as_json(m, m.priced_at)["price"] == "-0.00830"


def test_failed_message_has_no_price():
    assert as_json(message(outcome=OPTED_OUT), CREATED + 1000)["price"] is None


def test_first_answer_knows_nothing_of_what_comes():
    first = first_json(message(time_scale=0))
    assert (first["status"], first["date_sent"], first["price"]) == ("queued", None, None)
