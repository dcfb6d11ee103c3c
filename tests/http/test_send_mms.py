"""`POST /send-mms` from outside, against the practice Twilio and a real worker."""

import threading
import time
import uuid

import pytest
import requests
from http_tools import until
from sqlalchemy import func, select, update

from mms.access.api_keys import Scope, add_key, listed_keys, revoke_key
from mms.delivery import Decision, resolve_unknown
from mms.ledger import opt_outs
from mms.ledger.options import set_option
from mms.ledger.tables import api_requests, campaigns, rows
from mms.roles import LOCAL_ADMIN


def test_message_goes_out_once_and_is_in_the_ledger(quick):
    answer = quick.send(body="once", to="(202) 555-0123")
    assert answer.status_code == 200
    said = answer.json()
    assert said == {"success": True, "message": "MMS queued successfully.", "sid": said["sid"], "status": "queued"}
    (arrived,) = quick.arrived("once")
    assert arrived["form"]["To"] == ["+12025550123"]
    assert arrived["sid"] == said["sid"]
    with quick.ledger.read() as connection:
        query = select(campaigns.c.kind, campaigns.c.created_by, rows.c.recipient, rows.c.message_sid)
        found = connection.execute(query.join(rows).where(rows.c.message_sid == said["sid"])).one()
    assert found == ("api", "API key tests", "+12025550123", said["sid"])


def test_several_pictures_and_braces_go_out_as_they_are(quick):
    urls = [f"https://pictures.example/{n}.jpg?a=%20b&c=/" for n in range(3)]
    assert quick.send(body="{First Name} {{x}}", mediaUrl=urls).status_code == 200
    (arrived,) = quick.arrived("{First Name} {{x}}")
    assert arrived["form"]["MediaUrl"] == urls


def test_sender_can_be_chosen_among_our_own(quick):
    service = quick.context.senders[1]
    answer = quick.send(**{"from": service})
    assert answer.status_code == 200
    assert answer.json()["status"] in {"accepted", "queued"}  # a callback can come before the answer


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        pytest.param({"to": None}, "to", id="no recipient"),
        pytest.param({"body": None}, "body", id="no text"),
        pytest.param({"mediaUrl": None}, "mediaUrl", id="no picture"),
        pytest.param({"to": "12"}, "to", id="number too short"),
        pytest.param({"to": "call me"}, "to", id="letters"),
        pytest.param({"to": 12025550123}, "to", id="number, not text"),
        pytest.param({"to": "+15005550006"}, None, id="Twilio's magic number is taken in practice"),
        pytest.param({"body": ""}, "body", id="empty text"),
        pytest.param({"body": " \n"}, "body", id="blank text"),
        pytest.param({"body": "x" * 1600}, None, id="longest text"),
        pytest.param({"body": "x" * 1601}, "body", id="one character too long"),
        pytest.param({"body": "a\x00b"}, "body", id="NUL"),
        pytest.param({"mediaUrl": []}, "mediaUrl", id="empty list"),
        pytest.param({"mediaUrl": ["https://a.example/x.jpg"] * 10}, None, id="ten pictures"),
        pytest.param({"mediaUrl": ["https://a.example/x.jpg"] * 11}, "mediaUrl", id="eleven pictures"),
        pytest.param({"mediaUrl": "ftp://a.example/x.jpg"}, "mediaUrl", id="not the web"),
        pytest.param({"mediaUrl": "a.jpg"}, "mediaUrl", id="file name"),
        pytest.param({"mediaUrl": {"url": "x"}}, "mediaUrl", id="object"),
        pytest.param({"from": "+12025550188"}, "from", id="somebody else's number"),
        pytest.param({"from": "MG" + "0" * 32}, "from", id="somebody else's service"),
        pytest.param({"colour": "red"}, "colour", id="unknown field"),
        pytest.param({"media_url": "https://a.example/x.jpg"}, "media_url", id="misspelt field"),
    ],
)
def test_invalid_field_is_named(quick, fields, named):
    answer = quick.send(**fields)
    if named is None:
        assert answer.status_code == 200, answer.text
        return
    problem = answer.json()
    assert answer.status_code == 400
    assert problem["success"] is False
    assert problem["fields"] == [named]
    assert problem["message"].startswith(named)
    assert problem["code"] == ("missing_field" if fields[named] is None else "invalid_field")


