"""What command line and API do alike before a launch: people by the name of a list, and a look at every picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from mms.campaigns.launch.forecast import send_end
from mms.campaigns.launch.submission import Content
from mms.campaigns.pictures.media_check import (
    NOTHING_FOUND,
    MediaFindings,
    any_expires,
    check_campaign_media,
    good_until,
    keep_verdicts,
)
from mms.campaigns.pictures.own_pictures import own_pictures
from mms.ledger import Ledger
from mms.lists.audience import upload_of_list, upload_of_segment
from mms.lists.saved_lists import list_named
from mms.lists.segments import moment_of, segment_named
from mms.media.check.verdict import MediaVerdict
from mms.recipients import CheckedList, Upload
from mms.settings import Settings


@dataclass(frozen=True, slots=True)
class Pace:
    """When and how fast a campaign would go out: its links must last so long. `rate` is messages a second."""

    rate: float
    start_at: float | None = None  # seconds since 1970; None: now
    any_hour: bool = False


def saved_people(
    ledger: Ledger, *, list_name: str | None, segment_name: str | None, mode: str, zone: tzinfo = UTC
) -> Upload:
    """The people of a list, else of a segment, as they are now.

    Raises:
        CampaignError: `no_such_list`, `no_such_segment`, or `nobody`.
    """
    with ledger.read() as connection:
        moment = moment_of(ledger.now(connection), mode, zone)
        if list_name is not None:
            return upload_of_list(connection, list_named(connection, list_name), moment)
        return upload_of_segment(connection, segment_named(connection, segment_name or ""), moment)


def look_at_pictures(
    settings: Settings,
    ledger: Ledger,
    checked: CheckedList,
    content: Content | None,
    pace: Pace,
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> MediaFindings:
    """Ask every link; verdicts are kept for the launch."""
    if content is None or not content.media_urls:
        return NOTHING_FOUND
    findings = check_campaign_media(
        checked,
        content.template,
        allow_private=settings.allow_private_media,
        own=own_pictures(settings, ledger),
        on_progress=on_progress,
    )
    keep_verdicts(ledger, findings.verdicts)
    if not any_expires(findings):
        return findings
    end = send_end(
        ledger,
        [number for _, number in checked.ready_numbers()],
        rate=pace.rate,
        start_at=pace.start_at,
        any_hour=pace.any_hour or settings.is_practice,
    )
    return good_until(findings, content.template, end)


def media_lines(findings: MediaFindings) -> Sequence[dict[str, object]]:
    """The pre-flight as `check --json` has it."""
    return [
        {
            "url": verdict.url,
            "ok": verdict.ok,
            "code": verdict.code.value if verdict.code else None,
            "message": _sentence(verdict),
            "content_type": verdict.content_type,
            "bytes": verdict.bytes,
        }
        for verdict in findings.verdicts.values()
    ]


def _sentence(verdict: MediaVerdict) -> str:
    return " ".join(text for text in (verdict.message, verdict.advice) if text)
