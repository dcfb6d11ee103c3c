"""What the draft says about sending, as the values that `mms` takes. Defaults stand here and nowhere else."""

import time

from mms.campaigns.drafts.drafts import Draft
from mms.campaigns.launch.repeat_check import RECENT_DAYS
from mms.campaigns.launch.submission import Choices, Repeats
from mms.delivery.sending.claims import LEAST_VALID
from mms.quiet_hours.local_times import ClockChange, LocalTime, checked_time
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
    local = start_local(current)
    return local.moment if local else None


def start_local(current: Draft) -> LocalTime | None:
    """The chosen start as a person thinks of it; None for now, while none is chosen, or when it needs an answer."""
    kept = current.content.get("start_at")
    if not starts_later(current) or not kept or question(current, "start_at"):
        return None
    return _local(current, "start_at")


def not_after(current: Draft) -> float | None:
    """The last moment at which anybody gets it, in seconds since 1970; None without one."""
    if not current.content.get("ends") or not current.content.get("not_after") or question(current, "not_after"):
        return None
    return _local(current, "not_after").moment


def ends_in_time(current: Draft) -> bool:
    """Whether there is no last moment, or one that leaves time to send."""
    if not current.content.get("ends"):
        return True
    last, start = not_after(current), start_at(current) or 0.0
    return last is not None and last - max(start, time.time()) > LEAST_VALID


def question(current: Draft, name: str) -> ClockChange | None:
    """What the clock change asks about a chosen time; None where it is plain or answered."""
    try:
        _local(current, name)
    except ClockChange as found:
        return found
    return None


def _local(current: Draft, name: str) -> LocalTime:
    fold = current.content.get(f"{name}_fold")
    return checked_time(current.content[name], current.content.get("zone") or "UTC", fold)


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
        start_local=local.stored if (local := start_local(current)) else None,
        not_after=not_after(current),
        tags=tuple(content.get("tags", ())),
        consent_by=person if content.get("consent") else None,
    )
