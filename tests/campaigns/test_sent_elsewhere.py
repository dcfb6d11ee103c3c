"""Who got something today that this installation did not send: from Twilio's log, bounded, and never in the way."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from mms.campaigns.launch.sent_elsewhere import MOST_PAGES, SentElsewhere, sent_elsewhere

ANN, BEN, CAT = "+12025550101", "+12025550102", "+12025550103"


def message(number: int, to: str, *, hours: float = 1.0, direction: str = "outbound-api") -> dict[str, Any]:
    made = format_datetime(datetime.now(UTC) - timedelta(hours=hours))
    return {"sid": f"SM{number:032x}", "to": to, "direction": direction, "date_created": made, "status": "sent"}


def pages(*each: list[dict[str, Any]], more: bool = False) -> Any:
    """A log in pages; with `more` it never ends."""

    def answer(_method: str, target: str) -> tuple[int, Any, dict[str, str]]:
        at = int(target.rpartition("Page=")[2]) if "&Page=" in target or "?Page=" in target else 0
        following = target.partition("?")[0] + f"?Page={at + 1}" if more or at + 1 < len(each) else None
        page = {"messages": each[min(at, len(each) - 1)], "next_page_uri": following}
        return 200, page, {"Content-Type": "application/json", "Date": format_datetime(datetime.now(UTC), usegmt=True)}

    return answer


@pytest.mark.parametrize(
    ("log", "people"),
    [
        pytest.param([message(1, ANN), message(2, BEN)], {ANN, BEN}, id="from elsewhere"),
        pytest.param([message(1, ANN, hours=25)], set(), id="yesterday"),
        pytest.param([message(1, ANN, direction="inbound")], set(), id="what came in"),
        pytest.param([message(1, ANN, direction="outbound-reply")], {ANN}, id="an answer by another program"),
        pytest.param([message(1, ANN[:-4] + "XXXX")], set(), id="a number that the log hides"),
        pytest.param([], set(), id="nothing"),
    ],
)
def test_who_is_found(ledger: Any, odd_twilio: Any, log: list[dict[str, Any]], people: set[str]) -> None:
    seen = sent_elsewhere(ledger, odd_twilio(pages(log)).account)
    assert seen == SentElsewhere(frozenset(people))


def test_it_reads_page_by_page_to_a_day_back_and_says_how_far_it_is(ledger: Any, odd_twilio: Any) -> None:
    odd = odd_twilio(pages([message(1, ANN)], [message(2, BEN), message(3, CAT, hours=30)], [message(4, CAT)]))
    told: list[int] = []
    seen = sent_elsewhere(ledger, odd.account, told=told.append)
    assert (seen.people, seen.is_whole) == ({ANN, BEN}, True)
    assert told == [1, 2]
    assert len(odd.asked) == 2


def test_a_log_without_end_is_left_after_so_many_pages_or_so_long(ledger: Any, odd_twilio: Any) -> None:
    odd = odd_twilio(pages([message(1, ANN)], more=True))
    seen = sent_elsewhere(ledger, odd.account)
    assert (seen.people, seen.is_whole, len(odd.asked)) == ({ANN}, False, MOST_PAGES)
    times = iter([0.0, 5.0, 11.0])
    seen = sent_elsewhere(ledger, odd.account, clock=lambda: next(times))
    assert (seen.is_whole, len(odd.asked)) == (False, MOST_PAGES + 2)


@pytest.mark.parametrize("status", [401, 500, 503])
def test_a_log_that_is_away_is_said_and_keeps_nobody(ledger: Any, odd_twilio: Any, status: int) -> None:
    seen = sent_elsewhere(ledger, odd_twilio(lambda *_: (status, "", {})).account)
    assert not seen.was_answered
    assert "did not answer" in (seen.sentence([ANN]) or "")


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (SentElsewhere(frozenset({ANN, CAT})), "1 of these people got a message from this account"),
        (SentElsewhere(frozenset({ANN, BEN}), is_whole=False), "At least 2 of these people got"),
        (SentElsewhere(frozenset({CAT})), None),
    ],
)
def test_it_speaks_of_these_people_only(seen: SentElsewhere, said: str | None) -> None:
    sentence = seen.sentence([ANN, BEN])
    assert sentence is None if said is None else (sentence or "").startswith(said)
