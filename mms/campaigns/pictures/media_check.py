"""The pictures of a campaign: which links its rows use, what the pre-flight says, which rows that keeps back.

A link that every row uses is the campaign's problem; a link of one row keeps back that row only.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select, update

from mms.ledger import Ledger
from mms.ledger.tables import media_checks
from mms.media.check.expiry import expires_before
from mms.media.check.limits import MediaLimits
from mms.media.check.verdict import MediaProblem, MediaVerdict
from mms.media.message_size import message_size_problem
from mms.media.store.own_pictures import OwnPictures
from mms.message import MessageTemplate
from mms.message.content import RenderedMessage
from mms.problems import MediaCode, PictureCode
from mms.recipients import CheckedList, Verdict

FRESH_SECONDS = 3_600.0  # how long a verdict spares a new look while somebody writes; the start always looks anew

_AT_ONCE = 500  # links of one query


@dataclass(frozen=True, slots=True)
class RowMediaProblem:
    """Why one row's pictures keep it back."""

    row: int
    url: str
    code: MediaCode | PictureCode
    message: str
    advice: str = ""
    column: str | None = None  # whose cell is wrong, where that is known; `url` is empty for a picture made for the row


@dataclass(frozen=True, slots=True)
class MediaFindings:
    """`verdicts` by link, in the order of first use; `for_all` concerns every row, `by_row` single ones."""

    verdicts: Mapping[str, MediaVerdict] = field(default_factory=dict)
    for_all: tuple[MediaVerdict | MediaProblem, ...] = ()
    by_row: Mapping[int, RowMediaProblem] = field(default_factory=dict)
    links: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # by row; one row stands for all if all agree
    text_bytes: Mapping[int, int] = field(default_factory=dict)  # of the merged text, by row


NOTHING_FOUND = MediaFindings()


def check_campaign_media(
    checked: CheckedList,
    message: MessageTemplate,
    *,
    allow_private: bool,
    own: OwnPictures | None = None,
    known: Mapping[str, MediaVerdict] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> MediaFindings:
    """Ask every distinct link of the ready rows once; links in `known` are taken as they are."""
    if not message.media:
        return NOTHING_FOUND
    rendered = {row: one for row, one in _rendered(checked, message) if one.media_urls}
    return check_links(
        message,
        rendered,
        allow_private=allow_private,
        own=own,
        known=known,
        on_progress=on_progress,
    )


def check_links(
    message: MessageTemplate,
    rendered: Mapping[int, RenderedMessage],
    *,
    allow_private: bool,
    own: OwnPictures | None = None,
    known: Mapping[str, MediaVerdict] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> MediaFindings:
    """The same for messages by row that were merged already."""
    from mms.media.check.preflight import check_media  # only who has links to ask loads the network

    verdicts = check_media(
        (url for one in rendered.values() for url in one.media_urls),
        MediaLimits(),
        allow_private=allow_private,
        own=own,
        known=known,
        on_progress=on_progress,
    )
    links = {row: one.media_urls for row, one in rendered.items()}
    text_bytes = {row: len(one.body.encode()) for row, one in rendered.items()}
    return _findings(message, links, text_bytes, verdicts)


def good_until(findings: MediaFindings, message: MessageTemplate, forecast_end: datetime) -> MediaFindings:
    """The findings, with links refused that may end before the send and Twilio's queue do."""
    verdicts = {url: expires_before(verdict, forecast_end) or verdict for url, verdict in findings.verdicts.items()}
    return _findings(message, findings.links, findings.text_bytes, verdicts)


def any_expires(findings: MediaFindings) -> bool:
    """Whether it matters when the send ends."""
    return any(verdict.expires_at for verdict in findings.verdicts.values())


def straight_end(messages: int, rate: float, start_at: float | None = None) -> datetime:
    """When a send ends that nothing holds up; `start_at` in seconds since 1970 (None: now), rate 0 means at once."""
    start = datetime.now(UTC) if start_at is None else datetime.fromtimestamp(start_at, UTC)
    return start + timedelta(seconds=messages / rate if rate else 0)


def known_verdicts(connection: Connection, urls: Iterable[str], *, since: float) -> dict[str, MediaVerdict]:
    """Verdicts kept from checks after `since` (seconds since 1970)."""
    by_digest = {_digest(url): url for url in urls}
    known = {}
    digests = list(by_digest)
    for start in range(0, len(digests), _AT_ONCE):
        query = select(media_checks.c.url_sha256, media_checks.c.verdict).where(
            media_checks.c.url_sha256.in_(digests[start : start + _AT_ONCE]), media_checks.c.checked_at >= since
        )
        for digest, saved in connection.execute(query):
            known[by_digest[digest]] = MediaVerdict.from_json(saved)
    return known


def keep_verdicts(ledger: Ledger, verdicts: Mapping[str, MediaVerdict]) -> None:
    """Remember verdicts for the next look at the same links."""
    with ledger.write() as connection:
        for url, verdict in verdicts.items():
            values = {"verdict": verdict.to_json(), "checked_at": verdict.checked_at.timestamp()}
            same = media_checks.c.url_sha256 == _digest(url)
            if not connection.execute(update(media_checks).where(same).values(**values)).rowcount:
                connection.execute(media_checks.insert().values(url_sha256=_digest(url), url=url, **values))


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


def _rendered(checked: CheckedList, message: MessageTemplate) -> Iterable[tuple[int, RenderedMessage]]:
    """Messages by ready row. Without merge fields in the media these are the same for all: one row stands for them."""
    ready = checked.rows_with(Verdict.READY)
    for row in ready if message.media_columns else ready[:1]:
        yield row, message.render(checked.upload.values(row))


def _findings(
    message: MessageTemplate,
    by_row: Mapping[int, tuple[str, ...]],
    text_bytes: Mapping[int, int],
    verdicts: Mapping[str, MediaVerdict],
) -> MediaFindings:
    shared = (
        frozenset(url for urls in by_row.values() for url in urls) if not message.media_columns else _fixed(message)
    )
    for_all: list[MediaVerdict | MediaProblem] = [v for url, v in verdicts.items() if url in shared and not v.ok]
    problems: dict[int, RowMediaProblem] = {}
    for row, urls in by_row.items():
        found = _row_problem(row, urls, text_bytes[row], shared, verdicts)
        if found and message.media_columns:
            problems[row] = found
        elif found:
            for_all.append(MediaProblem(found.code, found.message, found.advice))
    return MediaFindings(verdicts, tuple(for_all), problems, by_row, text_bytes)


def _fixed(message: MessageTemplate) -> frozenset[str]:
    fixed = MessageTemplate(message.body, tuple(media for media in message.media if not media.merge_fields))
    return frozenset(fixed.render({}).media_urls)


def _row_problem(
    row: int, urls: tuple[str, ...], text_bytes: int, shared: frozenset[str], verdicts: Mapping[str, MediaVerdict]
) -> RowMediaProblem | None:
    for url in urls:
        verdict = verdicts[url]
        if not verdict.ok and url not in shared:
            return RowMediaProblem(
                row, url, verdict.code or MediaCode.UNREACHABLE, verdict.message, verdict.advice or ""
            )
    too_much = message_size_problem(text_bytes, [verdicts[url] for url in urls])
    return RowMediaProblem(row, urls[0], too_much.code, too_much.message, too_much.advice) if too_much else None
