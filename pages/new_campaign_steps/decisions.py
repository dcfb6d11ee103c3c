"""What the draft says about sending, as the values that `mms` takes. Defaults stand here and nowhere else."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mms.campaigns.drafts.drafts import Draft
from mms.campaigns.launch.repeat_check import RECENT_DAYS
from mms.campaigns.launch.submission import Choices, Repeats
from mms.send_options import SendOptions
from mms.settings import Settings

NOW, LATER = "now", "later"
RECENTLY = (RECENT_DAYS, 3.0, 7.0, 30.0)  # days that can be chosen


def starts_later(current: Draft) -> bool:
    """Whether a start time was asked for."""
    return bool(current.content.get("start") == LATER)


def recent_days(current: Draft) -> float:
    """Who got a message in so many days counts as messaged recently."""
    chosen = current.content.get("recent_days")
    return float(chosen) if chosen in RECENTLY else RECENT_DAYS


def any_hour(current: Draft, settings: Settings) -> bool:
    """Whether quiet hours are left aside: always in practice, where nobody sleeps."""
    return settings.is_practice or bool(current.content.get("any_hour"))


def start_at(current: Draft) -> float | None:
    """The chosen start in seconds since 1970; None for now, or while none is chosen."""
    kept = current.content.get("start_at")
    if not starts_later(current) or not kept:
        return None
    zone = ZoneInfo(current.content["zone"]) if current.content.get("zone") else UTC
    return datetime.fromisoformat(kept).replace(tzinfo=zone).timestamp()


def send_options(current: Draft, settings: Settings) -> SendOptions:
    """Pace, canary and hours."""
    canary = current.content.get("canary")
    return SendOptions(
        rate=current.content.get("rate"),
        any_hour=any_hour(current, settings),
        other_countries=bool(current.content.get("other_countries")),
        canary=int(canary) if canary else None,
        canary_goes_on=bool(current.content.get("canary_goes_on")),
        check_media=True,
    )


def choices(current: Draft, settings: Settings, known: Repeats, sender_address: str, person: str) -> Choices:
    """Everything decided on the review page."""
    content = current.content
    return Choices(
        name=content.get("name") or "Campaign",
        sender_address=sender_address,
        options=send_options(current, settings),
        skip_recipients=known.recent if content.get("skip_recent") else frozenset(),
        skip_dead=frozenset(known.dead) if content.get("skip_dead", True) else frozenset(),
        repeat_of=frozenset(one.id for one in known.same) if content.get("allow_repeat") else frozenset(),
        leave_out_recent_days=recent_days(current) if content.get("skip_recent") else None,
        leave_out_dead=bool(content.get("skip_dead", True)),
        start_at=start_at(current),
        zone=content.get("zone"),
        tags=tuple(content.get("tags", ())),
        consent_by=person if content.get("consent") else None,
    )
