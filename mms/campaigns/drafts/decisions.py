"""What a draft says about sending, as the values that a launch takes: moments, hours, pace, people left out."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zlib import crc32

from mms.campaigns.drafts.content import DraftContent, Start
from mms.campaigns.launch.repeat_check import RECENT_DAYS
from mms.delivery.sending.claims import LEAST_VALID
from mms.message.links import UTM_NAMES, utm_query
from mms.quiet_hours.local_times import ClockChange, LocalTime, checked_time
from mms.recipients import CheckOptions
from mms.send_options import OWN_LINKS, TWILIO_LINKS, SendOptions
from mms.settings import Settings
from mms.versions.version import NAMES, Version

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
    return moment_of(content, "start_at") if starts_later(content) else None


def start_local(content: DraftContent) -> LocalTime | None:
    """The chosen start as a person thinks of it; None for now, without a zone, or while it needs an answer."""
    if start_at(content) is None or not content.zone:
        return None
    return _local(content, "start_at")


def not_after(content: DraftContent) -> float | None:
    """The last moment at which anybody gets it, in seconds since 1970; None without one."""
    return moment_of(content, "not_after") if content.ends else None


def ends_in_time(content: DraftContent, now: float) -> bool:
    """Whether there is no last moment, or one that leaves time to send."""
    if not content.ends:
        return True
    last, start = not_after(content), start_at(content) or 0.0
    return last is not None and last - max(start, now) > LEAST_VALID


def moment_of(content: DraftContent, name: str) -> float | None:
    """The time `name` in seconds since 1970; None where there is none, or it needs an answer."""
    text = getattr(content, name)
    if not text:
        return None
    entered = datetime.fromisoformat(text)
    if entered.tzinfo is not None:
        return entered.timestamp()
    return None if question(content, name) else _local(content, name).moment


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
    utm = {name: getattr(content, f"utm_{name}") for name in UTM_NAMES}
    return SendOptions(
        rate=content.rate,
        batch_size=content.batch_size,
        max_in_flight=content.max_in_flight,
        any_hour=any_hour(content, settings),
        other_countries=content.other_countries,
        canary=content.canary or None,
        canary_goes_on=content.canary_goes_on,
        check_media=content.check_media,
        links=links,
        utm=utm_query(utm) if links else "",
        **_test(content),
    )


def _test(content: DraftContent) -> dict[str, Any]:
    if not other_versions(content):
        return {}
    texts = f"{content.body}{content.version_b}{content.version_c}"
    seed = crc32(texts.encode()) & 0x7FFFFFFF if content.test_seed is None else content.test_seed
    share = content.test_percent / 100
    return {"test_share": share, "test_rule": content.test_rule, "test_hours": content.test_hours, "test_seed": seed}


def other_versions(content: DraftContent) -> tuple[Version, ...]:
    """Versions B and C of the message; none where one goes to everybody. What a version does not say is as in A."""
    said = [
        ((text.strip() and text) or content.body, content.media_urls if media is None else media)
        for text, media in (
            (content.version_b, content.version_b_media_urls),
            (content.version_c, content.version_c_media_urls),
        )
        if content.test_on and (text.strip() or media is not None)
    ]
    return tuple(Version(name, body, media) for name, (body, media) in zip(NAMES[1:], said, strict=False))


def check_options_of(content: DraftContent, options: CheckOptions) -> CheckOptions:
    """The installation's options of a check, with what the draft says about its list."""
    return replace(
        options,
        phone_column=content.phone_column,
        region=content.region or options.region,
        chosen_rows=frozenset(content.chosen_rows),
        other_countries=content.other_countries,
        include_no_consent=content.include_no_consent,
    )
