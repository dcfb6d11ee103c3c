"""Signatures and bodies in the form of Standard Webhooks, for which receivers find libraries in every language."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from mms.ledger import Ledger
from mms.ledger.options import option, set_option

_OPTION = "webhook_secret"
_PREFIX = "whsec_"


def secret_of(ledger: Ledger, receiver: str) -> str:
    """What `receiver` checks signatures with, the same at every call: `whsec_` and base64, as its library wants it.

    Derived from one secret of the installation, so that a receiver's own tells nothing about another's.
    """
    with ledger.read() as connection:
        ours = option(connection, _OPTION, None)
    if ours is None:
        with ledger.write() as connection:
            ours = option(connection, _OPTION, None)
            if ours is None:
                ours = secrets.token_hex(32)
                set_option(connection, _OPTION, ours, at=ledger.now(connection), by=None)
    derived = hmac.new(bytes.fromhex(ours), receiver.encode(), hashlib.sha256).digest()
    return _PREFIX + base64.b64encode(derived).decode()


def event_body(kind: str, at: float, data: Mapping[str, Any]) -> bytes:
    """The JSON of one event, such as `message.status`; `at` is seconds since 1970."""
    when = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return json.dumps({"type": kind, "timestamp": when, "data": dict(data)}, separators=(",", ":")).encode()


def signature_headers(secret: str, event_id: str, at: float, body: bytes) -> dict[str, str]:
    """The three headers that prove who wrote this body, and when. `event_id` is the same however often it is posted."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    stamp = str(int(at))
    signature = hmac.new(key, b".".join((event_id.encode(), stamp.encode(), body)), hashlib.sha256).digest()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }
