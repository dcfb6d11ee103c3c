"""A message as Twilio's log shows it, read leniently: other servers leave fields out or write dates differently."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self

from mms.twilio_client.answers import whole_number
from mms.twilio_client.sids import is_message_sid

REDACTED = "XXXX"


@dataclass(frozen=True, slots=True)
class ProviderMessage:
    """What is needed to tell what became of a row. Times are seconds since 1970."""

    sid: str
    status: str
    direction: str
    to: str
    sender: str | None  # null while a messaging service has not chosen yet
    service_sid: str | None
    body: str | None  # None: the log does not show texts
    media_count: int
    created_at: float
    sent_at: float | None = None
    updated_at: float | None = None
    error_code: int | None = None
    price: str | None = None
    price_unit: str | None = None

    @property
    def hides_number(self) -> bool:
        """Whether Message Redaction is on: the recipient is one of ten thousand."""
        return self.to.endswith(REDACTED)

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Read Twilio's JSON. Raises ValueError when it does not say which message to whom, or when it was."""
        if not isinstance(value, Mapping):
            raise ValueError("not a message")
        sid, to = _text(value.get("sid")), _text(value.get("to"))
        sent_at, updated_at = _seconds(value.get("date_sent")), _seconds(value.get("date_updated"))
        created_at = next((at for at in (_seconds(value.get("date_created")), sent_at, updated_at) if at), None)
        if sid is None or not is_message_sid(sid) or not to or created_at is None:
            raise ValueError("not a message that can be told from others")
        return cls(
            sid=sid,
            status=_text(value.get("status")) or "accepted",
            direction=_text(value.get("direction")) or "outbound-api",
            to=to,
            sender=_text(value.get("from")),
            service_sid=_text(value.get("messaging_service_sid")),
            body=(_text(value["body"]) or "") if "body" in value else None,
            media_count=whole_number(value.get("num_media")) or 0,
            created_at=created_at,
            sent_at=sent_at,
            updated_at=updated_at,
            error_code=whole_number(value.get("error_code")),
            price=_text(value.get("price")),
            price_unit=_text(value.get("price_unit")),
        )


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Up to a thousand messages, newest first, and where the next page is."""

    messages: tuple[ProviderMessage, ...]
    next_page_uri: str | None
    unread: tuple[str | None, ...] = ()  # recipients of entries that cannot be read; None: not even that

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Read one page of Twilio's list. Raises ValueError when it is not one."""
        entries = value.get("messages") if isinstance(value, Mapping) else None
        following = value.get("next_page_uri") or None if isinstance(value, Mapping) else None
        if not isinstance(entries, list) or not isinstance(following, str | None):
            raise ValueError("not a page of messages")
        messages: list[ProviderMessage] = []
        unread: list[str | None] = []
        for entry in entries:
            try:
                messages.append(ProviderMessage.from_json(entry))
            except ValueError:
                unread.append(_text(entry.get("to")) if isinstance(entry, Mapping) else None)
        return cls(tuple(messages), following, tuple(unread))


def may_be_to(shown: str, number: str) -> bool:
    """Whether a recipient as the log shows it can be this number; Message Redaction hides the last four digits."""
    return shown == number or shown == number[:-4] + REDACTED


def hidden_part(shown: str) -> str | None:
    """What is left of a number whose end the log hides; None for a whole number."""
    return shown[: -len(REDACTED)] if shown.endswith(REDACTED) else None


@dataclass(frozen=True, slots=True)
class LogExcerpt:
    """Messages to one number, or from one sender. Only a whole excerpt can show that a message is not there."""

    messages: tuple[ProviderMessage, ...]
    is_whole: bool


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _seconds(date: Any) -> float | None:
    """RFC 2822 as Twilio writes it, or ISO 8601; without a zone it is UTC. None when it is neither."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(date)
            return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
        except (ValueError, TypeError, AttributeError, IndexError, OverflowError):
            continue
    return None
