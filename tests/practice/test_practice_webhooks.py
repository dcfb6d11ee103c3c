"""Callbacks and replies: signed as Twilio signs, told in order, tried again once."""

import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator

from mms.practice.account import MAIN, POOL, TOLL_FREE

TO = "+19075550150"


class Receiver:
    """A customer's web server that keeps what it is told."""

    def __init__(self):
        received = self.received = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                fields = dict(
                    parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True)
                )
                received.append((self.path, fields, self.headers["X-Twilio-Signature"]))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})

    def fields(self, name):
        return [fields.get(name) for _, fields, _ in self.received]


@pytest.fixture
def receiver():
    receiver = Receiver()
    receiver.thread.start()
    yield receiver
    receiver.server.shutdown()
    receiver.thread.join()
    receiver.server.server_close()


def create(twilio, receiver, **fields):
    url = f"{receiver.base_url}/cb?row=7#rc=3"
    usual = {"to": TO, "from_": MAIN.number, "body": "Hello", "status_callback": url}
    return twilio.messages.create(**{**usual, **fields})


@pytest.mark.parametrize(
    ("fields", "statuses"),
    [
        pytest.param({}, ["sent", "delivered"], id="number"),
        pytest.param({"from_": None, "messaging_service_sid": POOL.sid}, ["queued", "sent", "delivered"], id="service"),
        pytest.param({"to": "+19075550160"}, ["sent"], id="no receipt"),
        pytest.param({"to": "+19075550169"}, ["failed"], id="failed"),
    ],
)
def test_each_later_status_is_told_once(server, twilio, receiver, eventually, fields, statuses):
    server.remote.set_time_scale(0.02)
    message = create(twilio, receiver, **fields)
    eventually(lambda: len(receiver.received) >= len(statuses))
    eventually(lambda: twilio.messages(message.sid).fetch().price or statuses == ["failed"])
    assert receiver.fields("MessageStatus") == statuses
    assert set(receiver.fields("MessageSid")) == {message.sid}


def test_callback_is_signed_over_the_url_without_its_fragment(server, twilio, receiver, eventually):
    create(twilio, receiver, to="+19075550165")
    eventually(lambda: receiver.received)
    path, fields, signature = receiver.received[-1]
    assert path == "/cb?row=7"
    assert (fields["MessageStatus"], fields["ErrorCode"]) == ("undelivered", "30005")
    assert RequestValidator(server.address.auth_token).validate(f"{receiver.base_url}{path}", fields, signature)


@pytest.mark.parametrize(
    ("plan", "count"),
    [
        pytest.param({"callbacks_lost": 1.0}, 0, id="lost"),
        pytest.param({"callbacks_doubled": 1.0}, 2, id="doubled"),
        pytest.param({"callbacks_shuffled": 0.05}, 1, id="late"),
    ],
)
def test_callback_faults(server, twilio, receiver, eventually, plan, count):
    server.remote.set_faults(**plan)
    create(twilio, receiver, to="+19075550160")
    server.remote.set_faults()
    create(twilio, receiver, to="+19075550160", status_callback=f"{receiver.base_url}/last")
    eventually(lambda: len(receiver.received) == count + 1)


def test_nobody_at_the_callback_does_no_harm(server, twilio, receiver, eventually):
    create(twilio, receiver, status_callback="http://127.0.0.1:1/")
    create(twilio, receiver)
    eventually(lambda: receiver.received)


def test_cancellation_is_told(twilio, receiver, eventually):
    at = datetime.now(UTC) + timedelta(hours=1)
    fields = {"from_": None, "messaging_service_sid": POOL.sid, "schedule_type": "fixed", "send_at": at}
    create(twilio, receiver, **fields).update(status="canceled")
    eventually(lambda: receiver.received)
    assert receiver.fields("MessageStatus") == ["canceled"]


def test_reply_reaches_the_webhook_signed(server, receiver):
    server.remote.set_inbound_url(f"{receiver.base_url}/inbound")
    answer = server.remote.reply(TO, "Hello back")
    assert answer["webhook_status"] == 204
    ((path, fields, signature),) = receiver.received
    assert (fields["From"], fields["To"], fields["Body"], fields["NumMedia"]) == (TO, MAIN.number, "Hello back", "0")
    assert fields["MessageSid"] == answer["message"]["sid"]
    assert RequestValidator(server.address.auth_token).validate(f"{receiver.base_url}{path}", fields, signature)


@pytest.mark.parametrize(
    ("number", "body", "kind"),
    [
        pytest.param(MAIN.number, "stop", "STOP", id="stop, in a service"),
        pytest.param(MAIN.number, " Yes ", "START", id="yes"),
        pytest.param(MAIN.number, "INFO", "HELP", id="info"),
        pytest.param(MAIN.number, "stop please", None, id="two words are no keyword"),
        pytest.param(TOLL_FREE.number, "STOP", None, id="no Advanced Opt-Out without a service"),
    ],
)
def test_keyword_is_named_where_twilio_would(server, receiver, number, body, kind):
    server.remote.reply(TO, body, to=number, url=receiver.base_url)
    assert receiver.fields("OptOutType") == [kind]


def test_stop_blocks_until_start(server, post):
    assert post().status_code == 201
    server.remote.reply(TO, "STOP")
    assert post().json()["code"] == 21610
    assert post(From=TOLL_FREE.number).status_code == 201  # only the number that was answered is blocked
    server.remote.reply(TO, "START")
    assert post().status_code == 201


def test_toll_free_number_is_not_reopened_by_yes(server, post):
    server.remote.reply(TO, "STOP", to=TOLL_FREE.number)
    server.remote.reply(TO, "YES", to=TOLL_FREE.number)
    assert post(From=TOLL_FREE.number).json()["code"] == 21610
    server.remote.reply(TO, "UNSTOP", to=TOLL_FREE.number)
    assert post(From=TOLL_FREE.number).status_code == 201


def test_stop_to_a_number_of_a_service_blocks_the_service(server, twilio):
    server.remote.reply(TO, "STOP")
    message = twilio.messages.create(to=TO, messaging_service_sid=POOL.sid, body="Hello")
    assert (message.fetch().status, message.fetch().error_code) == ("failed", 21610)


def test_reply_and_twilios_own_answer_are_in_the_log(server, twilio):
    server.remote.reply(TO, "STOP")
    assert sorted(m.direction for m in twilio.messages.list()) == ["inbound", "outbound-reply"]


def test_practice_person_opts_out_by_themselves(server, post, eventually):
    post(To="+19075550180")
    eventually(lambda: post(To="+19075550180").json().get("code") == 21610)
