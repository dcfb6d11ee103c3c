"""When the pictures of a campaign are looked at once more: not again when that was just now, and not too early."""

from typing import Any

from mms.delivery.queue.sender_queue import FOR_PICTURES
from mms.media.check.verdict import MediaVerdict
from mms.send_options import SendOptions
from mms.states import CampaignState

SURE_SECONDS = 60.0  # so long a verdict counts as one from just before the start


def is_sure(verdict: MediaVerdict, now: float) -> bool:
    """Whether the verdict is young enough to start on."""
    return verdict.checked_at.timestamp() >= now - SURE_SECONDS


def start_columns(options: SendOptions, *, later: bool, waits: bool, looks: bool) -> dict[str, Any]:
    """State and reason of a campaign that is let go: `later` at its time, else behind others when it `waits`.

    With `looks` its pictures come first (`before_start`): now, or shortly before its time.
    """
    options_before_look = {"options": options.changed(media_checked=False).to_json()} if looks else {}
    if looks and not later:
        return {"state": CampaignState.SCHEDULED, **FOR_PICTURES, **options_before_look}
    state = CampaignState.SCHEDULED if waits else CampaignState.RUNNING
    return {"state": state, "reason_code": None, **options_before_look}
