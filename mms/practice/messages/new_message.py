"""Turns an accepted create request into a message with its whole future: when it moves on, and how it ends."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from mms.practice import account
from mms.practice.messages.create_request import CreateRequest
from mms.practice.messages.message import Message, new_sid
from mms.practice.messages.outcomes import Outcome, delays_for
from mms.practice.messages.phones import shortened
from mms.practice.messages.rules import parse_send_at
from mms.sms_segments import segments

# US list prices of October 2026; a message that failed inside Twilio has no price.
MMS_PRICE = 0.0220
SMS_SEGMENT_PRICE = 0.0083


@dataclass(frozen=True, slots=True)
class Moment:
    """When a message is created, and how fast its practice life passes (0.1: ten times as fast)."""

    now: float
    time_scale: float


def new_message(request: CreateRequest, outcome: Outcome, moment: Moment) -> Message:
    """The message as accepted; its sender from a service is the same each time for the same recipient."""
    scheduled = parse_send_at(request.send_at)
    starts_at = scheduled.timestamp() if scheduled else moment.now
    delays, scale = delays_for(request.to, outcome), moment.time_scale
    queued_at = starts_at + (delays.chosen * scale if request.service_sid else 0.0)
    sent_at = queued_at + delays.sent * scale
    # `failed` is decided before the carrier is asked, and `sent` is the end where the carrier never answers.
    has_receipt = outcome.status not in ("failed", "sent")
    final_at = sent_at + delays.final * scale if has_receipt else sent_at
    body = shortened(request.body) if request.shorten_urls else request.body
    parts = 1 if request.is_mms else segments(body)
    return Message(
        sid=new_sid(is_mms=request.is_mms),
        direction="outbound-api",
        to_number=request.to,
        from_number=request.sender or _from_pool(request),
        service_sid=request.service_sid,
        body=body,
        media=json.dumps(request.media),
        segments=parts,
        created_at=moment.now,
        starts_at=starts_at,
        queued_at=queued_at,
        sent_at=sent_at,
        final_at=final_at,
        priced_at=final_at + delays.priced * scale,
        final_status=outcome.status,
        error_code=outcome.error_code,
        price=_price(request, outcome, parts),
        callback=request.callback,
    )


def reply_message(direction: str, sender: str, to: str, body: str, now: float, media: Sequence[str] = ()) -> Message:
    """A text from a person (`inbound`), or Twilio's own answer to a keyword (`outbound-reply`); both arrive at once."""
    inbound = direction == "inbound"
    service = account.service_of(to if inbound else sender)
    return Message(
        sid=new_sid(is_mms=bool(media)),
        direction=direction,
        to_number=to,
        from_number=sender,
        service_sid=service.sid if service else "",
        body=body,
        media=json.dumps(list(media)),
        segments=segments(body),
        created_at=now,
        starts_at=now,
        queued_at=now,
        sent_at=now,
        final_at=now,
        priced_at=now,
        final_status="received" if inbound else "delivered",
        error_code=None,
        price=f"-{SMS_SEGMENT_PRICE:.5f}" if inbound else "",  # Twilio's own answers are free
        callback="",
    )


def _from_pool(request: CreateRequest) -> str:
    # A recipient keeps its sender, as with Twilio's sticky sender.
    able = [n.number for n in account.SERVICES[request.service_sid].numbers if n.mms or not request.is_mms]
    return able[int(request.to[-1]) % len(able)]


def _price(request: CreateRequest, outcome: Outcome, parts: int) -> str:
    if outcome.status == "failed":
        return ""
    return f"-{MMS_PRICE if request.is_mms else SMS_SEGMENT_PRICE * parts:.5f}"
