"""A list at a web address: a public Google Sheet, or any CSV or workbook, read like an upload."""

import re
from http import HTTPStatus
from urllib.parse import parse_qs, unquote, urlsplit

from mms.errors import UploadError
from mms.media.check.messages import LinkFault
from mms.problems import FileCode

MAX_BYTES = 50_000_000
SECONDS = 60.0
_GOOGLE_SHEET = re.compile(r"^/spreadsheets/(?:u/\d+/)?d/([A-Za-z0-9_-]{20,})(?:/|$)")
_GOOGLE = "docs.google.com"
_NOT_PUBLIC = (
    "The address gives a web page, not a list. If it is a Google Sheet, press Share there and set General access to "
    "“Anyone with the link”; otherwise give the address of the CSV file itself."
)


def is_web_address(text: str) -> bool:
    """Whether a file is named by its web address."""
    return text.casefold().startswith(("https://", "http://"))


def list_from_web(address: str, *, allow_private: bool) -> tuple[bytes, str]:
    """The bytes at an address and the name to call them; nothing is kept, and it is fetched once.

    Raises:
        UploadError: no such address, a private one, no answer in a minute, more than 50 MB, or a page to sign in.
    """
    if not address.casefold().startswith("https://") and not allow_private:
        raise UploadError("Give an address that starts with https://.", code=FileCode.NOT_TEXT)
    from mms.media.check.download import download  # only who fetches a list loads the network

    try:
        found, body = download(file_address(address), max_bytes=MAX_BYTES, seconds=SECONDS, allow_private=allow_private)
    except LinkFault as fault:
        raise UploadError(
            f"The list could not be fetched. {fault.message} Check the address, or download the file and upload it.",
            code=FileCode.NOT_TEXT,
        ) from None
    answer = found.answer
    if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) or "html" in (answer.content_type or ""):
        raise UploadError(_NOT_PUBLIC, code=FileCode.NOT_TEXT)
    if not answer.is_success:
        raise UploadError(
            f"The list could not be fetched: {answer.host} answered {answer.status}. "
            "Open the address in a browser to see what is there.",
            code=FileCode.NOT_TEXT,
        )
    return body, _name(address)


def file_address(address: str) -> str:
    """Where the file itself is: for the page of a Google Sheet its export as CSV, of the tab that was open."""
    parts = urlsplit(address.strip())
    sheet = _GOOGLE_SHEET.match(parts.path) if parts.hostname == _GOOGLE else None
    if sheet is None or "/export" in parts.path or "/pub" in parts.path:
        return address.strip()
    tab = parse_qs(parts.fragment).get("gid") or parse_qs(parts.query).get("gid")
    return f"https://{_GOOGLE}/spreadsheets/d/{sheet[1]}/export?format=csv" + (f"&gid={tab[0]}" if tab else "")


def _name(address: str) -> str:
    parts = urlsplit(address)
    if parts.hostname == _GOOGLE:
        return "Google Sheet.csv"
    return unquote(parts.path.rpartition("/")[2]) or parts.hostname or "list.csv"
