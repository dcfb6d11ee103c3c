"""What can become of a row and of a campaign: closed lists, tables of moves, one translation from Twilio's words.

Names are the contract's. A state that is not a key of a table of moves is final.
"""

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


class SkipReason(StrEnum):
    """Why a row was never offered to Twilio."""

    OPTED_OUT = "opted_out"
    DUPLICATE = "duplicate"
    RECENTLY_MESSAGED = "recently_messaged"
    NOT_MENDED = "not_mended"
    NO_CONSENT = "no_consent"


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"  # waits for its start time, or for its turn on the sender
    RUNNING = "running"
    WAITING = "waiting"  # only rows outside their quiet-hours window are left for now
    PAUSED = "paused"
    STOPPED = "stopped"  # breaker or account error; the reason is beside it
    CANCELED = "canceled"
    FINISHED = "finished"


class Want(StrEnum):
    """What a person last asked of a campaign; the worker reads it at every claim."""

    RUN = "run"
    PAUSE = "pause"
    CANCEL = "cancel"


OPEN_ROWS = frozenset({RowState.READY, RowState.SENDING, RowState.UNKNOWN})
"""A campaign is finished only when no row is in one of these."""

WENT_OUT = frozenset({RowState.ACCEPTED, RowState.SENT, RowState.DELIVERED})
"""Counted as success-like: US long-code MMS often stay at `sent` because carriers give no receipt."""

AWAITS_RECEIPT = frozenset({RowState.ACCEPTED, RowState.SENT})

_PROVIDER_STATES = frozenset(
    {RowState.ACCEPTED, RowState.SENT, RowState.DELIVERED, RowState.UNDELIVERED, RowState.FAILED}
)

ROW_MOVES: dict[RowState, frozenset[RowState]] = {
    RowState.READY: frozenset({RowState.SENDING, RowState.SKIPPED, RowState.CANCELED, RowState.REFUSED}),
    RowState.SENDING: frozenset({RowState.READY, RowState.REFUSED, RowState.UNKNOWN}) | _PROVIDER_STATES,
    RowState.UNKNOWN: frozenset({RowState.READY, RowState.REFUSED, RowState.CANCELED}) | _PROVIDER_STATES,
    RowState.ACCEPTED: _PROVIDER_STATES - {RowState.ACCEPTED},
    RowState.SENT: frozenset({RowState.DELIVERED, RowState.UNDELIVERED, RowState.FAILED}),
}

CAMPAIGN_MOVES: dict[CampaignState, frozenset[CampaignState]] = {
    CampaignState.DRAFT: frozenset({CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.CANCELED}),
    CampaignState.SCHEDULED: frozenset(
        {CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.CANCELED, CampaignState.STOPPED}
    ),
    CampaignState.RUNNING: frozenset(CampaignState) - {CampaignState.DRAFT, CampaignState.RUNNING},
    CampaignState.WAITING: frozenset(CampaignState) - {CampaignState.DRAFT, CampaignState.WAITING},
    CampaignState.PAUSED: frozenset(
        {CampaignState.RUNNING, CampaignState.SCHEDULED, CampaignState.CANCELED, CampaignState.FINISHED}
    ),
    CampaignState.STOPPED: frozenset(
        {CampaignState.RUNNING, CampaignState.SCHEDULED, CampaignState.CANCELED, CampaignState.FINISHED}
    ),
}

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


PICTURES = "pictures"
"""Reason code of a scheduled campaign that starts as soon as its pictures have been looked at once more."""


def may_follow(current: RowState, later: RowState) -> bool:
    """Whether a row may move from `current` to `later`; a final state is never left."""
    return later in ROW_MOVES.get(current, frozenset())
