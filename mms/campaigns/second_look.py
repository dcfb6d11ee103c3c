"""When the pictures of a campaign are looked at once more: not again when that was just now, and not too early."""

from typing import Any

from mms.media.verdict import MediaVerdict
from mms.send_options import SendOptions
from mms.states import PICTURES, CampaignState

SURE_SECONDS = 60.0  # so long a verdict counts as one from just before the start
WAITS = "Its pictures are looked at once more before it starts."


def is_sure(verdict: MediaVerdict, now: float) -> bool:
    """Whether the verdict is young enough to start on."""
    return verdict.checked_at.timestamp() >= now - SURE_SECONDS


def wait_for_look(options: SendOptions) -> dict[str, Any]:
    """Columns of a campaign that starts as soon as its pictures have been looked at (`before_start`)."""
    return {
        "state": CampaignState.SCHEDULED,
        "reason_code": PICTURES,
        "reason": WAITS,
        "options": options.changed(media_checked=False).to_json(),
    }
