"""People, phones that draw previews, and machines are told apart by what they say and when they come."""

import pytest

from mms.links.visitors import TOO_SOON, Visit, Who, device_of, who_asks

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile Safari/604.1"
ANDROID = "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
IMESSAGE = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 "
    "Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0"
)


@pytest.mark.parametrize(
    ("method", "agent", "headers", "seconds", "who"),
    [
        pytest.param("GET", IPHONE, {}, 60, Who.PERSON, id="a phone, later"),
        pytest.param("GET", ANDROID, {}, TOO_SOON, Who.PERSON, id="a phone, just late enough"),
        pytest.param("GET", ANDROID, {}, TOO_SOON - 0.1, Who.ROBOT, id="a phone, sooner than anybody reads"),
        pytest.param("GET", IPHONE, {}, None, Who.ROBOT, id="before the message was sent at all"),
        pytest.param("HEAD", IPHONE, {}, 60, Who.ROBOT, id="asks for the head alone"),
        pytest.param("GET", IMESSAGE, {}, 60, Who.PREVIEW, id="preview of Apple's Messages"),
        pytest.param("GET", "WhatsApp/2.23", {}, 60, Who.PREVIEW, id="preview of a chat program"),
        pytest.param("GET", ANDROID, {"sec-purpose": "prefetch;prerender"}, 60, Who.PREVIEW, id="browser looks ahead"),
        pytest.param("GET", "Mozilla/5.0 (compatible; Googlebot/2.1)", {}, 60, Who.ROBOT, id="search engine"),
        pytest.param("GET", "python-requests/2.32", {}, 60, Who.ROBOT, id="a program"),
        pytest.param("GET", f"{WINDOWS} Proofpoint", {}, 60, Who.ROBOT, id="a scanner that looks like a browser"),
        pytest.param("GET", "", {}, 60, Who.ROBOT, id="says nothing"),
    ],
)
def test_a_visit_is_judged(method, agent, headers, seconds, who):
    assert who_asks(Visit.of(method, {"user-agent": agent, **headers}), seconds) is who


@pytest.mark.parametrize(
    ("agent", "device"), [(IPHONE, "iphone"), (ANDROID, "android"), (WINDOWS, "computer"), ("Opera/9", "other")]
)
def test_of_the_device_its_kind_is_kept(agent, device):
    assert device_of(agent) == device
