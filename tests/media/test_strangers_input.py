"""Whatever strangers write into links, answers and files: a verdict comes back, and nothing else happens."""

import io
import random
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mms.errors import UploadError
from mms.media.check.expiry import link_expiry
from mms.media.check.links import read_link
from mms.media.check.messages import LinkFault
from mms.media.check.preflight import MediaLimits, check_media
from mms.media.check.share_links import share_link
from mms.media.file_types import detect_type
from mms.media.image.animations import without_notes
from mms.media.image.decoding import look_at
from mms.media.image.isolated import prepare_picture
from tests.media import sample_pictures as sample
from tests.media.media_server import MediaServer, Reply

PICTURES = (
    sample.jpeg(),
    sample.png(),
    sample.gif(),
    sample.webp(),
    sample.heic(),
    sample.animation((30, 30), 3),
    sample.encode(sample.flat(), "TIFF"),
    sample.encode(sample.flat(), "BMP"),
)
ANSWERS = (
    b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 677\r\n\r\n" + sample.jpeg(),
    b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/a\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
)
STARTS = ("http://", "https://", "HTTP://", "http:", "//", "", "ftp://", "http://[", "http://a@", "http://127.0.0.1:")
LINKS = st.builds(
    str.__add__,
    st.sampled_from(STARTS),
    st.text(st.one_of(st.characters(max_codepoint=0x3000), st.sampled_from("[]@:%#?/\\.")), max_size=25),
)


@pytest.mark.parametrize("link", ["http://a[@b/", "http://127.0.0.1:a", "https://[::1", "http://%/"])
@pytest.mark.parametrize("allow_private", [False, True])
def test_link_that_once_broke_the_reader(link: str, allow_private: bool) -> None:
    with pytest.raises(LinkFault):
        read_link(link, allow_private=allow_private)


@settings(max_examples=300, deadline=None)
@given(LINKS)
def test_reading_a_link_ends_in_an_address_or_a_fault(link: str) -> None:
    try:
        url = read_link(link, allow_private=False)
    except LinkFault:
        pass
    else:
        assert url.scheme in {"http", "https"}
        assert url.port in {80, 443}
        assert url.user is url.password is None
    share_link(link)
    link_expiry(link)


def _damaged(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.choice((1, 2, 5, 20))):
        changed[dice.randrange(min(len(changed), dice.choice((40, 400, 4000))))] = dice.randrange(256)
    return bytes(changed[: dice.randrange(len(changed))] if dice.random() < 0.2 else changed)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PICTURES), st.randoms(use_true_random=False))
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # Pillow remarks upon broken TIFF tags
def test_damaged_picture_is_looked_at_and_refused_or_mended(picture: bytes, dice: random.Random) -> None:
    data = _damaged(picture, dice)

    detect_type(data)
    look_at(io.BytesIO(data))
    with suppress(UploadError):
        prepare_picture(data, "a.jpg")


@given(st.binary(max_size=300), st.integers(0, 13))
def test_bytes_that_are_no_gif_are_refused(data: bytes, kept: int) -> None:
    with suppress(ValueError):
        assert without_notes(sample.gif()[:kept] + data).endswith(b";")


def test_damaged_answers_get_a_verdict_each() -> None:
    dice = random.Random(1)
    replies = {f"/{number}": Reply(raw=_damaged(dice.choice(ANSWERS), dice)) for number in range(300)}
    limits = MediaLimits(first_byte_seconds=1, silent_links_per_host=1000, busy_pauses=())
    with MediaServer(replies) as server:
        verdicts = check_media([server.base + path for path in replies], limits, allow_private=True)

    assert len(verdicts) == 300
    assert not [verdict for verdict in verdicts.values() if "fault in this program" in verdict.message]


def test_name_with_an_endless_label_is_unknown() -> None:
    link = f"http://{'a' * 300}.example/"

    verdict = check_media([link], allow_private=False)[link]

    assert "no website" in verdict.message
