"""Conversations: who wrote, what is unread or done, and an answer that goes out once or not at all."""

import pytest
from sqlalchemy import select

from mms.errors import CampaignError, NotAllowed
from mms.ledger import opt_outs
from mms.ledger.tables import campaigns, rows
from mms.opt_outs.replies import Inbound, all_replies, receive
from mms.replies.answering import FREE_SECONDS, answer
from mms.replies.conversations import (
    add_note,
    conversation_count,
    conversations,
    mark_done,
    mark_read,
    thread,
    unread_count,
)
from mms.roles import LOCAL_ADMIN, Role, User

ANA, BEN, OURS = "+12125550101", "+12125550102", "+12125550199"
ACCOUNT = "AC" + "0" * 32
VIEWER = User("Vera", None, Role.VIEWER)


def wrote(ledger, sender, body, sid):
    receive(ledger, Inbound("SM" + sid * 32, sender, OURS, body, 0, None))


@pytest.fixture
def two(ledger):
    wrote(ledger, ANA, "Is it open on Sunday?", "1")
    wrote(ledger, BEN, "Thanks", "2")
    wrote(ledger, ANA, "Hello?", "3")
    return ledger


def who(ledger, **wanted):
    with ledger.read() as connection:
        found = conversations(connection, **wanted)
        assert len(found) == conversation_count(connection, **wanted)
    return [(one.recipient, one.unread, one.is_done) for one in found]


def sent(ledger, text, **others):
    values = {"account_sid": ACCOUNT, "mode": "practice", "request_key": "k", "by": LOCAL_ADMIN, **others}
    return answer(ledger, ANA, text, **values)


def test_one_conversation_for_each_person_unread_first(two):
    assert who(two) == [(ANA, 2, False), (BEN, 1, False)]
    mark_read(two, ANA, by=LOCAL_ADMIN)
    assert who(two) == [(BEN, 1, False), (ANA, 0, False)]
    with two.read() as connection:
        assert unread_count(connection) == 1


def test_done_until_the_person_writes_again(two):
    mark_done(two, ANA, done=True, by=LOCAL_ADMIN)
    assert who(two, only_open=True) == [(BEN, 1, False)]
    wrote(two, ANA, "And on Monday?", "4")
    assert (ANA, 3, False) in who(two, only_open=True)


@pytest.mark.parametrize(("search", "found"), [("sunday", [ANA]), ("0102", [BEN]), ("%", []), ("12", [])])
def test_search_finds_words_and_numbers(two, search, found):
    assert [recipient for recipient, *_ in who(two, search=search)] == found


def test_an_answer_goes_out_once_through_the_number_that_was_written_to(two):
    first = sent(two, "Yes, until {five}")
    assert sent(two, "Yes, until {five}") == first  # a double click
    with two.read() as connection:
        (made,) = connection.execute(select(campaigns)).all()
        (row,) = connection.execute(select(rows)).all()
    assert (made.kind, made.sender_address, row.recipient, row.state) == ("answer", OURS, ANA, "ready")


def test_notes_stand_in_the_conversation(two):
    add_note(two, ANA, " asked twice ", by=LOCAL_ADMIN)
    with two.read() as connection:
        lines = thread(connection, ANA)
    assert [(line.kind, line.text) for line in lines] == [
        ("reply", "Is it open on Sunday?"),
        ("reply", "Hello?"),
        ("note", "asked twice"),
    ]


def test_who_opted_out_gets_no_answer(two):
    with two.write() as connection:
        opt_outs.add(connection, [ANA], source="by_hand", at=1.0)
    with pytest.raises(CampaignError) as refused:
        sent(two, "Yes")
    assert refused.value.code == "opted_out"


def test_a_free_text_after_a_day_is_confirmed_first(two):
    with two.write() as connection:
        connection.exec_driver_sql(f"UPDATE mms_replies SET at = at - {FREE_SECONDS + 60}")
    with pytest.raises(CampaignError) as refused:
        sent(two, "Yes")
    assert refused.value.code == "not_recent"
    assert sent(two, "Yes", although_late=True)


@pytest.mark.parametrize(
    ("recipient", "text", "code"), [(ANA, "  ", "message_empty"), ("+12125550103", "Hi", "never_wrote")]
)
def test_what_cannot_be_answered_is_said(two, recipient, text, code):
    with pytest.raises(CampaignError) as refused:
        answer(two, recipient, text, account_sid=ACCOUNT, mode="practice", request_key="k", by=LOCAL_ADMIN)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "write",
    [
        lambda ledger: mark_read(ledger, ANA, by=VIEWER),
        lambda ledger: mark_done(ledger, ANA, done=True, by=VIEWER),
        lambda ledger: add_note(ledger, ANA, "x", by=VIEWER),
        lambda ledger: sent(ledger, "Yes", by=VIEWER),
    ],
    ids=["read", "done", "note", "answer"],
)
def test_a_viewer_changes_nothing(two, write):
    with pytest.raises(NotAllowed):
        write(two)
    assert who(two) == [(ANA, 2, False), (BEN, 1, False)]


def test_replies_since_a_time(two):
    with two.read() as connection:
        found = all_replies(connection)
        assert [one.body for one in found] == ["Hello?", "Thanks", "Is it open on Sunday?"]
        assert len(all_replies(connection, since=found[0].at)) == 1
