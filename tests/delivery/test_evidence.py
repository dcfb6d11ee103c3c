"""The rule about rows without an answer, as a table; Twilio's time; and which message is whose."""

from dataclasses import replace
from typing import Any

import pytest

from mms.delivery.reconciliation.evidence import MOST_ROUNDS, MOST_SILENT, PATIENCE, Evidence, Verdict, verdict
from mms.delivery.reconciliation.matching import MARGIN, UnknownRow, matches
from mms.twilio_client import ProviderClock, ProviderMessage, clock_warning

SETTLE = 60.0
ABSENT = Evidence(answered_for=SETTLE)  # everything that must hold before a row is asked again, and nothing else

RULE = [
    pytest.param({}, Verdict.ASK_AGAIN, id="looked for as long as it takes, and nothing there"),
    pytest.param({"has_same_text": True, "candidates": 2, "doubts": 2}, Verdict.ADOPT, id="the same text"),
    pytest.param({"candidates": 1}, Verdict.ADOPT, id="one message and one row"),
    pytest.param({"candidates": 1, "doubts": 2}, Verdict.PERSON, id="one message and two rows"),
    pytest.param({"candidates": 2}, Verdict.PERSON, id="two messages and one row"),
    pytest.param({"candidates": 2, "answered_for": 1}, Verdict.LOOK_AGAIN, id="two messages, early"),
    pytest.param({"answered_for": SETTLE - 1}, Verdict.LOOK_AGAIN, id="the first answer is younger than the settling"),
    pytest.param({"was_answered": False}, Verdict.LOOK_AGAIN, id="this look was not answered"),
    pytest.param({"is_time_known": False}, Verdict.LOOK_AGAIN, id="Twilio's time is unknown"),
    pytest.param({"silent_for": PATIENCE * SETTLE + 1, "was_answered": False}, Verdict.PERSON, id="silent for long"),
    pytest.param({"is_forbidden": True, "was_answered": False}, Verdict.PERSON, id="the log is closed to us"),
    pytest.param({"last_status": 201}, Verdict.PERSON, id="a yes that could not be read"),
    pytest.param({"last_status": 500}, Verdict.ASK_AGAIN, id="an error that could not be read"),
    pytest.param({"lost_requests": MOST_SILENT}, Verdict.ASK_AGAIN, id="as often in vain as is allowed"),
    pytest.param({"lost_requests": MOST_SILENT + 1}, Verdict.PERSON, id="too often in vain"),
    pytest.param({"rounds": MOST_ROUNDS}, Verdict.PERSON, id="too many workers died"),
]


@pytest.mark.parametrize(("changes", "expected"), RULE)
def test_the_rule(changes: dict[str, Any], expected: Verdict) -> None:
    assert verdict(replace(ABSENT, **changes), SETTLE) is expected


OURS, THEIRS, NOW = "+12025550100", "+12025550123", 1_790_000_000.0
DOUBT = UnknownRow(1, 1, 1, "+12055550111", OURS, NOW, "Hello Ann, it's on", 1, 0)
MESSAGE = ProviderMessage("MM1", "sent", "outbound-api", DOUBT.recipient, OURS, None, "Hello Ann, it's on", 1, NOW + 1)

ITS_OWN = [
    pytest.param({}, True, id="as it was sent"),
    pytest.param({"body": "Hello Ann, it\u2019s on"}, True, id="another character"),
    pytest.param({"body": "", "to": "+1205555XXXX"}, True, id="redacted"),
    pytest.param({"body": None}, True, id="no text in the log"),
    pytest.param({"media_count": 3}, True, id="other pictures"),
    pytest.param({"created_at": NOW - MARGIN + 1}, True, id="within what clocks may differ"),
    pytest.param({"sender": None}, True, id="a log that names no sender"),
    pytest.param({"sender": "+12025550177", "service_sid": None}, False, id="another sender"),
    pytest.param({"to": "+12055550112"}, False, id="another person"),
    pytest.param({"to": "+1206555XXXX"}, False, id="redacted, another exchange"),
    pytest.param({"direction": "inbound"}, False, id="a reply"),
    pytest.param({"created_at": NOW - MARGIN - 1}, False, id="before the row was claimed"),
    pytest.param({"sid": "MM9"}, False, id="a message that another row owns"),
]


