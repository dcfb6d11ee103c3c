"""No one too often: the limit holds over all campaigns, also for two that are let go at the same moment."""

import pytest
from launching import checked_list, rows_of, said
from test_one_launch import launching, together

from mms.campaigns.launch.frequency_cap import FrequencyCap, count_at_the_cap, frequency_cap, set_frequency_cap
from mms.campaigns.launch.submission import Content
from mms.errors import CampaignError, MmsError, NotAllowed
from mms.ledger import open_ledger
from mms.ledger.row_states import move_rows
from mms.ledger.tables import rows
from mms.roles import LOCAL_ADMIN, Role, User
from mms.states import RowState

LIST = "Phone,Name\n+12025550101,Ann\n+12025550102,Ben\n"
ANN = "Phone,Name\n+12025550101,Ann\n"


def send(ledger, settings, number, text=LIST):
    content = Content(f"Hi {{Name}}, number {number}")
    checked = checked_list(settings, ledger, text, content)
    return launching(ledger, checked, f"key-{number}", said(name=f"Campaign {number}"), content)


def outcome(ledger, campaign_id):
    return [(row.state, row.reason) for row in rows_of(ledger, campaign_id)]


def limit(ledger, messages, days=1):
    set_frequency_cap(ledger, FrequencyCap(messages, days), by=LOCAL_ADMIN)


def test_without_a_limit_everybody_gets_every_campaign(settings, ledger):
    for number in range(4):
        assert outcome(ledger, send(ledger, settings, number)) == [("ready", None)] * 2


def test_who_has_reached_the_limit_is_left_out_with_the_reason(settings, ledger):
    limit(ledger, 2)
    send(ledger, settings, 1, ANN)
    send(ledger, settings, 2)
    third = send(ledger, settings, 3)
    assert outcome(ledger, third) == [("skipped", "recently_messaged"), ("ready", None)]
    assert "2 messages in 1 days" in (rows_of(ledger, third)[0].problem_text or "")


def test_only_what_went_out_lately_or_still_will_counts(settings, ledger):
    limit(ledger, 1, days=7)
    first = send(ledger, settings, 1, ANN)
    with ledger.write() as connection:
        now = ledger.now(connection)
        theirs = rows.c.campaign_id == first
        move_rows(connection, RowState.SENDING, theirs, now=now)
        move_rows(connection, RowState.DELIVERED, theirs, now=now, sent_at=now - 8 * 86_400)
    assert outcome(ledger, send(ledger, settings, 2, ANN)) == [("ready", None)]


def test_the_number_on_the_review_is_what_happens(settings, ledger):
    limit(ledger, 1)
    send(ledger, settings, 1, ANN)
    with ledger.read() as connection:
        numbers = frozenset({"+12025550101", "+12025550102"})
        assert count_at_the_cap(connection, numbers, "practice", ledger.now(connection)) == 1
        assert count_at_the_cap(connection, numbers, "live", ledger.now(connection)) == 0


def test_two_campaigns_at_once_are_not_both_the_last_one(settings, ledger):
    limit(ledger, 1)
    others = [open_ledger(settings) for _ in range(2)]
    results = together(*(lambda one=one, n=n: send(one, settings, n, ANN) for n, one in enumerate(others)))
    for one in others:
        one.close()
    assert sorted(isinstance(result, CampaignError) for result in results) == [False, True]


def test_a_limit_is_an_admins_and_at_least_one(ledger):
    with pytest.raises(NotAllowed):
        set_frequency_cap(ledger, FrequencyCap(3, 1), by=User("Sam", None, Role.SENDER))
    with pytest.raises(MmsError):
        set_frequency_cap(ledger, FrequencyCap(0, 1), by=LOCAL_ADMIN)
    limit(ledger, 3)
    set_frequency_cap(ledger, None, by=LOCAL_ADMIN)
    with ledger.read() as connection:
        assert frequency_cap(connection) is None
