"""Pictures that people send, over the wire: fetched with the account's credentials, made anew, and never trusted."""

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image

from mms.errors import CampaignError, ProviderError
from mms.opt_outs.replies import Inbound, receive
from mms.practice.account import MAIN
from mms.practice.testing import PracticeServer
from mms.replies import pictures
from mms.replies.pictures import pictures_of
from mms.roles import LOCAL_ADMIN
from mms.twilio_client.account import Account

ANA = "+12125550101"


@pytest.fixture(scope="module")
def store():
    """Where the files lie: a photo with a place in it, a page that calls itself a picture, and one without end."""
    photo = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (64, 48), "teal").save(photo, "JPEG", exif=exif)
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(dict(self.headers))
            body = {
                "/photo.jpg": photo.getvalue(),
                "/page.jpg": b"<html><script>alert(1)</script></html>",
                "/huge.jpg": b"x" * 5_000,
            }.get(self.path)
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "image/jpeg")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def twilio(tmp_path_factory):
    with PracticeServer(tmp_path_factory.mktemp("practice"), time_scale=0.01) as server:
        yield server


@pytest.fixture
def account(twilio):
    at = twilio.address
    return Account(at.base_url, at.account_sid, at.account_sid, at.auth_token)


@pytest.fixture
def sent(ledger, twilio, store):
    """`sent("photo.jpg")`: a message with these files; returns its SID as the webhook told it."""

    def send(*names):
        media = [f"{store[0]}/{name}" for name in names]
        answer = twilio.remote.reply(ANA, "Look", media, url="")["message"]
        assert answer["num_media"] == str(len(names))
        receive(ledger, Inbound(answer["sid"], ANA, MAIN.number, "Look", len(names), None))
        return answer["sid"]

    return send


def shown(ledger, account, sid):
    return pictures_of(ledger, account, sid, by=LOCAL_ADMIN, allow_private=True)


def test_a_photo_is_shown_made_anew_without_what_is_hidden_in_it(ledger, account, sent, store):
    (one,) = shown(ledger, account, sent("photo.jpg"))
    with Image.open(io.BytesIO(one.data)) as image:
        assert image.size == (64, 48)
        assert not image.getexif()
    assert b"taken at home" not in one.data
    assert "Authorization" not in store[1][-1]  # the credentials are for Twilio alone


def test_what_is_no_picture_is_said_and_not_shown(ledger, account, sent):
    page, photo = shown(ledger, account, sent("page.jpg", "photo.jpg"))
    assert (page.data, "no picture" in page.said) == (None, True)
    assert photo.data


def test_a_file_that_is_too_large_is_not_read(ledger, account, sent, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_BYTES", 1_000)
    (one,) = shown(ledger, account, sent("huge.jpg"))
    assert (one.data, "larger than phones can send" in one.said) == (None, True)


@pytest.mark.parametrize("name", ["gone.jpg"])
def test_a_file_that_is_gone_is_a_sentence(ledger, account, sent, name):
    with pytest.raises(ProviderError, match="Try again"):
        shown(ledger, account, sent(name))


def test_only_messages_that_came_here_are_asked_for(ledger, account):
    with pytest.raises(CampaignError):
        shown(ledger, account, "MM" + "0" * 32)


def test_private_addresses_are_not_followed(ledger, account, sent):
    with pytest.raises(ProviderError):
        pictures_of(ledger, account, sent("photo.jpg"), by=LOCAL_ADMIN)
