"""What a draft says about sending, as the values that a launch takes: moments, hours, pace, people left out."""

import time

from mms.campaigns.drafts.content import DraftContent, Start
from mms.campaigns.launch.repeat_check import RECENT_DAYS
from mms.campaigns.launch.submission import Choices, Repeats
from mms.delivery.sending.claims import LEAST_VALID
from mms.message.links import utm_query
from mms.quiet_hours.local_times import ClockChange, LocalTime, checked_time
from mms.send_options import OWN_LINKS, TWILIO_LINKS, SendOptions
from mms.settings import Settings

RECENTLY = (RECENT_DAYS, 3.0, 7.0, 30.0)  # days that can be chosen


def starts_later(content: DraftContent) -> bool:
    """Whether a start time was asked for."""
    return content.start is Start.LATER


def recent_days(content: DraftContent) -> float:
    """Who got a message in so many days counts as messaged recently."""
    return content.recent_days if content.recent_days in RECENTLY else RECENT_DAYS


def any_hour(content: DraftContent, settings: Settings) -> bool:
    """Whether quiet hours are left aside: always in practice, where nobody sleeps."""
    return settings.is_practice or content.any_hour


def start_at(content: DraftContent) -> float | None:
    """The chosen start in seconds since 1970; None for now, or while none is chosen."""
    local = start_local(content)
    return local.moment if local else None


def start_local(content: DraftContent) -> LocalTime | None:
    """The chosen start as a person thinks of it; None for now, while none is chosen, or when it needs an answer."""
    if not starts_later(content) or not content.start_at or question(content, "start_at"):
        return None
    return _local(content, "start_at")


def not_after(content: DraftContent) -> float | None:
    """The last moment at which anybody gets it, in seconds since 1970; None without one."""
    if not content.ends or not content.not_after or question(content, "not_after"):
        return None
    return _local(content, "not_after").moment


def ends_in_time(content: DraftContent) -> bool:
    """Whether there is no last moment, or one that leaves time to send."""
    if not content.ends:
        return True
    last, start = not_after(content), start_at(content) or 0.0
    return last is not None and last - max(start, time.time()) > LEAST_VALID


def question(content: DraftContent, name: str) -> ClockChange | None:
    """What the clock change asks about the time `name`; None where it is plain or answered."""
    try:
        _local(content, name)
    except ClockChange as found:
        return found
    return None


def _local(content: DraftContent, name: str) -> LocalTime:
    return checked_time(getattr(content, name), content.zone or "UTC", getattr(content, f"{name}_fold"))


def send_options(content: DraftContent, settings: Settings) -> SendOptions:
    """Pace, canary, hours and links."""
    links = content.links if content.links in (OWN_LINKS, TWILIO_LINKS) else None
    utm = {"source": content.utm_source, "medium": content.utm_medium, "campaign": content.utm_campaign}
    return SendOptions(
        rate=content.rate,
        any_hour=any_hour(content, settings),
        other_countries=content.other_countries,
        canary=content.canary or None,
        canary_goes_on=content.canary_goes_on,
        check_media=True,
        links=links,
        utm=utm_query(utm) if links else "",
    )


def choices(content: DraftContent, settings: Settings, known: Repeats, sender_address: str, person: str) -> Choices:
    """Everything decided in the draft, with what is known about its people."""
    local = start_local(content)
    return Choices(
        name=content.name or "Campaign",
        sender_address=sender_address,
        options=send_options(content, settings),
        skip_recipients=known.recent if content.skip_recent else frozenset(),
        skip_dead=frozenset(known.dead) if content.skip_dead else frozenset(),
        repeat_of=frozenset(one.id for one in known.same) if content.allow_repeat else frozenset(),
        leave_out_recent_days=recent_days(content) if content.skip_recent else None,
        leave_out_dead=content.skip_dead,
        start_at=local.moment if local else None,
        zone=content.zone,
        start_local=local.stored if local else None,
        not_after=not_after(content),
        tags=content.tags,
        consent_by=person if content.consent else None,
    )
