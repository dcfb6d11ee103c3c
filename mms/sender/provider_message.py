"""A message as Twilio's log shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class ProviderMessage:
    """What is needed to tell what became of a row. Times are seconds since 1970."""

    sid: str
    status: str
    direction: str
    to: str
    sender: str | None  # null while a messaging service has not chosen yet
    service_sid: str | None
    body: str
    media_count: int
    created_at: float
    sent_at: float | None = None
    updated_at: float | None = None
    error_code: int | None = None
    price: str | None = None
    price_unit: str | None = None

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read Twilio's JSON. Raises KeyError, TypeError or ValueError when it is not a message."""
        code = value.get("error_code")
        return cls(
            sid=str(value["sid"]),
            status=str(value["status"]),
            direction=str(value["direction"]),
            to=str(value["to"]),
            sender=value.get("from"),
            service_sid=value.get("messaging_service_sid"),
            body=value.get("body") or "",
            media_count=int(value.get("num_media") or 0),
            created_at=_seconds(value["date_created"]),
            sent_at=_seconds(value["date_sent"]) if value.get("date_sent") else None,
            updated_at=_seconds(value["date_updated"]) if value.get("date_updated") else None,
            error_code=None if code is None else int(code),
            price=value.get("price"),
            price_unit=value.get("price_unit"),
        )


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Up to a thousand messages, newest first, and where the next page is."""

    messages: tuple[ProviderMessage, ...]
    next_page_uri: str | None

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read one page of Twilio's list. Raises KeyError, TypeError or ValueError when it is not one."""
        return cls(tuple(ProviderMessage.from_json(one) for one in value["messages"]), value.get("next_page_uri"))


def _seconds(text: str) -> float:
    return parsedate_to_datetime(text).timestamp()
