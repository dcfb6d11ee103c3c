"""What can become of a campaign: phase, what a person wants, why it waits or stopped, and the table of moves."""

from enum import StrEnum
from typing import TypeAlias


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


class CampaignKind(StrEnum):
    """What a campaign is; everything but `campaign` is one message that goes before the rows of campaigns."""

    CAMPAIGN = "campaign"
    TEST = "test"
    API = "api"
    ANSWER = "answer"  # to what one person wrote


class Reason(StrEnum):
    """Why a campaign waits, rests or stopped (`reason_code`); the same in words stands beside it.

    What Twilio says about the whole account or sender is a `TwilioReason`.
    """

    QUEUED = "queued"  # waits for its turn on the sender
    PICTURES = "pictures"  # starts as soon as its pictures have been looked at once more
    MEDIA = "media"  # that look found them broken
    MISSED_START = "missed_start"
    SETTLING = "settling"  # Twilio's log is being asked
    UNKNOWN_ROWS = "unknown_rows"  # a person decides
    QUIET_HOURS = "quiet_hours"
    HELD_BACK = "held_back"  # Twilio dropped messages as too late for today; they wait for the next window
    CANARY = "canary"
    CANARY_FAILED = "canary_failed"
    TEST_UNDECIDED = "test_undecided"  # its versions are too alike, or too few people tried them
    BREAKER = "breaker"
    UNREACHABLE = "unreachable"
    BUSY = "busy"
    TEMPLATE = "template"  # its text cannot be read by this version
    BY_HAND = "by_hand"
    RESTORED = "restored"


class TwilioReason(str):
    """`twilio_CODE`: every further row would fare the same. `code` is Twilio's, or the HTTP status without one."""

    __slots__ = ()

    def __new__(cls, code: int | None) -> "TwilioReason":
        """The reason of this code."""
        return super().__new__(cls, f"twilio_{code}")


ReasonCode: TypeAlias = Reason | TwilioReason

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
        # paused: restored from a backup
        {*(CampaignState.RUNNING, CampaignState.SCHEDULED, CampaignState.PAUSED)}
        | {CampaignState.CANCELED, CampaignState.FINISHED}
    ),
    CampaignState.FINISHED: frozenset({CampaignState.WAITING}),  # for messages that Twilio held back as too late
}
