"""A server that answers each request with whatever a test wants, sense or not."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

import pytest
from loopback_server import LoopbackServer

from mms.twilio_client import Account

HTML = "<html><body><h1>Hello</h1></body></html>"


class OddTwilio(LoopbackServer):
    """`answer` is asked for (status, body, headers) with method and target; `asked` keeps the targets in order,
    `forms` what was posted."""

    def __init__(self, answer: Callable[[str, str], tuple[int, Any, dict[str, str]]]) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.forms: list[dict[str, list[str]]] = []
        super().__init__(_handler(self))

    @property
    def account(self) -> Account:
        """Who sends here."""
        sid = "AC" + "d" * 32
        return Account(self.base_url, sid, sid, "token")


def _handler(odd: OddTwilio) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            posted = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if posted:
                odd.forms.append(parse_qs(posted.decode()))
            odd.asked.append(self.path)
            status, body, headers = odd.answer(self.command, self.path)
            data = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(data)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_GET  # noqa: N815 - the name that the standard library calls

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def odd_twilio() -> Iterator[Callable[..., OddTwilio]]:
    """Start one with what it answers."""
    with ExitStack() as opened:
        yield lambda answer: opened.enter_context(OddTwilio(answer))
