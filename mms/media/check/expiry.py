"""When a signed link stops working, read from the link itself, and whether that is too soon for a send."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from mms.media.check.limits import QUEUE_SECONDS
from mms.media.check.messages import LinkFault, Reason
from mms.media.check.verdict import MediaVerdict

Query = Mapping[str, str]  # names in lower case


def link_expiry(url: str) -> datetime | None:
    """When the signature in the link ends (UTC); None when there is none that we can read."""
    try:
        link = urlsplit(url)
        query = {name.lower(): value for name, value in parse_qsl(link.query)}
    except ValueError:
        return None
    for names, read in _SIGNATURES:
        if all(name in query for name in names):
            try:
                return read(query)
            except (ValueError, OverflowError, OSError, KeyError, TypeError, binascii.Error):
                return None
    return None


def expires_before(verdict: MediaVerdict, forecast_end: datetime) -> MediaVerdict | None:
    """The verdict as `media_expires` when the link may end before Twilio fetches it for the last message.

    Twilio may keep a message for 10 hours before it goes out. None when the link lives long enough, or cannot be
    used for another reason already.
    """
    needed = forecast_end + timedelta(seconds=QUEUE_SECONDS)
    if not verdict.ok or verdict.expires_at is None or verdict.expires_at >= needed:
        return None
    fault = LinkFault(Reason.EXPIRES_TOO_SOON, expiry=readable_time(verdict.expires_at), needed=readable_time(needed))
    return replace(verdict, ok=False, code=fault.code, message=fault.message, advice=fault.advice)


def readable_time(moment: datetime) -> str:
    """`23 November 2026, 19:30 UTC`."""
    return f"{moment.astimezone(UTC).day} {moment.astimezone(UTC):%B %Y, %H:%M} UTC"


def _start_and_seconds(prefix: str) -> Callable[[Query], datetime]:
    def read(query: Query) -> datetime:
        start = datetime.strptime(query[f"{prefix}-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return start + timedelta(seconds=int(query[f"{prefix}-expires"]))

    return read


def _epoch(query: Query) -> datetime:
    return datetime.fromtimestamp(int(query["expires"]), UTC)


def _hexadecimal(name: str) -> Callable[[Query], datetime]:
    return lambda query: datetime.fromtimestamp(int(query[name], 16), UTC)


def _azure_end(query: Query) -> datetime:
    end = datetime.fromisoformat(query["se"])
    return end if end.tzinfo else end.replace(tzinfo=UTC)


def _cloudfront_policy(query: Query) -> datetime:
    packed = query["policy"].translate(str.maketrans("-_~", "+=/"))  # CloudFront's own base64
    condition = json.loads(base64.b64decode(packed))["Statement"][0]["Condition"]
    return datetime.fromtimestamp(condition["DateLessThan"]["AWS:EpochTime"], UTC)


_SIGNATURES: tuple[tuple[frozenset[str], Callable[[Query], datetime]], ...] = (
    (frozenset({"x-amz-date", "x-amz-expires"}), _start_and_seconds("x-amz")),  # S3, version 4
    (frozenset({"x-goog-date", "x-goog-expires"}), _start_and_seconds("x-goog")),  # Google Cloud Storage, V4
    (frozenset({"awsaccesskeyid", "expires", "signature"}), _epoch),  # S3, version 2
    (frozenset({"googleaccessid", "expires", "signature"}), _epoch),  # Google Cloud Storage, V2
    (frozenset({"key-pair-id", "expires", "signature"}), _epoch),  # CloudFront, canned policy
    (frozenset({"key-pair-id", "policy", "signature"}), _cloudfront_policy),
    (frozenset({"se", "sig", "sv"}), _azure_end),  # Azure, shared access signature
    (frozenset({"ex", "is", "hm"}), _hexadecimal("ex")),  # Discord's file links
    (frozenset({"oe", "oh"}), _hexadecimal("oe")),  # Facebook's and Instagram's picture addresses
)
