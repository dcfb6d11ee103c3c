"""A server that speaks as much of Twilio's API as its documents promise, written without any of our own code."""

import json
import threading
import uuid
from base64 import b64decode
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from loopback_server import LoopbackServer

ACCOUNT_SID = "AC" + "f" * 32
BASE = f"/2010-04-01/Accounts/{ACCOUNT_SID}"


class ForeignTwilio(LoopbackServer):
    """`received` holds every create in order; `errors` are answers to give first, as (status, code)."""

    def __init__(self) -> None:
        self.received: list[dict[str, list[str]]] = []
        self.messages: list[dict[str, object]] = []
        self.errors: list[tuple[int, int]] = []
        self.refuse_sign_in = False
        self.lock = threading.Lock()
        super().__init__(_handler(self))

    def create(self, form: dict[str, list[str]]) -> tuple[int, dict[str, object]]:
        with self.lock:
            if self.errors:
                status, code = self.errors.pop(0)
                return status, {"code": code, "message": "no", "more_info": "", "status": status}
            self.received.append(form)
            media = form.get("MediaUrl", [])
            now = format_datetime(datetime.now(UTC))
            message = {
                "sid": ("MM" if media else "SM") + uuid.uuid4().hex,
                "status": "queued",
                "to": form["To"][0],
                "from": form.get("From", [None])[0],
                "messaging_service_sid": form.get("MessagingServiceSid", [None])[0],
                "body": form.get("Body", [""])[0],
                "num_media": str(len(media)),
                "num_segments": "1",
                "direction": "outbound-api",
                "price": None,
                "price_unit": None,
                "error_code": None,
                "error_message": None,
                "date_created": now,
                "date_updated": now,
                "date_sent": None,
                "account_sid": ACCOUNT_SID,
                "api_version": "2010-04-01",
                "uri": "",
                "subresource_uris": {},
            }
            self.messages.insert(0, message)
            return 201, message


def _handler(state: ForeignTwilio) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True)
            if urlsplit(self.path).path == f"{BASE}/Messages.json" and self.signed_in():
                self.answer(*state.create(form))

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if not self.signed_in():
                return
            if url.path == f"{BASE}.json":
                self.answer(200, {"sid": ACCOUNT_SID, "status": "active", "type": "Full", "friendly_name": "x"})
            elif url.path == f"{BASE}/Messages.json":
                to = parse_qs(url.query).get("To", [None])[0]
                found = [one for one in state.messages if to in (None, one["to"])]
                self.answer(200, {"messages": found, "next_page_uri": None, "page": 0, "page_size": 1000})
            elif url.path.startswith(f"{BASE}/Messages/"):
                sid = url.path.rpartition("/")[2].removesuffix(".json")
                self.answer(200, next(one for one in state.messages if one["sid"] == sid))
            else:
                self.answer(404, {"code": 20404, "message": "not found", "status": 404})

        def signed_in(self) -> bool:
            scheme, _, secret = self.headers.get("Authorization", "").partition(" ")
            good = scheme == "Basic" and b64decode(secret).decode() == f"{ACCOUNT_SID}:token"
            if state.refuse_sign_in or not good:
                self.answer(401, {"code": 20003, "message": "Authenticate", "status": 401})
                return False
            return True

        def answer(self, status: int, body: dict[str, object]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