@pytest.mark.parametrize(
    ("data", "content_type", "code"),
    [
        pytest.param(b"{", "application/json", "invalid_json", id="not JSON"),
        pytest.param(b"[]", "application/json", "invalid", id="a list"),
        pytest.param(b"null", "application/json", "invalid", id="null"),
        pytest.param(b"", "application/json", "invalid", id="nothing"),
        pytest.param(b"\xff\xfe", "application/json", "invalid_json", id="not UTF-8"),
        pytest.param(b"to=1", "application/x-www-form-urlencoded", "not_json", id="a form"),
        pytest.param(b"[" * 60_000, "application/json", "invalid", id="deeply nested"),
    ],
)
def test_body_that_is_no_json_object_is_refused(quick, data, content_type, code):
    headers = {"Authorization": "Bearer correct horse battery staple", "Content-Type": content_type}
    answer = requests.post(f"{quick.url}/send-mms", data=data, headers=headers, timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (415 if code == "not_json" else 400, code)
    assert answer.json()["success"] is False


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no key"),
        pytest.param({"Authorization": "Bearer wrong"}, id="wrong key"),
        pytest.param({"Authorization": "Bearer "}, id="empty key"),
        pytest.param({"Authorization": "Basic correct horse battery staple"}, id="another scheme"),
        pytest.param({"Authorization": "Bearer \u00e9".encode("latin-1")}, id="not ASCII"),
    ],
)
@pytest.mark.parametrize("fields", [pytest.param({}, id="good call"), pytest.param({"to": None}, id="bad call")])
def test_call_without_a_known_key_is_refused_before_anything_else(quick, headers, fields):
    answer = quick.send(key=None, headers=headers, **fields)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_made_key_opens_the_api_until_it_is_revoked(quick):
    key = add_key(quick.ledger, quick.settings, "shop", by=LOCAL_ADMIN)
    assert quick.send(key=key).status_code == 200
    revoke_key(quick.ledger, "shop", by=LOCAL_ADMIN)
    assert quick.send(key=key).status_code == 401


def test_locked_database_keeps_no_reader_from_its_answer_and_the_use_is_noted_later(quick):
    key = add_key(quick.ledger, quick.settings, "reader", by=LOCAL_ADMIN)
    with quick.ledger.write():
        assert quick.get("/messages/MM" + "0" * 32, key=key).status_code == 404

    def is_noted():
        with quick.ledger.read() as connection:
            return any(one.last_used_at for one in listed_keys(connection, quick.settings) if one.name == "reader")

    until(is_noted)


def test_key_for_reading_reads_and_sends_nothing(quick):
    key = add_key(quick.ledger, quick.settings, "dashboard", by=LOCAL_ADMIN, scope=Scope.READ)
    assert quick.get("/messages", key=key).status_code == 200
    refused = quick.send(key=key, body="from a reading key")
    assert (refused.status_code, refused.json()["code"]) == (403, "read_only_key")
    assert quick.arrived("from a reading key") == []


def test_rate_of_one_key_is_limited_and_says_when_to_go_on(quick):
    key = add_key(quick.ledger, quick.settings, "hasty", by=LOCAL_ADMIN)
    _set_rate(quick, 3)
    try:
        statuses = [quick.send(key=key, to=None).status_code for _ in range(4)]
        refused = quick.send(key=key)
        assert statuses == [400, 400, 400, 429]
        assert 1 <= int(refused.headers["Retry-After"]) <= 20
        assert refused.json()["code"] == "too_many_calls"
        assert quick.send().status_code == 200, "another key has a rate of its own"
    finally:
        _set_rate(quick, 600)


def _set_rate(installation, calls):
    with installation.ledger.write() as connection:
        set_option(connection, "api_calls_per_minute", calls, at=0, by="tests")


def test_opted_out_recipient_is_not_asked_of_twilio(quick):
    with quick.ledger.write() as connection:
        opt_outs.add(connection, ["+12025550155"], source=opt_outs.BY_HAND, at=1.0)
    answer = quick.send(to="202 555 0155", body="to somebody who said stop")
    assert (answer.status_code, answer.json()["code"]) == (422, "opted_out")
    assert quick.arrived("to somebody who said stop") == []


@pytest.mark.parametrize(
    ("fault", "status", "twilio_code"),
    [
        pytest.param("code:21211", 400, 21211, id="bad number"),
        pytest.param("code:21606", 400, 21606, id="sender cannot"),
        pytest.param("code:20003", 401, 20003, id="signed out"),
    ],
)
def test_refusal_of_twilio_comes_with_its_status_and_code(quick, fault, status, twilio_code):
    quick.practice.remote.set_faults(script=[fault])
    answer = quick.send(to="+12025550166")
    said = answer.json()
    assert (answer.status_code, said["success"], said["code"]) == (status, False, "refused")
    assert said["twilio_code"] == twilio_code
    assert said["error"]


@pytest.mark.parametrize("fault", ["hang_before", "hang_after", "500_after", "reset_after", "broken_json"])
def test_silence_of_twilio_is_an_unknown_outcome(quick, fault):
    text = f"silence {fault}"
    quick.practice.remote.set_faults(script=[fault], hang_seconds=4)
    answer = quick.send(body=text)
    if answer.status_code == 200:  # Twilio's log told of it before the answer was written
        assert fault.endswith("_after")
    else:
        assert (answer.status_code, answer.json()["status"], answer.json()["success"]) == (504, "unknown", False)
        assert "do not repeat the call" in answer.json()["message"]
    assert len(quick.arrived(text)) == 1