@pytest.mark.parametrize(("changes", "is_its_own"), ITS_OWN)
def test_what_may_be_a_rows_message(changes: dict[str, Any], is_its_own: bool) -> None:
    found = matches([DOUBT], {1: [replace(MESSAGE, **changes)]}, {"MM9"})[1]
    assert (found.candidates, found.doubts, found.message is not None) == (int(is_its_own), 1, is_its_own)


def test_nothing_is_a_rows_message_while_twilios_time_is_unknown() -> None:
    assert matches([replace(DOUBT, since=None)], {1: [MESSAGE]}, set())[1].candidates == 0


def test_two_rows_and_two_messages_are_told_apart_by_their_texts() -> None:
    other = replace(DOUBT, row_id=2, body="Bye Ann")
    log = [replace(MESSAGE, sid="MM2", body="Bye Ann"), MESSAGE]
    found = matches([DOUBT, other], {1: log, 2: log}, set())
    assert {row: match.message and match.message.sid for row, match in found.items()} == {1: "MM1", 2: "MM2"}


def test_two_rows_and_one_message_that_could_be_of_either() -> None:
    hidden = [replace(MESSAGE, to="+1205555XXXX", body="")]
    neighbour = replace(DOUBT, row_id=2, recipient="+12055550112")
    found = matches([DOUBT, neighbour], {1: hidden, 2: hidden}, set())
    assert [(match.candidates, match.doubts) for match in found.values()] == [(1, 2), (1, 2)]


class Clocks:
    """A computer's two clocks."""

    def __init__(self) -> None:
        self.monotonic, self.wall = 100.0, NOW

    def clock(self) -> ProviderClock:
        return ProviderClock(lambda: self.monotonic, lambda: self.wall)

    def pass_by(self, seconds: float) -> None:
        self.monotonic += seconds
        self.wall += seconds


DATE = "Tue, 22 Sep 2026 10:{:02}:00 GMT"


def test_twilios_time_is_the_median_of_its_last_answers() -> None:
    clocks = Clocks()
    clock = clocks.clock()
    assert clock.now() is None
    for minute in (0, 0, 59, 0, 0):  # one odd header says nothing
        clock.heard(DATE.format(minute))
    first = clock.now()
    clocks.pass_by(30)
    assert first is not None
    assert clock.now() == first + 30


@pytest.mark.parametrize("jump", [660.0, -660.0, 3600.0])
def test_a_clock_that_jumps_is_noticed_and_twilios_time_asked_anew(jump: float) -> None:
    clocks = Clocks()
    clock = clocks.clock()
    clock.heard(DATE.format(0))
    known = clock.ahead
    clocks.wall += jump
    assert clock.now() is None
    clock.heard(DATE.format(0))
    assert known is not None
    assert clock.ahead == pytest.approx(known + jump)


@pytest.mark.parametrize("header", [None, "", "yesterday", "12345678901234567890"])
def test_a_header_that_is_no_date_says_nothing(header: str | None) -> None:
    clock = Clocks().clock()
    clock.heard(header)
    assert clock.now() is None


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        pytest.param(None, None, id="unknown"),
        pytest.param(59.0, None, id="within a minute"),
        pytest.param(60.0, "1 minute ahead of", id="a minute"),
        pytest.param(-660.0, "11 minutes behind", id="behind"),
        pytest.param(7200.0, "2 hours ahead of", id="hours"),
    ],
)
def test_people_are_told_of_a_clock_that_is_off(ahead: float | None, words: str | None) -> None:
    warning = clock_warning(ahead)
    assert (warning is None) if words is None else (words in str(warning))
