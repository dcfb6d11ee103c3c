"""One message of the practice log. Its status is computed from the clock, so no timer runs per message."""

import json
import math
import secrets
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from mms.practice.account import ACCOUNT_SID, made_up_sid
from mms.practice.messages.outcomes import ERROR_MESSAGES

API_VERSION = "2010-04-01"
FINAL = frozenset({"delivered", "undelivered", "failed", "canceled", "received"})


class Message(NamedTuple):
    """A row of the log. Times are seconds since 1970; a step happens when the clock passes its time."""

    sid: str
    direction: str
    to_number: str
    from_number: str
    service_sid: str
    body: str
    media: str  # JSON list of URLs
    segments: int
    created_at: float
    starts_at: float  # later than created_at only when scheduled
    queued_at: float  # a service has chosen its sender
    sent_at: float
    final_at: float
    priced_at: float
    final_status: str
    error_code: int | None
    price: str
    callback: str
    canceled_at: float | None = None

    @property
    def media_urls(self) -> list[str]:
        """The media URLs, in order."""
        urls: list[str] = json.loads(self.media)
        return urls

    def status(self, now: float) -> str:
        """The status Twilio would report at this time."""
        if self.canceled_at is not None:
            return "canceled"
        for until, status in (
            (self.starts_at, "scheduled"),
            (self.queued_at, "accepted"),
            (self.sent_at, "queued"),
            (self.final_at, "sent"),
        ):
            if now < until:
                return status
        return self.final_status


def new_sid(*, is_mms: bool) -> str:
    """A fresh message SID; `MM` marks a picture message."""
    return ("MM" if is_mms else "SM") + secrets.token_hex(16)


def first_json(message: Message) -> dict[str, Any]:
    """The answer to the create, which knows nothing of what comes, however soon it comes."""
    chosen = math.inf if message.service_sid else message.queued_at
    return as_json(
        message._replace(queued_at=chosen, sent_at=math.inf, final_at=math.inf, priced_at=math.inf), message.created_at
    )


def as_json(message: Message, now: float) -> dict[str, Any]:
    """The Message resource as Twilio sends it: counts and prices are strings, dates RFC 2822."""
    status = message.status(now)
    inbound = message.direction == "inbound"
    failed = status in ("failed", "undelivered")
    priced = now >= message.priced_at and bool(message.price)
    uri = f"/{API_VERSION}/Accounts/{ACCOUNT_SID}/Messages/{message.sid}"
    return {
        "body": message.body,
        "num_segments": "0" if status in ("accepted", "scheduled") else str(message.segments),
        "direction": message.direction,
        "from": None if status in ("accepted", "scheduled") else message.from_number,
        "to": message.to_number,
        "date_updated": rfc2822(_last_step(message, now)),
        "price": message.price if priced else None,
        "error_message": ERROR_MESSAGES.get(message.error_code or 0) if failed else None,
        "uri": f"{uri}.json",
        "account_sid": ACCOUNT_SID,
        "num_media": str(len(message.media_urls)),
        "status": status,
        "messaging_service_sid": message.service_sid or None,
        "sid": message.sid,
        "date_sent": rfc2822(message.sent_at) if inbound or _has_left(message, now) else None,
        "date_created": rfc2822(message.created_at),
        "error_code": message.error_code if failed else None,
        "price_unit": "USD",
        "api_version": API_VERSION,
        "subresource_uris": {"media": f"{uri}/Media.json"},
    }


def media_json(message: Message) -> list[dict[str, Any]]:
    """The Media sub-resources of a message."""
    base = f"/{API_VERSION}/Accounts/{ACCOUNT_SID}/Messages/{message.sid}/Media"
    date = rfc2822(message.created_at)
    return [
        {
            "sid": (sid := made_up_sid("ME", f"{message.sid} {number}")),
            "account_sid": ACCOUNT_SID,
            "parent_sid": message.sid,
            "content_type": _content_type(url),
            "date_created": date,
            "date_updated": date,
            "uri": f"{base}/{sid}.json",
        }
        for number, url in enumerate(message.media_urls)
    ]


def rfc2822(moment: float) -> str:
    """Twilio's date text, in whole seconds of UTC."""
    return _date_text(int(moment))


@lru_cache(maxsize=1024)
def _date_text(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, UTC))


def _has_left(message: Message, now: float) -> bool:
    return message.canceled_at is None and now >= message.sent_at


def _last_step(message: Message, now: float) -> float:
    steps = (message.created_at, message.queued_at, message.sent_at, message.final_at, message.priced_at)
    return max((step for step in (*steps, message.canceled_at or 0.0) if step <= now), default=message.created_at)


_TYPES = {"png": "image/png", "gif": "image/gif", "mp4": "video/mp4", "pdf": "application/pdf"}


def _content_type(url: str) -> str:
    return _TYPES.get(urlsplit(url).path.rpartition(".")[2].lower(), "image/jpeg")
