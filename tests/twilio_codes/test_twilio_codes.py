"""The code table says something true, short and plain about every code Twilio documents for messages."""

import csv
import re
from importlib.resources import files

import pytest

from mms.twilio_codes import ALL, Charged, CodeAdvice, Family, Hands, Retry, explain

# What Twilio's dictionary says about trying again; ranges written out.
DOCUMENTED = {
    Retry.NO: [
        *(21211, 21214, 21217, 21265, 21266, 21604, 21610, 21612, 21614, 21635),
        *(30004, 30005, 30006, 30007, 30011, 30640),
        *(30009, 30025, 30026, 30038, 30039),  # notices, or nothing is known that would help
    ],
    Retry.WAIT: [
        *(14107, 20429, 21611, 30001, 30003, 30008, 30017, 30020, 30021, 30022, 30023, 30024, 30027),
        *(30035, 30450, 30485, 30500, 30610, 63038),
    ],
    Retry.CHECK: [20500, 20503, 30410],
    Retry.FIX: [
        *(10001, 11100, *range(11200, 11207), 11210, 11215, 11220, 11235, 11236, 11237, 11751, 12300),
        *(20003, 20004, 20005, 20006, 20008, 20010, 20403, 20404, 20422),
        *(21212, 21219, 21267, 21401, 21402, 21408, 21601, 21602, 21603, 21606, 21607, 21608, 21609),
        *(21616, 21617, 21618, 21619, 21620, 21621, 21622, 21623, 21624, 21654, 21655, 21656, 21657),
        *(21658, 21659, 21660, 21661, 21701, 21702, 21703, 21704, 21705, *range(21708, 21713), 21910),
        *(30002, 30010, 30012, 30013, 30018, 30019, *range(30028, 30032), 30032, 30033, 30034, 30036, 30037),
        *(30040, 30041, 30044, 30124, 30400, 30404, *range(30440, 30450), 30454, *range(30880, 30899)),
        *(35111, 35114, 35117, 35118, 35125, 35126, 63019, 63034),
    ],
}

STOPS = [
    *(10001, 20003, 20005, 20010, 21212, 21603, 21606, 21609, 21621, 21622, 21659, 21660, 21661),
    *(21701, 21704, 21705, 30002, 30032, 30033, 30034, 30037),
]

# Words that a person in marketing should not have to know.
JARGON = re.compile(
    r"\b(API|HTTPS? |URL|JSON|endpoint|payload|parameter|webhook|callback|E\.164|null|DNS|TLS|MIME|GSM|UCS|TCP)\b", re.I
)
EVERY_ROW = [
    *ALL.values(),
    *(explain(None, status) for status in (400, 401, 403, 404, 418, 429, 500)),
    *map(explain, (None, 98765)),
]


def name(advice: CodeAdvice) -> str:
    return f"{advice.code} {advice.meaning[:30]}"


@pytest.mark.parametrize(
    ("code", "retry"),
    [pytest.param(code, retry, id=f"{code} {retry}") for retry, codes in DOCUMENTED.items() for code in codes],
)
def test_documented_code_says_whether_to_try_again(code, retry):
    assert ALL[code].retry is retry


def test_table_has_no_code_that_nobody_documents():
    assert set(ALL) - {code for codes in DOCUMENTED.values() for code in codes} == {30409}


def test_message_that_cannot_be_cancelled_any_more_is_not_sent_again():
    assert ALL[30409].retry is Retry.NO


@pytest.mark.parametrize("code", STOPS)
def test_code_that_meets_every_row_stops_the_campaign(code):
    assert ALL[code].stops_campaign


@pytest.mark.parametrize("code", [21211, 21610, 21614, 30003, 30005, 30007, 30008, 20429, 20500, 21608, 21408])
def test_code_about_one_row_does_not_stop_the_campaign(code):
    assert not ALL[code].stops_campaign


def test_nothing_about_a_recipient_stops_the_campaign():
    personal = {Family.RECIPIENT, Family.OPT_OUT, Family.CONTENT, Family.MEDIA, Family.TEMPORARY, Family.FILTERING}
    assert [a.code for a in ALL.values() if a.family in personal and a.stops_campaign] == []


@pytest.mark.parametrize("code", [30005, 30006, 21614, 21635, 21211])
def test_number_that_can_never_work_is_marked(code):
    assert ALL[code].dead_number


