"""What Twilio's HTTP answer to a create means. Pure, for any bytes a server or proxy may send: never raises.

Judged by the HTTP status, not by the one that the SDK finds in the body: a 500 is in doubt whatever its body says.
"""

import json
import re
from typing import Any

from mms.twilio_client.outcomes import Accepted, NoAnswer, Outcome, Refused
from mms.twilio_client.sids import is_message_sid

_FIRST_TWILIO_CODE = 10_000
_NOT_SIGNED_IN = 401
_IN_DOUBT = frozenset({408, 409, 425, 499})  # the request may have been processed, now or before


def outcome_of(status: int, text: str) -> Outcome:
    """What became of the message."""
    body = _json_object(text)
    if 200 <= status < 300:
        return _accepted(status, body)
    if 400 <= status < 500:
        return _refused(status, body)
    return NoAnswer(status)


def whole_number(value: Any) -> int | None:
    """A code of Twilio's, which comes as a number or as text; None when it is neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value < 1_000_000 else None
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", value) else None


def _accepted(http_status: int, body: dict[str, Any]) -> Outcome:
    sid = body.get("sid")
    if not is_message_sid(sid):
        return NoAnswer(http_status)
    status = body.get("status")
    word = status if isinstance(status, str) and status else "queued"
    return Accepted(str(sid), word, whole_number(body.get("error_code")))


def _refused(http_status: int, body: dict[str, Any]) -> Outcome:
    """Twilio's own code is a no; so is an API's JSON, or a closed door. A web page may come from any proxy."""
    code = whole_number(body.get("code"))
    if code is not None and code >= _FIRST_TWILIO_CODE:
        return Refused(code, http_status)
    is_clear = http_status == _NOT_SIGNED_IN or (http_status not in _IN_DOUBT and isinstance(body.get("message"), str))
    return Refused(None, http_status) if is_clear else NoAnswer(http_status)


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
