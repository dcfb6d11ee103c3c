"""Media URLs as people put them into cells: split, mended where the meaning is plain, refused where it is not.

Form only. Whether the address answers, and with a picture, is `mms.media`'s question.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]*://"
_HOST_AND_PATH = r"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::\d+)?/"
_BETWEEN_LINES = re.compile(r"[\r\n|]+")  # neither may stand in a URL
_NEXT_URL = re.compile(rf"(?<=[\s,;])(?={_SCHEME}|www\.)", re.IGNORECASE)
_NEXT_HOST = re.compile(rf"(?<=;)\s?(?={_HOST_AND_PATH})", re.IGNORECASE)
_LONGEST_URL = 8_000
_STARTS_LIKE_URL = re.compile(rf"<?(?:https?://|//|www\.|{_HOST_AND_PATH})", re.IGNORECASE)
_NO_SCHEME = re.compile(rf"www\.|{_HOST_AND_PATH}", re.IGNORECASE)
_WRAPPED = (("<", ">"), ("(", ")"), ("[", "]"), ('"', '"'), ("'", "'"), ("“", "”"), ("‘", "’"))
_GLUED = ".,;:!>\"'”’…"
_PERCENT_OF_NOTHING = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class MendedUrl:
    """`url` is None when it is no web address; `repairs` names what was changed (`url_scheme` and so on)."""

    url: str | None
    repairs: tuple[str, ...] = ()


def looks_like_url(text: str) -> bool:
    """Whether a cell holds something that means a web address, with or without its scheme."""
    return bool(_STARTS_LIKE_URL.match(text))


def split_urls(cell: str) -> tuple[str, ...]:
    """The URLs of one cell: on new lines, or after a space, comma, semicolon or bar that a URL follows."""
    pieces = (
        piece.strip(" \t,;\u00a0")
        for line in _BETWEEN_LINES.split(cell)
        for part in _NEXT_URL.split(line)
        for piece in _NEXT_HOST.split(part)
    )
    return tuple(piece for piece in pieces if piece)


def mend_url(text: str) -> MendedUrl:
    """One URL put right: https added, glued punctuation taken off, spaces encoded, never encoded twice."""
    if len(text) > _LONGEST_URL:
        return MendedUrl(None)
    bare = _without_glue(text.strip())
    repairs = ["url_punctuation"] if bare != text.strip() else []
    if bare.startswith("//") or _NO_SCHEME.match(bare):
        bare = "https://" + bare.lstrip("/")
        repairs.append("url_scheme")
    encoded = _encoded(bare)
    if encoded is None:
        return MendedUrl(None)
    if encoded != bare:
        repairs.append("url_encoding")
    return MendedUrl(encoded, tuple(repairs))


def _without_glue(text: str) -> str:
    before = ""
    while text != before:
        before = text
        text = text.rstrip(_GLUED if "(" in text else _GLUED + ")")
        for left, right in _WRAPPED:
            if text.startswith(left):
                text = text.removeprefix(left).removesuffix(right).strip()
    return text


def _encoded(url: str) -> str | None:
    """The URL in ASCII; None when it is not http(s) or names no host (`C:\\pics`, `file:`, `a.jpg`)."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\\]", parts.netloc):
        return None
    netloc = parts.netloc if parts.netloc.isascii() else _idna(parts.netloc)
    if netloc is None:
        return None
    path, query, fragment = (_percent_encoded(part) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, netloc, path, query, fragment))


def _percent_encoded(part: str) -> str:
    """Characters that a URL may not hold are encoded; what is encoded already stays as it is."""
    return quote(_PERCENT_OF_NOTHING.sub("%25", part), safe=_PATH_SAFE + "?[]")


def _idna(netloc: str) -> str | None:
    try:
        return netloc.encode("idna").decode("ascii")
    except UnicodeError:
        return None
