"""One person over all campaigns, numbers that can never get a message, and new lists out of a selection."""

import csv
import io

from mms.ledger import dead_numbers, opt_outs
from mms.ledger.tables import replies
from mms.reports import RowFilter
from mms.reports.files.selection import selection_as_upload
from mms.reports.people.person import person_history
from mms.reports.people.unreachable_numbers import dead_page, free
from mms.roles import LOCAL_ADMIN
from mms.states import RowState

ANN = "+12025550101"


def test_history_tells_messages_words_and_why_a_number_is_dead(ledger, make_campaign):
    first = make_campaign([(["1", "Ann"], {"recipient": ANN, "state": "delivered", "sent_at": 10.0})], name="First")
    second = make_campaign([(["1", "Ann"], {"recipient": ANN, "state": "failed", "sent_at": 20.0})], name="Second")
    make_campaign([(["2", "Bob"], {"recipient": "+12025550102"})])
    with ledger.write() as connection:
        connection.execute(replies.insert().values(message_sid="SM1", sender=ANN, address="+1", body="STOP", at=30.0))
        opt_outs.add(connection, [ANN], source=opt_outs.REPLY, at=31.0, campaign_id=second)
        dead_numbers.remember(connection, ANN, 30005, at=32.0)
    with ledger.read() as connection:
        history = person_history(connection, ANN)
    assert [(one.campaign_id, one.campaign_name, one.at) for one in history.contacts] == [
        (second, "Second", 20.0),
        (first, "First", 10.0),
    ]
    assert [(word.kind, word.at) for word in history.words] == [("added", 31.0), ("reply", 30.0)]
    assert [word.campaign_name for word in history.words] == ["Second", None]
    assert history.dead is not None
    assert history.dead.code == 30005


def test_history_of_a_stranger_is_empty(ledger):
    with ledger.read() as connection:
        history = person_history(connection, ANN)
    assert (history.contacts, history.words, history.dead) == ((), (), None)


def test_a_dead_number_can_be_freed_once(ledger):
    with ledger.write() as connection:
        dead_numbers.remember(connection, ANN, 30005, at=1.0)
        dead_numbers.remember(connection, "+12025550102", 30006, at=2.0)
        found, total = dead_page(connection)
        assert ([one.recipient for one in found], total) == (["+12025550102", ANN], 2)
        assert free(connection, ANN, at=3.0, by=LOCAL_ADMIN)
        assert not free(connection, ANN, at=3.0, by=LOCAL_ADMIN)
        assert dead_page(connection, "0101") == ([], 0)
        assert dead_numbers.still_dead(connection) == {"+12025550102": 30006}


def test_a_selection_is_a_list_with_the_columns_of_the_upload(ledger, make_campaign):
    campaign_id = make_campaign(
        [
            (["202-555-0101", "José"], {"state": "failed"}),
            (["202-555-0102", "=1+1"], {"state": "failed"}),
            (["202-555-0103", "Ann"], {"state": "delivered"}),
        ]
    )
    content = selection_as_upload(ledger, campaign_id, RowFilter(states=(RowState.FAILED,)))
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) == [
        ["Mobile", "First Name"],
        ["202-555-0101", "José"],
        ["202-555-0102", "'=1+1"],
    ]
