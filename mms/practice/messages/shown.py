"""The log as some accounts see it: texts redacted or changed, links shortened, another clock. Faults on demand."""

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from mms.practice.messages.faults import Plan
from mms.practice.messages.message import rfc2822

HIDDEN = "XXXX"
_LINK = re.compile(r"https?://\S+")
_SHORT = "https://twil.io/s/Ab3dE"
_LOOK_ALIKES = str.maketrans({"'": "\u2019", '"': "\u201d", "-": "\u2013", "a": "\u0430", "e": "\u0435", "o": "\u043e"})
_TIMES = ("date_created", "date_updated", "date_sent")


def shown(message: dict[str, Any], plan: Plan) -> dict[str, Any]:
    """A message resource as the plan lets it look."""
    changed = dict(message)
    if plan.shorten_links:
        changed["body"] = _LINK.sub(_SHORT, changed["body"])
    if plan.recode_log:  # the other way round than Twilio, so that any comparison of texts fails
        changed["body"] = changed["body"].translate(_LOOK_ALIKES)
    if plan.redact_log:
        changed["body"] = ""
        person = "from" if changed["direction"] == "inbound" else "to"
        changed[person] = hidden(changed[person])
    if plan.clock_ahead:
        changed |= {name: _moved(changed[name], plan.clock_ahead) for name in _TIMES if changed[name]}
    return changed


def hidden(number: str) -> str:
    """A number without its last four digits."""
    return number[:-4] + HIDDEN


def _moved(date: str, seconds: float) -> str:
    return rfc2822(parsedate_to_datetime(date).astimezone(UTC).timestamp() + seconds)
