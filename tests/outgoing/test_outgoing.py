"""Signed posts to real receivers: what they can check, and what is never reached."""

import base64
import hashlib
import hmac
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mms.errors import MmsError
from mms.outgoing.backoff import GIVE_UP_AFTER, pause_after
from mms.outgoing.posting import Outcome, Post, post_all
from mms.outgoing.signing import event_body, secret_of, signature_headers
from mms.outgoing.target_address import require_target

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


@pytest.fixture
def receiver():
    """Answers what its path says, and remembers headers and bodies."""
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, dict(self.headers), body))
            self.send_response(int(self.path.strip("/") or 200))
            self.send_header("Content-Length", "0")
            self.send_header("Retry-After", "77")
            self.send_header("Location", "/200")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", got
    server.shutdown()
    server.server_close()


def test_signature_of_the_specifications_example():
    """The example that the libraries of standardwebhooks.com test themselves with."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = signature_headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_can_check_who_wrote(receiver):
    url, got = receiver
    body = event_body("message.status", time.time(), {"id": 7})
    assert [
        one.outcome for one in post_all([Post(url, SECRET, "msg_7_sent", body)], at=1000.0, allow_private=True)
    ] == [Outcome.TAKEN]
    _path, headers, received = got[0]
    headers = {name.lower(): value for name, value in headers.items()}
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + received
    expected = base64.b64encode(hmac.new(b"k" * 32, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("msg_7_sent", "1000")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(204, Outcome.TAKEN), (302, Outcome.FAILED), (400, Outcome.FAILED), (410, Outcome.GONE), (503, Outcome.FAILED)],
)
def test_what_an_answer_means(receiver, status, outcome):
    url, got = receiver
    (result,) = post_all([Post(f"{url}/{status}", SECRET, "x", b"{}")], at=1.0, allow_private=True)
    assert result.outcome is outcome
    assert len(got) == 1, "redirects are not followed"
    assert result.retry_after == (77 if outcome is Outcome.FAILED else 0)


def test_a_dead_receiver_does_not_hold_up_the_others(receiver):
    url, _got = receiver
    dead = [Post("http://127.0.0.1:9/", SECRET, f"dead{number}", b"{}") for number in range(40)]
    results = post_all([*dead, Post(url, SECRET, "alive", b"{}")], at=1.0, allow_private=True)
    assert results[-1].outcome is Outcome.TAKEN
    kinds = {one.outcome for one in results[:-1]}
    assert kinds == {Outcome.FAILED, Outcome.NOT_TRIED}


def test_nothing_private_is_reached(receiver):
    url, got = receiver
    (result,) = post_all([Post(url, SECRET, "x", b"{}")], at=1.0, allow_private=False)
    assert result.outcome is Outcome.FAILED
    assert got == []


@pytest.mark.parametrize(
    ("url", "private", "fits"),
    [
        ("https://shop.example/hook", False, True),
        ("https://shop.example:8443/hook?a=b", False, True),
        ("https://shop.example:22/", False, False),
        ("http://shop.example/hook", False, False),
        ("https://user:secret@shop.example/", False, False),
        ("https://127.0.0.1/", False, False),
        ("https://169.254.169.254/", True, False),
        ("http://127.0.0.1:9000/", True, True),
        ("ftp://shop.example/", True, False),
    ],
)
def test_addresses_that_may_be_posted_to(url, private, fits):
    if fits:
        assert require_target(url, allow_private=private) == url
    else:
        with pytest.raises(MmsError, match="cannot be posted to"):
            require_target(url, allow_private=private)


def test_each_receiver_has_a_secret_of_its_own_that_stays(ledger):
    first = secret_of(ledger, "shop")
    assert first == secret_of(ledger, "shop") != secret_of(ledger, "crm")
    assert len(base64.b64decode(first.removeprefix("whsec_"))) == 32


def test_pauses_grow_and_the_receiver_may_ask_for_longer():
    pauses = [pause_after(tries) for tries in range(1, GIVE_UP_AFTER)]
    assert pauses == sorted(pauses)
    assert 2.5 * 86_400 < sum(pauses) < 4 * 86_400
    assert pause_after(1, retry_after=900) == 900
    assert pause_after(1, retry_after=1e9) == 86_400
