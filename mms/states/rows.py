"""What can become of a row: a closed list, the table of moves, one translation from Twilio's words."""

from enum import StrEnum


class RowState(StrEnum):
    """What has become of one row of the upload."""

    READY = "ready"  # checked, not offered to Twilio yet
    SENDING = "sending"  # claimed: committed before the request, so the request may have left
    ACCEPTED = "accepted"  # Twilio gave a message SID (its words: accepted, queued, scheduled, sending)
    SENT = "sent"  # the carrier took it; often the last word about an MMS
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    REFUSED = "refused"  # Twilio said no when asked
    UNKNOWN = "unknown"  # asked, and no answer: it may have gone out
    SKIPPED = "skipped"  # never offered; the reason says why
    CANCELED = "canceled"  # taken back before it was offered


class AttemptEvent(StrEnum):
    """What happened to a row, one line of its history (`mms_attempts`)."""

    ASKED = "asked"  # claimed for asking; rows of a killed process carry it although the request may not have left
    ACCEPTED = "accepted"
    REFUSED = "refused"
    BUSY = "busy"  # 429
    NOT_CONNECTED = "not_connected"
    WITHHELD = "withheld"  # our own permission to send had run out
    NO_ANSWER = "no_answer"
    IN_DOUBT_AGAIN = "in_doubt_again"  # not asked: the log showed, just before, what may be its message
    RECEIPT = "receipt"
    TOLD_BY_TWILIO = "told_by_twilio"  # a signed callback that names the row
    SETTLED_FOUND = "settled_found"  # Twilio's log has it
    SETTLED_ABSENT = "settled_absent"  # Twilio's log does not have it
    HELD_BACK = "held_back"  # Twilio dropped it from its queue, unsent: too late for today
    UNSETTLED = "unsettled"  # Twilio's log could not tell
    PERSON_SENT = "person_sent"
    PERSON_SEND_AGAIN = "person_send_again"
    PERSON_GIVE_UP = "person_give_up"


class SkipReason(StrEnum):
    """Why a row was never offered to Twilio."""

    OPTED_OUT = "opted_out"
    DUPLICATE = "duplicate"
    RECENTLY_MESSAGED = "recently_messaged"
    NOT_MENDED = "not_mended"
    NO_CONSENT = "no_consent"
    TOO_LATE = "too_late"  # its campaign's last moment has passed


OPEN_ROWS = frozenset({RowState.READY, RowState.SENDING, RowState.UNKNOWN})
"""A campaign is finished only when no row is in one of these."""

WENT_OUT = frozenset({RowState.ACCEPTED, RowState.SENT, RowState.DELIVERED})
"""Counted as success-like: US long-code MMS often stay at `sent` because carriers give no receipt."""

AWAITS_RECEIPT = frozenset({RowState.ACCEPTED, RowState.SENT})

_PROVIDER_STATES = frozenset(
    {RowState.ACCEPTED, RowState.SENT, RowState.DELIVERED, RowState.UNDELIVERED, RowState.FAILED}
)

ROW_MOVES: dict[RowState, frozenset[RowState]] = {
    RowState.READY: frozenset(
        # unknown: the ledger turned out to be older than the world (a restored backup)
        {RowState.SENDING, RowState.SKIPPED, RowState.CANCELED, RowState.REFUSED, RowState.UNKNOWN}
    ),
    RowState.SENDING: frozenset({RowState.READY, RowState.REFUSED, RowState.UNKNOWN, RowState.CANCELED})
    | _PROVIDER_STATES,
    RowState.UNKNOWN: frozenset({RowState.READY, RowState.REFUSED, RowState.CANCELED}) | _PROVIDER_STATES,
    RowState.ACCEPTED: (_PROVIDER_STATES - {RowState.ACCEPTED}) | {RowState.READY},  # dropped unsent: too late
    RowState.SENT: frozenset({RowState.DELIVERED, RowState.UNDELIVERED, RowState.FAILED}),
}

TWILIO_MAY_KNOW_BETTER = frozenset(RowState) - _PROVIDER_STATES | {RowState.SENT}
"""A signed callback that names a row without a SID makes it `accepted` out of these, also where we had concluded
otherwise (`sent`: a person did)."""

FROM_TWILIO: dict[str, RowState] = {
    "accepted": RowState.ACCEPTED,
    "scheduled": RowState.ACCEPTED,
    "queued": RowState.ACCEPTED,
    "sending": RowState.ACCEPTED,
    "sent": RowState.SENT,
    "delivered": RowState.DELIVERED,
    "read": RowState.DELIVERED,
    "partially_delivered": RowState.DELIVERED,
    "undelivered": RowState.UNDELIVERED,
    "failed": RowState.FAILED,
    "canceled": RowState.CANCELED,
    # Inbound words, listed so that a new word of Twilio's SDK fails a test rather than a campaign.
    "receiving": RowState.ACCEPTED,
    "received": RowState.DELIVERED,
}


def may_follow(current: RowState, later: RowState) -> bool:
    """Whether a row may move from `current` to `later`; a final state is never left."""
    return later in ROW_MOVES.get(current, frozenset())
