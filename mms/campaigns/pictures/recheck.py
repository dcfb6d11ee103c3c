"""When the pictures of a campaign are looked at once more: not again when that was just now, and not too early."""

from dataclasses import dataclass

from mms.delivery.queue.sender_queue import FOR_PICTURES
from mms.media.check.verdict import MediaVerdict
from mms.send_options import SendOptions
from mms.states import CampaignState, Reason

SURE_SECONDS = 60.0  # so long a verdict counts as one from just before the start


def is_sure(verdict: MediaVerdict, now: float) -> bool:
    """Whether the verdict is young enough to start on."""
    return verdict.checked_at.timestamp() >= now - SURE_SECONDS


@dataclass(frozen=True, slots=True)
class Start:
    """How a campaign that is let go begins."""

    state: CampaignState
    options: SendOptions
    code: Reason | None = None
    reason: str | None = None


def start_of(options: SendOptions, *, later: bool, waits: bool, looks: bool) -> Start:
    """The beginning of a campaign that is let go: `later` at its time, else behind others when it `waits`.

    With `looks` its pictures come first (`prestart_check`): now, or shortly before its time.
    """
    options = options.changed(media_checked=False) if looks else options
    if looks and not later:
        return Start(CampaignState.SCHEDULED, options, Reason.PICTURES, FOR_PICTURES)
    return Start(CampaignState.SCHEDULED if waits else CampaignState.RUNNING, options)
