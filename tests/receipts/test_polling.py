"""Asking Twilio's log: few requests, the provider's truth, and nothing lost when Twilio does not answer."""

import random

import pytest

from mms.errors import ProviderError
from mms.ledger.tables import rows
from mms.receipts import is_overdue, poll_due, record_callbacks
from mms.receipts.polling import FEW
from mms.twilio_client import MessagePage, ProviderMessage

ACCOUNT_SID = "AC" + "0" * 32
SENDER = "+12025550100"
NOON = 1_790_000_000.0 - 1_790_000_000.0 % 86_400 + 43_200
PAGE = 1000


class Log:
    """The provider's truth in memory, with Twilio's filters and pages."""

    def __init__(self):
        self.truth = {}
        self.asked = []
        self.error = None

    def hold(self, sid, status, sent_at, *, code=None, price="-0.02200", sender=SENDER):
        self.truth[sid] = ProviderMessage(
            sid, status, "outbound-api", "+12025550101", sender, None, "", 0, sent_at or 0.0,
            sent_at=sent_at, updated_at=sent_at, error_code=code, price=price, price_unit="USD",
        )  # fmt: skip

    def page(self, filters, next_page_uri):
        self._note(("page", filters["DateSent"], next_page_uri))
        assert filters.get("From", SENDER) == SENDER
        found = sorted(
            (one for one in self.truth.values() if one.sent_at and _day(one.sent_at) == filters["DateSent"]),
            key=lambda one: -one.sent_at,
        )
        start = int(next_page_uri or 0)
        more = str(start + PAGE) if len(found) > start + PAGE else None
        return MessagePage(tuple(found[start : start + PAGE]), more)

    def message(self, sid):
        self._note(("message", sid, None))
        return self.truth[sid]

    def _note(self, call):
        self.asked.append(call)
        if self.error:
            raise self.error


def _gone(_sid):
    raise ProviderError("gone", code="not_found")


def _day(moment):
    from datetime import UTC, datetime

    return datetime.fromtimestamp(moment, UTC).date().isoformat()


@pytest.fixture
def log():
    return Log()


def poll(ledger, log, now=NOON + 60, **more):
    return poll_due(ledger, log, ACCOUNT_SID, now=now, **more)


def test_nothing_is_asked_when_nothing_waits(ledger, log, sent_campaign):
    sent_campaign(3, states=["ready", "refused", "failed"])
    assert poll(ledger, log).requests == 0


def test_a_few_are_fetched_by_sid_with_their_price(ledger, log, sent_campaign):
    campaign = sent_campaign(2, sent_at=[NOON, NOON])
    log.hold(campaign.sids[0], "delivered", NOON + 1)
    log.hold(campaign.sids[1], "undelivered", NOON + 1, code=30005, price=None)
    assert poll(ledger, log).changed == 2
    assert {kind for kind, *_ in log.asked} == {"message"}
    assert campaign.states() == ["delivered", "undelivered"]
    assert campaign.column(rows.c.price) == ["-0.02200", None]
    assert campaign.column(rows.c.error_code) == [None, 30005]


def test_many_cost_one_request_for_a_thousand(ledger, log, sent_campaign):
    campaign = sent_campaign(2500, sent_at=[NOON] * 2500)
    for sid in campaign.sids:
        log.hold(sid, "delivered", NOON + 5)
    assert poll(ledger, log).requests == 3
    assert set(campaign.states()) == {"delivered"}


def test_pages_behind_the_oldest_message_are_left_unread(ledger, log, sent_campaign):
    campaign = sent_campaign(FEW + 1, sent_at=[NOON] * (FEW + 1))
    for sid in campaign.sids[1:]:
        log.hold(sid, "sent", NOON)
    log.hold(campaign.sids[0], "queued", None)
    for number in range(3 * PAGE):
        log.hold(f"MM{number:032x}", "delivered", NOON - 3600 - number)
    poll(ledger, log)
    assert [kind for kind, *_ in log.asked] == ["page", "message"]
    assert campaign.column(rows.c.provider_status)[0] == "queued"


def test_a_message_queued_over_midnight_is_found_on_the_next_day(ledger, log, sent_campaign):
    midnight = NOON + 43_200
    campaign = sent_campaign(FEW + 5, sent_at=[midnight - 60] * (FEW + 5))
    for sid in campaign.sids:
        log.hold(sid, "delivered", midnight + 30)
    poll(ledger, log, now=midnight + 60)
    assert set(campaign.states()) == {"delivered"}
    assert [day for _kind, day, _uri in log.asked] == [_day(NOON), _day(midnight)]


def test_looks_thin_out_and_go_on_after_a_restart(ledger, log, sent_campaign):
    campaign = sent_campaign(1, sent_at=[NOON])
    log.hold(campaign.sids[0], "sent", NOON)
    for second in range(0, 7200, 5):
        poll(ledger, log, now=NOON + second)  # nothing is remembered but what the ledger holds
    assert 15 <= len(log.asked) <= 25
    log.hold(campaign.sids[0], "delivered", NOON + 7200)
    poll(ledger, log, now=NOON + 7200)
    assert campaign.states() == ["delivered"]


