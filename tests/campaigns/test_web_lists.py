"""A list at a web address is read like an upload, behind the same doors as the pictures."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mms.campaigns.drafts.web_lists import file_address, list_from_web
from mms.errors import UploadError
from mms.recipients import check, read_upload

LIST = b"Name,Mobile\nAna,415-200-8871\n"
SHEET = "https://docs.google.com/spreadsheets/d/1aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789"


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        pages = {
            "/list.csv": (200, "text/csv", LIST),
            "/login": (200, "text/html; charset=utf-8", b"<html>Sign in</html>"),
            "/closed": (403, "text/plain", b"no"),
        }
        status, kind, body = pages.get(self.path, (404, "text/plain", b"not here"))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Nothing on the screen of the test."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_list_at_an_address_is_read_like_an_upload(site):
    data, name = list_from_web(f"{site}/list.csv", allow_private=True)

    assert name == "list.csv"
    assert list(check(read_upload(data, file_name=name)).ready_numbers()) == [(2, "+14152008871")]


@pytest.mark.parametrize(
    ("path", "words"), [("/login", "Anyone with the link"), ("/closed", "Anyone with the link"), ("/x", "answered 404")]
)
def test_what_is_no_list_says_what_to_do(site, path, words):
    with pytest.raises(UploadError, match=words):
        list_from_web(site + path, allow_private=True)


@pytest.mark.parametrize(
    "address", ["https://127.0.0.1/list.csv", "https://169.254.169.254/x", "https://10.0.0.5/a.csv"]
)
def test_private_addresses_are_not_asked(address):
    with pytest.raises(UploadError, match="could not be fetched"):
        list_from_web(address, allow_private=False)


def test_address_without_https_is_refused():
    with pytest.raises(UploadError, match="https://"):
        list_from_web("http://example.com/list.csv", allow_private=False)


@pytest.mark.parametrize(
    ("address", "file"),
    [
        (f"{SHEET}/edit#gid=42", f"{SHEET}/export?format=csv&gid=42"),
        (f"{SHEET}/edit?gid=7#gid=7", f"{SHEET}/export?format=csv&gid=7"),
        (f"{SHEET}/edit?usp=sharing", f"{SHEET}/export?format=csv"),
        (f"{SHEET}/export?format=csv", f"{SHEET}/export?format=csv"),
        ("https://example.com/a.csv", "https://example.com/a.csv"),
    ],
)
def test_page_of_a_google_sheet_becomes_its_file(address, file):
    assert file_address(address) == file
