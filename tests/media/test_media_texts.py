"""The tables are whole: every reason has its sentence, every code of the contract is used, every type is known."""

import re
from pathlib import Path
from string import Formatter

import pytest

import mms.media
from mms.media.check.messages import SENTENCES, LinkFault, Reason, kilobytes
from mms.media.file_types import ACCEPTED_TYPES, content_type_name, describe_type, detect_type, fits
from mms.problems import MediaCode
from tests.media import sample_pictures as sample


def _facts(reason: Reason) -> dict[str, str]:
    sentence = SENTENCES[reason]
    fields = (*Formatter().parse(sentence.happened), *Formatter().parse(sentence.to_do))
    return {name: f"<{name}>" for _, name, _, _ in fields if name}


def test_every_reason_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Reason)


def test_every_media_code_of_the_contract_is_used() -> None:
    assert {sentence.code for sentence in SENTENCES.values()} == set(MediaCode)


@pytest.mark.parametrize("reason", Reason)
def test_sentence_says_what_happened_and_what_to_do(reason: Reason) -> None:
    fault = LinkFault(reason, **_facts(reason))

    for text in (fault.message, fault.advice):
        assert text.endswith((".", ">")), text
        assert "{" not in text
        assert len(text) <= 140
    assert not re.search(r"\b(HTTP|TLS|DNS|SSL|URL|timeout|resolve|exception)\b", fault.message + fault.advice)


@pytest.mark.parametrize("reason", Reason)
def test_reason_is_used_somewhere(reason: Reason) -> None:
    folder = Path(mms.media.__path__[0])
    sources = [path.read_text("utf-8") for path in folder.rglob("*.py") if path.name != "messages.py"]
    assert any(f"Reason.{reason.name}" in source for source in sources)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1 KB"), (412_400, "412 KB"), (999_499, "999 KB"),
     (999_500, "1.0 MB"), (5_000_000, "5.0 MB")],
)  # fmt: skip
def test_sizes_read_as_people_write_them(size: int, text: str) -> None:
    assert kilobytes(size) == text


def _iso(brand: bytes, *compatible: bytes) -> bytes:
    brands = brand + bytes(4) + b"".join(compatible)
    return (8 + len(brands)).to_bytes(4, "big") + b"ftyp" + brands


@pytest.mark.parametrize(
    ("start", "name"),
    [
        pytest.param(sample.jpeg(), "image/jpeg", id="jpeg"),
        pytest.param(sample.png(), "image/png", id="png"),
        pytest.param(sample.gif(), "image/gif", id="gif"),
        pytest.param(sample.webp(), "image/webp", id="webp"),
        pytest.param(sample.heic(), "image/heic", id="heic"),
        pytest.param(_iso(b"mif1", b"heic"), "image/heic", id="heif"),
        pytest.param(_iso(b"mif1", b"avif"), "image/avif", id="avif that calls itself heif"),
        pytest.param(_iso(b"avif"), "image/avif", id="avif"),
        pytest.param(_iso(b"isom", b"mp42"), "video/mp4", id="mp4"),
        pytest.param(_iso(b"qt  "), "video/mp4", id="quicktime"),
        pytest.param(_iso(b"3gp4"), "video/mp4", id="3gpp"),
        pytest.param(b"II*\x00rest", "image/tiff", id="tiff of Intel"),
        pytest.param(b"MM\x00*rest", "image/tiff", id="tiff of Motorola"),
        pytest.param(b"BM" + bytes(20), "image/bmp", id="bmp"),
        pytest.param(b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/vnd.wave", id="wav"),
        pytest.param(b"\x1aE\xdf\xa3", "video/webm", id="webm"),
        pytest.param(b"OggS", "audio/ogg", id="ogg"),
        pytest.param(b"ID3\x03", "audio/mpeg", id="mp3 with a title"),
        pytest.param(b"\xff\xfb\x90", "audio/mpeg", id="mp3"),
        pytest.param(b"#!AMR\n", "audio/amr", id="amr"),
        pytest.param(b"%PDF-1.4", "application/pdf", id="pdf"),
        pytest.param(b"{\\rtf1", "text/rtf", id="rtf"),
        pytest.param(b"BEGIN:VCARD\n", "text/vcard", id="contact card"),
        pytest.param(b"\xef\xbb\xbfbegin:vcalendar", "text/calendar", id="calendar with a byte order mark"),
        pytest.param(b" \n<!DOCTYPE HTML>", "text/html", id="page"),
        pytest.param(b"<?xml version='1.0'?><svg/>", "image/svg+xml", id="svg with a declaration"),
        pytest.param(b"<!-- drawn by me --><svg/>", "image/svg+xml", id="svg with a comment"),
        pytest.param(b"<?xml version='1.0'?><Error/>", "application/xml", id="error of a bucket"),
        pytest.param(b"PK\x03\x04", "application/zip", id="zip"),
        pytest.param(b"a,b\n1,2\n", None, id="words"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_first_bytes_tell_the_type(start: bytes, name: str | None) -> None:
    assert detect_type(start) == name


@pytest.mark.parametrize(
    ("declared", "detected", "does"),
    [
        ("image/jpg", "image/jpeg", True),
        ("image/heif", "image/heic", True),
        ("video/3gpp", "video/mp4", True),
        ("audio/mp4", "video/mp4", True),
        ("text/x-vcard", "text/vcard", True),
        ("text/csv", None, True),
        ("video/h264", None, True),
        ("audio/l24", None, True),
        ("image/jpeg", None, False),
        ("application/pdf", None, False),
        ("image/jpeg", "image/png", False),
        ("text/csv", "application/zip", False),
        ("video/mp4", "image/heic", False),
        ("image/heic", "video/mp4", False),
    ],
)
def test_header_and_bytes_must_agree(declared: str, detected: str | None, does: bool) -> None:
    assert fits(declared, detected) is does


@pytest.mark.parametrize("name", sorted(ACCEPTED_TYPES))
def test_accepted_type_is_written_as_headers_are_compared(name: str) -> None:
    assert content_type_name(f" {name.upper()}; x=y") == name
    assert describe_type(name)


@pytest.mark.parametrize("name", ["image/webp", "image/avif", "image/svg+xml", "text/plain", "application/zip"])
def test_type_that_twilio_does_not_send_is_not_accepted(name: str) -> None:
    assert name not in ACCEPTED_TYPES
