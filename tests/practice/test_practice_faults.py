"""Each fault does to a create what its name says, and the log tells whether the message was accepted."""

import socket

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from mms.practice.messages.faults import NEVER_ACCEPTED, Faults, Kind, Plan

NO_ANSWER = (requests.ConnectionError, requests.Timeout)
TO = "+19075550150"

# What the client sees: a status, or None for no answer.
SEEN = {
    Kind.OK: 201,
    Kind.BUSY: 429,
    Kind.BUSY_RETRY_AFTER: 429,
    Kind.ERROR_BEFORE: 500,
    Kind.ERROR_AFTER: 500,
    Kind.RESET_BEFORE: None,
    Kind.RESET_AFTER: None,
    Kind.HANG_BEFORE: None,
    Kind.HANG_AFTER: None,
    Kind.BROKEN_JSON: 201,
    Kind.HTML: 201,
    Kind.SLOW_BEFORE: 201,
    Kind.SLOW_AFTER: 201,
    Kind.LANDS_LATE: None,
}


def test_every_kind_is_in_the_table():
    assert set(SEEN) == set(Kind)


@pytest.mark.parametrize(("kind", "status"), SEEN.items(), ids=str)
def test_fault_is_seen_and_the_log_is_true(server, post, eventually, kind, status):
    server.remote.set_faults(script=[kind], slow_ms=1, lands_after=0)
    if status is None:
        with pytest.raises(NO_ANSWER):
            post(timeout=0.5)
    else:
        assert post().status_code == status
    eventually(lambda: len(server.remote.requests()) == 1)
    (arrived,) = server.remote.requests()
    accepted = kind not in NEVER_ACCEPTED
    assert (arrived["fault"], bool(arrived["sid"])) == (kind, accepted)
    assert server.remote.messages()["total"] == int(accepted)


def test_script_ends_and_all_is_well_again(server, post):
    server.remote.set_faults(script=["429", "ok", "500_after"])
    assert [post().status_code for _ in range(4)] == [429, 201, 500, 201]


def test_new_plan_ends_the_old_one(server, post):
    server.remote.set_faults(shares={"429": 1.0})
    assert post().status_code == 429
    server.remote.set_faults()
    assert post().status_code == 201


def test_shares_are_drawn_the_same_for_the_same_seed():
    plan = Plan(shares={"429": 0.2, "500_after": 0.1}, seed=7)
    first, second = ([Faults(plan).next_for_create(1) for _ in range(1)] for _ in range(2))
    assert first == second
    faults = Faults(plan)
    drawn = [faults.next_for_create(1) for _ in range(5000)]
    assert drawn.count("429") / 5000 == pytest.approx(0.2, abs=0.03)
    assert drawn.count("500_after") / 5000 == pytest.approx(0.1, abs=0.03)


def test_scripted_code_is_twilios_refusal(server, twilio):
    server.remote.set_faults(script=["code:21606"])
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(to=TO, from_=server.address.phone_number, body="Hello")
    assert (refused.value.status, refused.value.code) == (400, 21606)


@pytest.mark.parametrize(("kind", "header"), [("429", None), ("429_retry_after", "3")])
def test_busy_says_when_to_come_back_only_if_asked_to(server, post, kind, header):
    server.remote.set_faults(script=[kind], retry_after=3)
    assert post().headers.get("Retry-After") == header


def test_broken_json_cannot_be_read(server, post):
    server.remote.set_faults(script=["broken_json", "html"])
    for _ in range(2):
        with pytest.raises(requests.JSONDecodeError):
            post().json()


def test_message_can_be_accepted_after_the_client_gave_up(server, post, eventually):
    server.remote.set_faults(script=["slow_before"], slow_ms=600)
    with pytest.raises(requests.ReadTimeout):
        post(timeout=0.2)
    eventually(lambda: server.remote.messages()["total"] == 1)


def test_too_many_at_once_are_busy(server):
    server.remote.set_faults(concurrency_limit=1, delay_ms=300)
    answers = _at_once(server, 4)
    assert sorted(answers) == [201, 429, 429, 429]


def _at_once(server, count):
    """Creates sent over connections that are all written before the first is read."""
    body = f"To=%2B19075550150&From=%2B{server.address.phone_number[1:]}&Body=x"
    auth = requests.auth._basic_auth_str(*server.address.auth)
    head = (
        f"POST /2010-04-01/Accounts/{server.address.account_sid}/Messages.json HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: {auth}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    connections = [socket.create_connection(("127.0.0.1", server.address.port)) for _ in range(count)]
    for connection in connections:
        connection.sendall((head + body).encode())
    answers = []
    for connection in connections:
        with connection, connection.makefile("rb") as file:
            answers.append(int(file.readline().split()[1]))
    return answers


def test_reset_is_a_reset_not_a_polite_goodbye(server):
    server.remote.set_faults(script=["reset_before"])
    with pytest.raises(ConnectionResetError):
        _at_once(server, 1)


def test_list_lags_behind(server, twilio, post):
    server.remote.set_faults(list_lag=3600)
    sid = post().json()["sid"]
    assert twilio.messages.list(to=TO) == []
    assert twilio.messages(sid).fetch().sid == sid
    server.remote.set_faults()
    assert [m.sid for m in twilio.messages.list(to=TO)] == [sid]


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        pytest.param({"auth_failing": True}, 20003, id="credentials fail"),
        pytest.param({"account_suspended": True}, 20005, id="account suspended"),
    ],
)
def test_account_faults_meet_every_call(server, twilio, post, plan, code):
    server.remote.set_faults(**plan)
    assert (post().status_code, post().json()["code"]) == (401, code)
    with pytest.raises(TwilioException):
        twilio.messages.list(limit=1)


@pytest.mark.parametrize("plan", [{"surprise": 1}, {"script": ["429", "odd"]}, {"shares": {"code:x": 1}}])
def test_unknown_fault_is_named(server, plan):
    with pytest.raises(requests.HTTPError) as refused:
        server.remote.set_faults(**plan)
    assert refused.value.response.status_code == 400
    assert refused.value.response.json()["message"].startswith("Not known: ")


def test_requests_are_recorded_as_they_came(server, post):
    post(MediaUrl=["https://example.com/a.png", "https://example.com/b.png"], Body=" keep  spaces ")
    post(To="+1415")
    first, second = server.remote.requests()
    assert first["form"]["MediaUrl"] == ["https://example.com/a.png", "https://example.com/b.png"]
    assert first["form"]["Body"] == [" keep  spaces "]
    assert (first["status"], second["status"], second["code"]) == (201, 400, 21211)
    assert first["monotonic"] < second["monotonic"]
    assert first["arrived_at"] < second["arrived_at"]
