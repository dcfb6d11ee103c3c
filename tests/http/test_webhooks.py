"""Twilio's webhooks: signed or refused, harmless when repeated, quick whatever the database does."""

import time
import uuid

import pytest
import requests
from sqlalchemy import select, text
from twilio.request_validator import RequestValidator

from mms.ledger import opt_outs
from mms.ledger.tables import early_receipts, replies, rows
from mms.opt_outs.listing import history
from mms.opt_outs.replies import replies_to


def sign(installation, path, form, *, token=None, url=None):
    validator = RequestValidator(token or installation.practice.address.auth_token)
    return validator.compute_signature((url or installation.url) + path, form)


def post(installation, path, form, *, signature=None, **options):
    signature = sign(installation, path, form) if signature is None else signature
    headers = {"X-Twilio-Signature": signature} | options.pop("headers", {})
    return requests.post(installation.url + path, data=form, headers=headers, timeout=30, **options)


def inbound(body, *, person="+12025550171", **fields):
    sid = "SM" + uuid.uuid4().hex
    return {"MessageSid": sid, "From": person, "To": "+15005550006", "Body": body, "NumMedia": "0", **fields}


def is_opted_out(installation, person):
    with installation.ledger.read() as connection:
        return person in opt_outs.opted_out_among(connection, [person])


def test_signature_of_twilios_own_test_vector():
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    validator = RequestValidator("12345")
    url = "https://example.com/myapp.php?foo=1&bar=2"
    assert validator.compute_signature(url, form) == "L/OH5YylLD5NRKLltdqwSvS0BnU="


def test_receipt_moves_its_row_and_a_repeated_one_changes_nothing(quick):
    sid = quick.send().json()["sid"]
    form = {"MessageSid": sid, "MessageStatus": "undelivered", "ErrorCode": "30005", "To": "+12025550123"}
    answers = [post(quick, "/twilio/status", form) for _ in range(3)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 3
    with quick.ledger.read() as connection:
        row = connection.execute(select(rows.c.state, rows.c.error_code).where(rows.c.message_sid == sid)).one()
    assert row == ("undelivered", 30005)
    assert quick.get(f"/messages/{sid}").json()["twilio_code"] == 30005


def test_receipt_of_an_unknown_message_is_kept_counted_and_answered_like_others(quick):
    form = {"MessageSid": "SM" + uuid.uuid4().hex, "MessageStatus": "delivered"}
    assert post(quick, "/twilio/status", form).status_code == 204
    with quick.ledger.read() as connection:
        kept = select(early_receipts.c.status).where(early_receipts.c.message_sid == form["MessageSid"])
        assert connection.execute(kept).scalar_one() == "delivered"
    assert 'mms_callbacks_total{effect="early"}' in quick.get("/metrics").text


def test_query_of_the_callback_address_is_part_of_the_signature(quick):
    form = {"MessageSid": "SM" + uuid.uuid4().hex, "MessageStatus": "sent"}
    path = "/twilio/status?row=999999999"
    assert post(quick, path, form).status_code == 204
    assert post(quick, path, form, signature=sign(quick, "/twilio/status", form)).status_code == 403


@pytest.mark.parametrize("path", ["/twilio/status", "/twilio/inbound"])
@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda i, p, f: "", id="no signature"),
        pytest.param(lambda i, p, f: "AAAA", id="made up"),
        pytest.param(lambda i, p, f: sign(i, p, f, token="0" * 32), id="another token"),
        pytest.param(lambda i, p, f: sign(i, p, {**f, "Body": "hello"}), id="another text"),
        pytest.param(lambda i, p, f: sign(i, p, {k: v for k, v in f.items() if v}), id="without empty fields"),
        pytest.param(lambda i, p, f: sign(i, p, f, url="https://elsewhere.example"), id="for another address"),
        pytest.param(lambda i, p, f: sign(i, p + "/", f), id="with a slash more"),
    ],
)
def test_forged_webhook_is_refused_and_changes_nothing(quick, path, forge):
    form = inbound("", person="+12025550172", OptOutType="STOP", MessageStatus="delivered")
    answer = post(quick, path, form, signature=forge(quick, path, form))
    assert (answer.status_code, answer.json()["code"]) == (403, "bad_signature")
    assert not is_opted_out(quick, "+12025550172")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"MessageSid": "x"}', id="JSON"),
        pytest.param(b"\xff=\xff", id="not UTF-8"),
        pytest.param(b"&".join(b"a%d=1" % n for n in range(500)), id="very many fields"),
    ],
)
def test_body_that_twilio_would_not_send_is_refused(quick, data):
    answer = requests.post(f"{quick.url}/twilio/inbound", data=data, headers={"X-Twilio-Signature": "x"}, timeout=30)
    assert answer.status_code == 403


