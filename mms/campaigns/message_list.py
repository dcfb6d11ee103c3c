"""Messages one by one, as the API tells of them: by Twilio's SID, by our own number, or as a list, newest first.

A row that was never to go out (skipped) is no message.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select

from mms.campaigns.request_keys import request_key_of
from mms.ledger.tables import api_requests, campaigns, rows
from mms.reports.timestamps import iso
from mms.states import RowState
from mms.twilio_client import is_message_sid
from mms.twilio_codes import explain

_MOST_DIGITS = 18  # of a number that the databases can hold
LAST_WORD = func.coalesce(rows.c.provider_status, case((rows.c.state == RowState.READY, "queued"), else_=rows.c.state))
"""Twilio's last word; ours while Twilio has not spoken. What waits for its turn is `queued`, as at Twilio."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. Times are seconds since 1970, UTC; `sid` is None until Twilio has taken it."""

    id: int
    sid: str | None
    recipient: str | None
    status: str
    error_code: int | None
    reference: str | None
    campaign_id: int
    created_at: float
    updated_at: float


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """None takes everything. `since` is seconds since 1970: asked for then or later; `before` leaves newer ids out."""

    mode: str
    recipient: str | None = None
    since: float | None = None
    status: str | None = None
    reference: str | None = None
    idempotency_key: str | None = None
    key_name: str | None = None  # whose idempotency key
    before: int | None = None

    def where(self) -> list[ColumnElement[bool]]:
        """Conditions that all must hold."""
        wanted: dict[Any, Any] = {
            rows.c.recipient: self.recipient,
            LAST_WORD: self.status,
            campaigns.c.reference: self.reference,
        }
        conditions = [campaigns.c.mode == self.mode, rows.c.state != RowState.SKIPPED]
        conditions += [column == value for column, value in wanted.items() if value is not None]
        if self.since is not None:
            conditions.append(campaigns.c.created_at >= self.since)
        if self.before is not None:
            conditions.append(rows.c.id < self.before)
        if self.idempotency_key is not None:
            asked = select(api_requests.c.campaign_id).where(
                api_requests.c.idempotency_key == self.idempotency_key,
                api_requests.c.key_name == self.key_name,
                api_requests.c.mode == self.mode,
            )
            theirs = request_key_of(self.key_name or "", self.mode, self.idempotency_key)  # of a whole campaign
            conditions.append(campaigns.c.id.in_(asked) | (campaigns.c.request_key == theirs))
        return conditions


MESSAGES = select(
    rows.c.id,
    rows.c.message_sid.label("sid"),
    rows.c.recipient,
    LAST_WORD.label("status"),
    rows.c.error_code,
    campaigns.c.reference,
    rows.c.campaign_id,
    campaigns.c.created_at,
    rows.c.updated_at,
).join(campaigns, campaigns.c.id == rows.c.campaign_id)


def message_named(connection: Connection, name: str) -> Message | None:
    """The message with this SID, or this number of ours; None when there is none."""
    if name.isascii() and name.isdecimal() and len(name) <= _MOST_DIGITS:
        found = connection.execute(MESSAGES.where(rows.c.id == int(name), rows.c.state != RowState.SKIPPED)).first()
    elif is_message_sid(name):
        found = connection.execute(MESSAGES.where(rows.c.message_sid == name)).first()
    else:
        found = None
    return None if found is None else message_of(found)


def messages(connection: Connection, chosen: MessageFilter, *, limit: int) -> list[Message]:
    """At most `limit` messages, newest first."""
    query = MESSAGES.where(*chosen.where()).order_by(rows.c.id.desc()).limit(limit)
    return [message_of(found) for found in connection.execute(query)]


def message_of(found: Any) -> Message:
    """One line of `MESSAGES`, whatever other columns it has."""
    return Message(**{name: found._mapping[name] for name in Message.__slots__})


def message_json(found: Message) -> dict[str, Any]:
    """As the API tells of it, in answers and in posts."""
    code = found.error_code
    return {
        "id": found.id,
        "sid": found.sid,
        "to": found.recipient,
        "status": found.status,
        "twilio_code": code,
        "error": explain(code).meaning if code else None,
        "reference": found.reference,
        "campaign_id": found.campaign_id,
        "created_at": iso(found.created_at),
        "updated_at": iso(found.updated_at),
    }
