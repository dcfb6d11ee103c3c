"""Replies by asking Twilio's list, over the wire, on both databases."""

import pytest
from sqlalchemy import insert, select, update

from mms.campaigns.launch.senders import ensure_sender
from mms.ledger import opt_outs
from mms.ledger.options import set_option
from mms.ledger.tables import campaigns, replies
from mms.opt_outs.asking import AccountInbound, ask_for_replies, is_due
from mms.opt_outs.replies import Inbound, receive
from mms.practice.testing import PracticeServer
from mms.twilio_client import Account

PERSON = "+12025550171"
DAY = 86_400.0


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with PracticeServer(tmp_path_factory.mktemp("practice")) as running:
        yield running


@pytest.fixture
def twilio(server):
    server.remote.clear()
    server.remote.set_faults()
    return server


@pytest.fixture
def account(twilio):
    address = twilio.address
    return Account(address.base_url, address.account_sid, address.account_sid, address.auth_token)


@pytest.fixture
def started(ledger, account, twilio):
    """A campaign of this sender that began so many seconds ago."""

    def begin(address=twilio.address.phone_number, *, ago=10.0):
        with ledger.write() as connection:
            now = ledger.now(connection)
            connection.execute(
                insert(campaigns).values(
                    name="One",
                    kind="campaign",
                    mode="practice",
                    state="finished",
                    want="run",
                    sender_id=ensure_sender(connection, account.account_sid, address),
                    sender_address=address,
                    body="Hi",
                    media_urls=[],
                    columns=[],
                    options={},
                    row_count=0,
                    tags=[],
                    content_hash="x",
                    created_at=now - ago,
                    queue_position=1.0,
                    started_at=now - ago,
                )
            )

    return begin


def ask(ledger, account):
    with ledger.write() as connection:
        set_option(connection, f"replies_asked:{account.account_sid[-12:]}", 0.0, at=0.0, by=None)
    return ask_for_replies(ledger, AccountInbound(account), account.account_sid)


def stored(ledger):
    with ledger.read() as connection:
        found = connection.execute(select(replies.c.body).order_by(replies.c.at, replies.c.id))
        return list(found.scalars())


def is_out(ledger):
    with ledger.read() as connection:
        return PERSON in opt_outs.opted_out_among(connection, [PERSON])


@pytest.mark.parametrize("sender", ["number", "service"])
def test_replies_come_in_without_a_webhook_and_stop_is_obeyed(ledger, account, twilio, started, sender):
    started(twilio.address.phone_number if sender == "number" else twilio.address.messaging_service_sid)
    for text in ("Thank you!", "STOP"):
        twilio.remote.reply(PERSON, text)
    assert ask(ledger, account) == 2
    assert (stored(ledger), is_out(ledger)) == (["Thank you!", "STOP"], True)
    assert ask(ledger, account) == 0


def test_stop_and_start_count_in_the_order_in_which_they_were_written(ledger, account, twilio, started):
    started()
    for text in ("STOP", "START"):
        twilio.remote.reply(PERSON, text)
    ask(ledger, account)
    assert not is_out(ledger)


def test_webhook_and_list_agree_on_one_reply(ledger, account, twilio, started):
    started()
    sid = twilio.remote.reply(PERSON, "STOP")["message"]["sid"]
    receive(ledger, Inbound(sid, PERSON, twilio.address.phone_number, "STOP", 0, None))
    assert ask(ledger, account) == 0
    assert stored(ledger) == ["STOP"]


def test_old_start_does_not_undo_what_a_person_did_after_it(ledger, account, twilio, started):
    started()
    twilio.remote.reply(PERSON, "START")
    with ledger.write() as connection:
        opt_outs.add(connection, [PERSON], source=opt_outs.BY_HAND, at=ledger.now(connection) + 1)
    ask(ledger, account)
    assert is_out(ledger)


def test_twilios_silence_is_asked_again(ledger, account, twilio, started):
    started()
    twilio.remote.reply(PERSON, "STOP")
    twilio.remote.set_faults(lists_failing=1.0)
    assert ask(ledger, account) == 0
    twilio.remote.set_faults()
    assert ask_for_replies(ledger, AccountInbound(account), account.account_sid) == 1


@pytest.mark.parametrize(
    ("ago", "asked_ago", "due"),
    [
        pytest.param(None, 999, False, id="no campaign ever began"),
        pytest.param(60, 59, False, id="young: not within a minute"),
        pytest.param(60, 60, True, id="young: every minute"),
        pytest.param(3 * DAY - 1, 60, True, id="nearly three days"),
        pytest.param(3 * DAY + 1, 60, False, id="older: not every minute"),
        pytest.param(3 * DAY + 1, 600, True, id="older: every ten minutes"),
    ],
)
def test_how_often_it_is_asked(ledger, account, started, ago, asked_ago, due):
    if ago is not None:
        started(ago=0.0)
    with ledger.write() as connection:
        connection.execute(update(campaigns).values(started_at=1e9))
        moment = 1e9 + (ago or 0)
        set_option(connection, f"replies_asked:{account.account_sid[-12:]}", moment - asked_ago, at=0.0, by=None)
    with ledger.read() as connection:
        assert is_due(connection, account.account_sid, moment) is due