def test_empty_fields_are_part_of_the_signature(quick):
    answer = post(quick, "/twilio/inbound", inbound("", NumMedia="1", FromCity=""))
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, "text/xml")
    assert answer.text.endswith("<Response/>"), "Twilio itself answers keywords, we say nothing"


def test_stop_ends_messages_and_start_brings_them_back(quick):
    person = "+12025550173"
    post(quick, "/twilio/inbound", inbound("Stop", person=person))
    assert quick.send(to=person).status_code == 422
    post(quick, "/twilio/inbound", inbound("START", person=person))
    assert quick.send(to=person).status_code == 200
    with quick.ledger.read() as connection:
        assert [(event.event, event.source) for event in history(connection, person)] == [
            ("added", "reply"),
            ("removed", "reply"),
        ]


def test_replayed_stop_after_start_does_not_opt_out_again(quick):
    person = "+12025550174"
    stop = inbound("STOP", person=person)
    for form in (stop, inbound("START", person=person), stop):
        assert post(quick, "/twilio/inbound", form).status_code == 200
    assert not is_opted_out(quick, person)


def test_reply_is_kept_with_the_campaign_that_it_answers(quick):
    person = "+12025550175"
    sid = quick.send(to=person).json()["sid"]
    markup = "<script>alert(1)</script> **thanks** ![x](http://evil.example/x.png)"
    post(quick, "/twilio/inbound", inbound(markup, person=person, NumMedia="2"))
    with quick.ledger.read() as connection:
        campaign_id = connection.execute(select(rows.c.campaign_id).where(rows.c.message_sid == sid)).scalar_one()
        (reply,) = replies_to(connection, campaign_id)
    assert (reply.sender, reply.body, reply.media_count, reply.keyword) == (person, markup, 2, None)


def test_reply_of_a_stranger_is_kept_too(quick):
    form = inbound("who is this?", person="+12025550176")
    assert post(quick, "/twilio/inbound", form).status_code == 200
    with quick.ledger.read() as connection:
        kept = select(replies.c.campaign_id).where(replies.c.message_sid == form["MessageSid"])
        assert connection.execute(kept).scalar_one() is None


def test_webhooks_answer_within_their_time_while_the_database_is_locked(quick):
    forms = [
        ("/twilio/inbound", inbound("STOP", person="+12025550177")),
        ("/twilio/status", {"MessageSid": "SM" + uuid.uuid4().hex, "MessageStatus": "sent"}),
    ]
    with quick.ledger.write() as connection:
        connection.execute(text("SELECT 1"))  # holds SQLite's write lock
        answers = [post(quick, path, form) for path, form in forms]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(503, "busy")] * 2
    assert all(answer.headers["Retry-After"] for answer in answers), "Twilio is asked to come again"
    assert [post(quick, path, form).status_code for path, form in forms] == [200, 204]
    assert is_opted_out(quick, "+12025550177")


def test_reply_through_the_practice_twilio_arrives_signed(quick):
    person = "+12025550178"
    quick.practice.remote.reply(person, "unsubscribe", url=f"{quick.url}/twilio/inbound")
    give_up = time.monotonic() + 10
    while not is_opted_out(quick, person) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert is_opted_out(quick, person)
