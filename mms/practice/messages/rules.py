"""What Twilio checks before it accepts a message, in order. Source: Twilio's error dictionary and test credentials.

Each rule gives the code of its refusal, or None. The first refusal wins.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from mms.practice import account
from mms.practice.messages.create_request import CreateRequest
from mms.practice.messages.outcomes import refused_at_create

Rule = Callable[[CreateRequest], int | None]

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_NANP = re.compile(r"\+1[2-9]\d{2}[2-9]\d{6}")
_SHORT_CODE = re.compile(r"\d{5,6}")
_SERVICE_SID = re.compile(r"MG[0-9a-f]{32}")
_CHANNEL = re.compile(r"[a-z]+:")
_OPEN_COUNTRIES = ("+1", "+44", "+61")  # geo permissions of the practice account

# https://www.twilio.com/docs/iam/test-credentials; they work beside the account's own numbers.
MAGIC_SENDER = "+15005550006"
MAGIC_SENDERS = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
MAGIC_RECIPIENTS = {  # +15005550004, opted out, is in mms.practice.messages.opt_outs
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550009": 21614,
}

MAX_BODY = 1600
MAX_MEDIA = 10
MAX_VALIDITY_SECONDS = 36_000
_SCHEDULE_WINDOW = (timedelta(minutes=15), timedelta(days=35))


def is_phone_number(text: str) -> bool:
    """E.164, and within +1 an area code and exchange that can exist."""
    return bool((_NANP if text.startswith("+1") else _E164).fullmatch(text))


def _required(request: CreateRequest) -> int | None:
    if not request.to:
        return 21604
    if not (request.sender or request.service_sid):
        return 21603
    if not (request.body or request.media or request.content_sid):
        return 21602
    return None


def _recipient(request: CreateRequest) -> int | None:
    if _channel(request.to) != _channel(request.sender or request.to):
        return 21910
    if _SHORT_CODE.fullmatch(request.to):
        return 21265
    if request.to in MAGIC_RECIPIENTS:
        return MAGIC_RECIPIENTS[request.to]
    if not is_phone_number(request.to):
        return 21211
    if request.to == request.sender:
        return 21266
    if not request.to.startswith(_OPEN_COUNTRIES):
        return 21408
    return refused_at_create(request.to)


def _sender(request: CreateRequest) -> int | None:
    if not request.sender or request.sender == MAGIC_SENDER:
        return None
    if request.sender in MAGIC_SENDERS:
        return MAGIC_SENDERS[request.sender]
    if request.sender == account.OTHER_ACCOUNTS_NUMBER:
        return 21660
    own = account.NUMBERS.get(request.sender)
    if own is None:
        known_shape = is_phone_number(request.sender) or _SHORT_CODE.fullmatch(request.sender)
        return 21659 if known_shape else 21212
    if not own.sms:
        return 21661
    return 21621 if request.is_mms and not own.mms else None


def _service(request: CreateRequest) -> int | None:
    if not request.service_sid:
        return None
    if not _SERVICE_SID.fullmatch(request.service_sid):
        return 21705
    service = account.SERVICES.get(request.service_sid)
    if service is None:
        return 21701
    if not service.numbers:
        return 21704
    if request.sender and all(n.number != request.sender for n in service.numbers):
        return 21711
    return 21703 if request.is_mms and not any(n.mms for n in service.numbers) else None


def _content(request: CreateRequest) -> int | None:
    # Code points outside the basic plane (most emoji) count twice.
    if len(request.body.encode("utf-16-le", "surrogatepass")) // 2 > MAX_BODY:
        return 21617
    if len(request.media) > MAX_MEDIA:
        return 21623
    return None if all(map(_is_web_address, request.media)) else 21620


def _template(request: CreateRequest) -> int | None:
    if request.content_variables and not request.content_sid:
        return 21654
    if request.content_variables and not _is_json_object(request.content_variables):
        return 21656
    return 21655 if request.content_sid else None  # the practice account has no templates


def _options(request: CreateRequest) -> int | None:
    if request.callback and not _is_web_address(request.callback):
        return 21609
    if request.validity and not _is_validity_period(request.validity):
        return 21624
    return None


def _links(request: CreateRequest) -> int | None:
    return 30124 if request.shorten_urls and not request.service_sid else None


def _schedule(request: CreateRequest) -> int | None:
    if not (request.schedule_type or request.send_at):
        return None
    if request.schedule_type != "fixed":
        return 35126
    if not request.service_sid:
        return 35118
    if not request.send_at:
        return 35111
    return None if _is_within_schedule_window(request.send_at) else 35114


RULES: tuple[Rule, ...] = (_required, _recipient, _sender, _service, _content, _template, _options, _links, _schedule)


def first_refusal(request: CreateRequest) -> int | None:
    """The code Twilio would refuse this request with, or None when it is taken."""
    for rule in RULES:
        if code := rule(request):
            return code
    return None


def parse_send_at(text: str) -> datetime | None:
    """An ISO 8601 time; one without an offset is UTC. None when it is not a time."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _channel(address: str) -> str:
    found = _CHANNEL.match(address)
    return found[0] if found else "tel:"


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and not re.search(r"[\s_]", host or "")


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _is_validity_period(text: str) -> bool:
    return text.isdecimal() and 1 <= int(text) <= MAX_VALIDITY_SECONDS


def _is_within_schedule_window(text: str) -> bool:
    when = parse_send_at(text)
    soonest, latest = _SCHEDULE_WINDOW
    return when is not None and soonest <= when - datetime.now(UTC) <= latest