@pytest.mark.parametrize("code", [30003, 30008, 21610, 21612, 30007, 21408])
def test_number_that_may_work_another_time_is_not_marked(code):
    assert not ALL[code].dead_number


def test_dead_number_is_never_tried_again():
    assert {a.retry for a in ALL.values() if a.dead_number} == {Retry.NO}


def test_only_21610_is_an_opt_out():
    assert [a.code for a in ALL.values() if a.opt_out] == [21610]
    assert ALL[21610].family is Family.OPT_OUT


def test_refusal_at_create_costs_nothing_unless_the_outcome_is_unknown():
    refused = [a for a in ALL.values() if a.seen == {"C"} and a.retry is not Retry.CHECK]
    assert {a.charged for a in refused} == {Charged.NO}


@pytest.mark.parametrize("advice", EVERY_ROW, ids=name)
def test_sentences_are_short_and_plain(advice):
    for text in (advice.meaning, advice.advice):
        assert 15 <= len(text) <= 160
        assert text[0].isupper()
        assert text.endswith(".")
        assert not JARGON.search(text)


@pytest.mark.parametrize("advice", EVERY_ROW, ids=name)
def test_where_it_was_seen_is_one_of_four_places(advice):
    assert advice.seen
    assert advice.seen <= {"C", "M", "W", "A"}


@pytest.mark.parametrize("advice", [a for a in EVERY_ROW if a.hands is Hands.ADMINISTRATOR], ids=name)
def test_work_for_the_administrator_is_sent_there(advice):
    assert re.search(r"administrator|Choose|Wait|Write", advice.advice)


def test_link_leads_to_twilios_page():
    assert ALL[21610].link == "https://www.twilio.com/docs/api/errors/21610"
    assert explain(None, 500).link == ""


@pytest.mark.parametrize(
    ("code", "status", "family", "retry"),
    [
        pytest.param(21610, 400, Family.OPT_OUT, Retry.NO, id="known code, whatever the status"),
        pytest.param(21610, 500, Family.OPT_OUT, Retry.NO, id="known code goes before a server error"),
        pytest.param(21298, 400, Family.RECIPIENT, Retry.NO, id="unknown code in a known block"),
        pytest.param(30199, 400, Family.UNKNOWN, Retry.FIX, id="unknown block, status 400"),
        pytest.param(30099, None, Family.UNKNOWN, Retry.NO, id="unknown code on a message"),
        pytest.param(21298, 503, Family.TEMPORARY, Retry.CHECK, id="server error goes before a block"),
        pytest.param(21298, 429, Family.THROUGHPUT, Retry.WAIT, id="too many requests goes before a block"),
        pytest.param(98765, 401, Family.ACCOUNT, Retry.FIX, id="status 401"),
        pytest.param(None, 418, Family.UNKNOWN, Retry.FIX, id="odd status"),
        pytest.param(None, 599, Family.TEMPORARY, Retry.CHECK, id="odd server error"),
        pytest.param(98765, None, Family.UNKNOWN, Retry.CHECK, id="nothing known at all"),
        pytest.param(None, None, Family.UNKNOWN, Retry.CHECK, id="neither code nor status"),
    ],
)
def test_unknown_code_falls_back(code, status, family, retry):
    advice = explain(code, status)
    assert (advice.code, advice.family, advice.retry) == (code, family, retry)


@pytest.mark.parametrize(
    ("code", "status", "meaning"),
    [
        pytest.param(None, None, "Twilio gave no reason.", id="no code"),
        pytest.param(None, 201, "Twilio gave no reason.", id="taken, then failed without a code"),
        pytest.param(0, None, "Twilio gave no reason.", id="code 0"),
        pytest.param(98765, None, "Twilio gave a reason that this program does not know.", id="unknown code"),
    ],
)
def test_no_reason_is_told_apart_from_an_unknown_one(code, status, meaning):
    assert explain(code, status).meaning == meaning


def test_no_code_is_described_twice():
    codes = [row["code"] for row in _rows()]
    covered = [
        code
        for row in codes
        if re.fullmatch(r"\d+(-\d+)?", row)
        for code in range(int(row.split("-")[0]), int(row.split("-")[-1]) + 1)
    ]
    assert len(set(codes)) == len(codes)
    assert len(set(covered)) == len(covered)


def _rows():
    return list(csv.DictReader(files("mms.twilio_codes").joinpath("codes.csv").read_text("utf-8").splitlines()))
