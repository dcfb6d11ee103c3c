"""A call, its message and its idempotency key are one transaction, on both databases and from several servers."""

import dataclasses
import socket
import threading
import uuid

import pytest
from installation import serve
from sqlalchemy import func, select

from mms.http.idempotency import Call, admit_all, withdraw
from mms.http.middleware.error_responses import ApiProblem
from mms.ledger import opt_outs
from mms.ledger.tables import api_requests, campaigns, rows

CALL = Call(
    key_name="shop",
    idempotency_key="order-1",
    recipient="+12025550123",
    body="Hello",
    media_urls=("https://pictures.example/a.jpg",),
    sender_address="+15005550006",
    account_sid="AC" + "0" * 32,
    mode="practice",
)


def changed(**changes):
    return dataclasses.replace(CALL, **changes)


def count(ledger, table):
    with ledger.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_same_call_is_one_message_within_a_batch_and_later(ledger):
    first, second = admit_all(ledger, [CALL, CALL])
    assert [first] == [second]
    assert admit_all(ledger, [CALL]) == [first]
    assert (count(ledger, campaigns), count(ledger, rows), count(ledger, api_requests)) == (1, 1, 1)


@pytest.mark.parametrize(
    "other",
    [
        {"body": "Hullo"},
        {"recipient": "+12025550124"},
        {"media_urls": ()},
        {"sender_address": "+15005550007"},
    ],
    ids=["text", "recipient", "pictures", "sender"],
)
def test_same_key_for_another_message_is_a_conflict(ledger, other):
    admitted, refused = admit_all(ledger, [CALL, changed(**other)])
    assert isinstance(admitted, int)
    assert isinstance(refused, ApiProblem)
    assert (refused.status, count(ledger, rows)) == (409, 1)


def test_calls_without_a_key_are_messages_of_their_own(ledger):
    assert len(set(admit_all(ledger, [changed(idempotency_key=None)] * 3))) == 3


def test_one_refused_call_does_not_harm_the_others(ledger):
    with ledger.write() as connection:
        opt_outs.add(connection, ["+12025550199"], source=opt_outs.REPLY, at=1.0)
    stopped = changed(recipient="+12025550199", idempotency_key="order-2")
    good, refused, another = admit_all(ledger, [CALL, stopped, changed(idempotency_key="order-3")])
    assert (isinstance(good, int), isinstance(another, int)) == (True, True)
    assert refused.status == 422
    assert count(ledger, api_requests) == 2


def test_what_was_practised_never_answers_for_a_live_call(ledger):
    live = changed(mode="live", account_sid="AC" + "1" * 32)
    (practised,) = admit_all(ledger, [CALL])
    (sent,) = admit_all(ledger, [live])
    assert sent != practised
    assert admit_all(ledger, [CALL, live, CALL]) == [practised, sent, practised]
    assert admit_all(ledger, [dataclasses.replace(live, body="Hullo")])[0].status == 409


@pytest.mark.parametrize(
    ("reason", "account_sid", "code"),
    [
        pytest.param("unsettled", CALL.account_sid, "earlier_message_unknown", id="a person's turn"),
        pytest.param(None, CALL.account_sid, None, id="still being looked for"),
        pytest.param("unsettled", "AC" + "1" * 32, None, id="of another account"),
    ],
)
def test_recipient_of_an_undecided_message_is_told_at_once(ledger, reason, account_sid, code):
    admit_all(ledger, [changed(idempotency_key=None)])
    with ledger.write() as connection:
        connection.execute(rows.update().values(state="unknown", reason=reason))
    (admitted,) = admit_all(ledger, [changed(account_sid=account_sid, idempotency_key="order-2")])
    assert (admitted.problem.code if isinstance(admitted, ApiProblem) else None) == code
    assert count(ledger, rows) == (1 if code else 2)


def test_several_servers_at_the_same_moment_make_one_message(ledger):
    start, admitted = threading.Barrier(8), []

    def one_server():
        start.wait()
        admitted.extend(admit_all(ledger, [CALL, changed(idempotency_key=None)]))

    servers = [threading.Thread(target=one_server) for _ in range(8)]
    for server in servers:
        server.start()
    for server in servers:
        server.join()
    assert len(admitted) == 16
    assert len(set(admitted[::2])) == 1
    assert count(ledger, rows) == 9


def test_message_that_was_taken_back_frees_its_key(ledger):
    (first,) = admit_all(ledger, [CALL])
    assert withdraw(ledger, first)
    assert not withdraw(ledger, first)
    (second,) = admit_all(ledger, [CALL])
    assert second != first
    with ledger.read() as connection:
        states = connection.execute(select(rows.c.state).order_by(rows.c.id)).scalars().all()
    assert states == ["canceled", "ready"]


def test_message_that_twilio_may_have_is_not_taken_back(ledger):
    (campaign_id,) = admit_all(ledger, [CALL])
    with ledger.write() as connection:
        connection.execute(rows.update().values(state="sending"))
    assert not withdraw(ledger, campaign_id)
    assert admit_all(ledger, [CALL]) == [campaign_id]


def test_same_key_gives_the_same_answer_after_a_restart(quick):
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    before = quick.send(headers=headers, body="before the restart")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        with serve(quick.settings, quick.practice, listener) as restarted:
            after = restarted.send(headers=headers, body="before the restart")
    assert (before.status_code, before.text) == (after.status_code, after.text)
    assert len(quick.arrived("before the restart")) == 1