@pytest.mark.parametrize(
    ("age", "overdue"),
    [
        pytest.param(60, True, id="never asked"),
        pytest.param(72 * 3600 + 1, False, id="too old to ask about"),
    ],
)
def test_messages_that_nobody_asks_about_are_noticed(ledger, sent_campaign, age, overdue):
    sent_campaign(1, sent_at=[NOON])
    with ledger.read() as connection:
        assert is_overdue(connection, NOON + age) is overdue


def test_messages_just_asked_about_are_not_overdue(ledger, log, sent_campaign):
    campaign = sent_campaign(1, sent_at=[NOON])
    log.hold(campaign.sids[0], "sent", NOON)
    poll(ledger, log, now=NOON + 10)
    with ledger.read() as connection:
        assert not is_overdue(connection, NOON + 1800)
        assert is_overdue(connection, NOON + 3700)


def test_after_72_hours_nobody_asks_any_more(ledger, log, sent_campaign):
    sent_campaign(1, sent_at=[NOON])
    assert poll(ledger, log, now=NOON + 72 * 3600 + 1).requests == 0


def test_a_price_that_comes_later_is_filled_in(ledger, log, sent_campaign):
    campaign = sent_campaign(1, states=["delivered"], sent_at=[NOON])
    log.hold(campaign.sids[0], "delivered", NOON)
    poll(ledger, log)
    assert campaign.column(rows.c.price) == ["-0.02200"]
    assert poll(ledger, log, now=NOON + 3600).requests == 0


def test_silence_is_asked_again_later(ledger, log, sent_campaign):
    campaign = sent_campaign(1, sent_at=[NOON])
    log.hold(campaign.sids[0], "delivered", NOON)
    log.error = ProviderError("Twilio answered 503 when asked about messages.", code="no_answer")
    poll(ledger, log, now=NOON + 10)
    log.error = None
    assert poll(ledger, log, now=NOON + 20).requests == 0
    assert poll(ledger, log, now=NOON + 40).changed == 1


def test_a_leaving_worker_stops_between_requests_and_another_goes_on(ledger, log, sent_campaign):
    campaign = sent_campaign(2, sent_at=[NOON, NOON])
    for sid in campaign.sids:
        log.hold(sid, "delivered", NOON)
    first_only = iter([True, False])
    assert poll(ledger, log, goes_on=lambda: next(first_only)).requests == 1
    assert sorted(campaign.states()) == ["accepted", "delivered"]
    poll(ledger, log, now=NOON + 61)
    assert campaign.states() == ["delivered", "delivered"]


def test_only_one_of_two_workers_asks(ledger, log, sent_campaign):
    campaign = sent_campaign(1, sent_at=[NOON])
    log.hold(campaign.sids[0], "delivered", NOON)
    inner = []

    def meanwhile():
        inner.append(poll(ledger, log).requests)
        return True

    poll(ledger, log, goes_on=meanwhile)
    assert inner == [0]


def test_shuffled_doubled_and_lost_callbacks_with_polling_converge_to_the_truth(ledger, log, sent_campaign):
    campaign = sent_campaign(1500, sent_at=[NOON] * 1500)
    chance = random.Random(6)
    callbacks = []
    for number, sid in enumerate(campaign.sids):
        final = ("delivered", "undelivered", "failed", "sent")[number % 4]
        code = 30003 if final in ("undelivered", "failed") else None
        log.hold(sid, final, NOON + 1, code=code, price=None if final == "failed" else "-0.02200")
        for status in dict.fromkeys(["queued", "sent", final] if final != "failed" else ["queued", final]):
            error = {"ErrorCode": str(code)} if status == final and code else {}
            told = {"MessageSid": sid, "MessageStatus": status, **error}
            callbacks += [told] * chance.choice([0, 1, 1, 2])
    chance.shuffle(callbacks)
    for start in range(0, len(callbacks), 500):
        record_callbacks(ledger, [(told, None) for told in callbacks[start : start + 500]])
    poll(ledger, log)
    truth = [log.truth[sid] for sid in campaign.sids]
    assert campaign.states() == [one.status for one in truth]
    assert campaign.column(rows.c.error_code) == [one.error_code for one in truth]
    assert campaign.column(rows.c.price) == [one.price for one in truth]


@pytest.mark.parametrize("following", [pytest.param("", id="empty"), pytest.param("7", id="the same again")])
def test_a_list_that_names_no_further_page_ends(ledger, log, sent_campaign, following):
    count = FEW + 5
    campaign = sent_campaign(count, sent_at=[NOON] * count)
    log.hold(campaign.sids[0], "delivered", NOON + 1)
    log.page = lambda filters, uri: MessagePage((log.truth[campaign.sids[0]],), following)
    log.message = _gone
    assert poll(ledger, log).changed == 1


@pytest.mark.parametrize("code", ["not_found", "unreadable"])
def test_one_message_that_is_gone_does_not_keep_the_others_waiting(ledger, log, sent_campaign, code):
    campaign = sent_campaign(5, sent_at=[NOON] * 5)
    for sid in campaign.sids[1:]:
        log.hold(sid, "delivered", NOON + 1)

    def message(sid):
        if sid not in log.truth:
            raise ProviderError("gone", code=code)
        return log.truth[sid]

    log.message = message
    assert poll(ledger, log).changed == 4