def test_idempotency_key_gives_the_same_answer_without_a_second_message(quick):
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    answers = [quick.send(body="same", headers=headers) for _ in range(3)]
    assert {answer.text for answer in answers} == {answers[0].text}
    assert len(quick.arrived("same")) == 1


def test_idempotency_key_with_another_body_is_refused(quick):
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    assert quick.send(body="first", headers=headers).status_code == 200
    answer = quick.send(body="second", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert quick.arrived("second") == []


def test_calls_with_one_key_at_the_same_moment_send_one_message(quick):
    quick.practice.remote.set_faults(delay_ms=300)
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(quick.send(body="at once", headers=headers))) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert len(quick.arrived("at once")) == 1


def test_unknown_outcome_is_told_again_and_in_the_end_resolved_by_the_same_key(quick):
    """Twilio's callback may tell of it before the log does; then the very first answer is the good one."""
    quick.practice.remote.set_faults(script=["hang_after"], hang_seconds=4)
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    later = [quick.send(body="was it sent?", headers=headers)]
    while later[-1].status_code == 504:
        later.append(quick.send(body="was it sent?", headers=headers))
    assert later[-1].status_code == 200
    assert len(quick.arrived("was it sent?")) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "a\tb"], ids=["empty", "too long", "space", "tab"])
def test_unfit_idempotency_key_is_refused(quick, key):
    answer = quick.send(headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["success"]) == (400, False)
    assert answer.json()["fields"] == ["Idempotency-Key"]


def test_each_key_name_has_idempotency_keys_of_its_own(quick):
    key = add_key(quick.ledger, quick.settings, "second-program", by=LOCAL_ADMIN)
    headers = {"Idempotency-Key": "order-1"}
    first, second = quick.send(headers=headers, body="of one"), quick.send(key=key, headers=headers, body="of two")
    assert (first.status_code, second.status_code) == (200, 200)
    with quick.ledger.read() as connection:
        same = select(func.count()).where(api_requests.c.idempotency_key == "order-1")
        assert connection.execute(same).scalar_one() == 2


@pytest.mark.parametrize("decision", [Decision.GIVE_UP, Decision.SENT])
def test_recipient_in_doubt_gets_nothing_more_until_a_person_decides_and_the_answer_says_so(quick, decision):
    """The second call comes while Twilio's log is asked, the third when it could not tell."""
    quick.practice.remote.set_faults(script=["reset_before"], lists_failing=True)
    person, key = {"to": "+12025550171"}, {"Idempotency-Key": uuid.uuid4().hex}
    texts = ("in doubt", f"second {decision}", f"third {decision}")
    answers = [quick.send(**person, body=text, headers=key if text == "in doubt" else None) for text in texts]
    told = [(one.status_code, one.json().get("code")) for one in answers]
    assert (told[0], told[2]) == ((504, "unknown"), (503, "earlier_message_unknown"))
    assert told[1] in {(202, None), told[2]}  # queued, unless it is a person's turn already
    assert all(int(one.headers["Retry-After"]) > 0 for one in answers[1:])
    assert "A person has to decide" in answers[2].json()["message"]
    quick.practice.remote.set_faults()
    doubted = (rows.c.recipient == person["to"]) & (rows.c.state == "unknown")
    with quick.ledger.read() as connection:
        (row_id,) = connection.execute(select(rows.c.id).where(doubted)).scalars()
    resolve_unknown(quick.ledger, row_id, decision, by=LOCAL_ADMIN)
    again = quick.send(**person, body="in doubt", headers=key)
    assert (again.status_code, again.json()["status"]) == (504, "unknown")
    assert "A person decided" in again.json()["message"]
    if told[1] == told[2]:
        assert quick.send(**person, body=texts[1]).status_code == 200
    give_up = time.monotonic() + 60  # only for machines that hang
    while not quick.arrived(texts[1]) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert len(quick.arrived(texts[1])) == 1
    assert quick.arrived(texts[2]) == []


def test_status_of_a_message_is_what_was_last_heard(quick):
    sid = quick.send().json()["sid"]
    said = quick.get(f"/messages/{sid}")
    assert said.status_code == 200
    assert said.json()["sid"] == sid
    assert said.json()["status"] in {"queued", "sending", "sent", "delivered"}


def test_status_is_told_for_the_sids_of_other_servers_too(quick):
    sid, other = quick.send().json()["sid"], "SM-0001"
    with quick.ledger.write() as connection:
        connection.execute(update(rows).where(rows.c.message_sid == sid).values(message_sid=other))
    assert quick.get(f"/messages/{other}").json()["sid"] == other


@pytest.mark.parametrize("sid", ["MM" + "0" * 32, "nonsense", "..%2F..%2Fetc", "%00"])
def test_status_of_somebody_elses_message_is_not_found(quick, sid):
    answer = quick.get(f"/messages/{sid}")
    assert (answer.status_code, answer.json()["success"]) == (404, False)


def test_status_needs_a_key(quick):
    assert quick.get("/messages/MM" + "0" * 32, key=None).status_code == 401
