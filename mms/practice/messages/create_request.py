"""A create request as Twilio reads it: form fields by their wire names, `To` and `From` brought to E.164."""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs

_DECORATION = str.maketrans("", "", " -.()\u00a0")
_NATIONAL = re.compile(r"1?([2-9]\d{9})")


def e164(text: str) -> str:
    """Twilio takes spaces, dashes and brackets, and reads a bare ten-digit number as one of the +1 area."""
    bare = text.strip().translate(_DECORATION)
    national = _NATIONAL.fullmatch(bare)
    return f"+1{national[1]}" if national else bare


@dataclass(frozen=True, slots=True)
class CreateRequest:
    """Empty text stands for a parameter that was not sent; Twilio treats both alike."""

    to: str
    sender: str
    service_sid: str
    body: str
    media: tuple[str, ...]
    callback: str
    validity: str
    schedule_type: str
    send_at: str
    content_sid: str
    content_variables: str
    send_as_mms: bool
    shorten_urls: bool

    @classmethod
    def from_form(cls, form: str) -> Self:
        """Read the form-encoded body. Blank values are kept; unknown parameters are ignored, as Twilio does."""
        fields = parse_qs(form, keep_blank_values=True)

        def one(name: str) -> str:
            return fields[name][-1] if name in fields else ""

        return cls(
            to=e164(one("To")),
            sender=e164(one("From")),
            service_sid=one("MessagingServiceSid"),
            body=one("Body"),
            media=tuple(url for url in fields.get("MediaUrl", ()) if url),
            callback=one("StatusCallback"),
            validity=one("ValidityPeriod"),
            schedule_type=one("ScheduleType"),
            send_at=one("SendAt"),
            content_sid=one("ContentSid"),
            content_variables=one("ContentVariables"),
            send_as_mms=one("SendAsMms").lower() == "true",
            shorten_urls=one("ShortenUrls").lower() == "true",
        )

    @property
    def is_mms(self) -> bool:
        """Whether it leaves as a picture message."""
        return bool(self.media) or self.send_as_mms
