"""Retention and erasure over lists, joins, notes and recurring sends: a person goes everywhere, the others stay."""

import pytest
from sqlalchemy import select

from mms.join_words.handling import take_joins
from mms.join_words.words import NewWord, add_word
from mms.ledger.tables import joins, list_people, recurring_sends, reply_notes
from mms.lists.conditions import Asks, Condition
from mms.lists.merging import save_new_list
from mms.lists.segments import save_segment
from mms.opt_outs.replies import Inbound, receive
from mms.recipients import CheckOptions, check, read_upload
from mms.recurring.rhythm import Every, Rhythm
from mms.recurring.sends import Plan, Step, add_send
from mms.replies.conversations import add_note
from mms.retention.person import erase_person, export_person
from mms.retention.purge import purge
from mms.roles import LOCAL_ADMIN

ACCOUNT = "AC" + "0" * 32
OURS, ANA, BEN = "+12125550199", "+12125550101", "+12125550102"
MEMBERS = b"Name,Mobile,Note\nAna,+12125550101,likes tea\nBen,+12125550102,ask 212-555-0101 first\n"


@pytest.fixture
def people(ledger):
    upload = read_upload(MEMBERS, file_name="members.csv")
    checked = check(upload, CheckOptions(phone_column="Mobile", allow_fictional=True))
    list_id = save_new_list(ledger, checked, "Members", by=LOCAL_ADMIN)
    save_segment(
        ledger, "By number", list_id, [Condition(Asks.COLUMN_CONTAINS, "Note", "212-555-0101")], by=LOCAL_ADMIN
    )
    daily = Rhythm(Every.DAY, "10:00", "UTC")
    plan = Plan("Offer", list_id, (Step("Call 212-555-0101, {Name}"),), "UTC", rhythm=daily)
    add_send(ledger, plan, mode="practice", by=LOCAL_ADMIN)
    add_word(ledger, NewWord("join", OURS, list_id), account_sid=ACCOUNT, mode="practice", by=LOCAL_ADMIN)
    for at, sender in enumerate((ANA, BEN)):
        receive(ledger, Inbound(f"SM{at:032d}", sender, OURS, "JOIN", 0, None))
    take_joins(ledger, ACCOUNT)
    add_note(ledger, ANA, "Ana is nice", by=LOCAL_ADMIN)
    add_note(ledger, BEN, "call +1 (212) 555-0101 instead", by=LOCAL_ADMIN)
    return ledger


def column(ledger, of):
    with ledger.read() as connection:
        return sorted(connection.execute(select(of)).scalars())


def test_an_export_holds_what_is_known_of_a_member(people, settings):
    found = export_person(people, settings, LOCAL_ADMIN, ANA)
    assert [one["cells"]["Name"] for one in found["lists"]] == ["Ana"]
    assert [one["result"] for one in found["joins"]] == ["joined"]
    assert [one["text"] for one in found["notes"]] == ["Ana is nice"]


def test_an_erased_person_is_nowhere_and_the_others_keep_their_lines(people, settings):
    erase_person(people, settings, LOCAL_ADMIN, ANA)
    assert column(people, list_people.c.recipient) == [BEN]
    assert column(people, joins.c.recipient) == [BEN]
    assert column(people, reply_notes.c.recipient) == [BEN]
    assert "555" not in column(people, reply_notes.c.text)[0]
    with people.read() as connection:
        (steps,) = connection.execute(select(recurring_sends.c.steps)).scalars()
    assert "0101" not in steps[0]["body"]
    assert steps[0]["body"].endswith("{Name}")


def test_retention_takes_old_replies_and_notes_and_leaves_members_their_consent(people):
    with people.read() as connection:
        now = people.now(connection)
    purge(people, now + 1)
    assert column(people, reply_notes.c.text) == []
    assert column(people, list_people.c.recipient) == [ANA, BEN]
    assert column(people, joins.c.recipient) == [ANA, BEN]
    # The next reply may get the number of one that is gone, and is a message of its own all the same.
    receive(people, Inbound("SM" + "9" * 32, "+12125550103", OURS, "JOIN", 0, None))
    assert take_joins(people, ACCOUNT) == 1
    assert column(people, list_people.c.recipient) == [ANA, BEN, "+12125550103"]
