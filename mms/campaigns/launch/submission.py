"""One road from an upload and a message to a campaign, for the dashboard and the command line alike."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mms.campaigns.launch.guard import DEAD_TEXT
from mms.campaigns.launch.launching import PlannedRow
from mms.campaigns.launch.repeat_check import EarlierCampaign, recently_messaged, same_campaigns
from mms.campaigns.pictures.media_check import MediaFindings
from mms.campaigns.pictures.own_picture import COUPON, OwnPicture
from mms.ledger import Ledger, dead_numbers, opt_outs
from mms.message import MessageTemplate
from mms.quiet_hours import QuietHours
from mms.recipients import CheckedList, CheckOptions, Verdict
from mms.recipients.check.checked_list import VERDICTS
from mms.settings import Settings
from mms.states import RowState, SkipReason
from mms.versions.version import NAMES, Version

BLANK_TEXT = "The row is blank, so there is nobody to send to."
DUPLICATE_TEXT = "The same number is in row {row}, which gets the message."
_SKIPPED: Mapping[Verdict, SkipReason] = {
    Verdict.PROBLEM: SkipReason.NOT_MENDED,
    Verdict.BLANK: SkipReason.NOT_MENDED,
    Verdict.DUPLICATE: SkipReason.DUPLICATE,
    Verdict.OPTED_OUT: SkipReason.OPTED_OUT,
    Verdict.NO_CONSENT: SkipReason.NO_CONSENT,
}

_READY = VERDICTS.index(Verdict.READY)


@dataclass(frozen=True, slots=True)
class Content:
    """What a campaign says. `media_urls` may hold merge fields; `own` is the picture made for each person."""

    body: str
    media_urls: tuple[str, ...] = ()
    own: OwnPicture | None = None
    others: tuple[Version, ...] = ()  # B and C, which some people try beside this one

    @property
    def versions(self) -> tuple[Version, ...]:
        """All versions, this one as A; none where there is but one."""
        return (Version(NAMES[0], self.body, self.media_urls), *self.others) if self.others else ()

    @property
    def template(self) -> MessageTemplate:
        """Read for rendering; raises MmsError (code `template`) for braces without partner."""
        message = MessageTemplate.parse(self.body, self.media_urls, self.own.texts if self.own else ())
        return message.with_value(COUPON, self.own.sample) if self.own and self.own.pool else message

    @property
    def identity(self) -> str:
        """The same for the same body, media and version of the picture template."""
        said = self.body + "".join(f"\n{one.to_json()}" for one in self.others)
        return content_identity(said, self.media_urls, self.own.saved.version_id if self.own else None)


def content_identity(body: str, media_urls: tuple[str, ...], picture_version_id: int | None = None) -> str:
    """The same for the same body, media and version of the picture template."""
    said: list[object] = [body, list(media_urls)]
    return json.dumps(said if picture_version_id is None else [*said, picture_version_id], ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Repeats:
    """What the ledger knows about this list and content already."""

    same: tuple[EarlierCampaign, ...]  # sent to these people with this content before, newest first
    recent: frozenset[str] = field(repr=False)  # ready recipients who got something lately
    dead: Mapping[str, int] = field(repr=False)  # ready recipients that can never get one, with Twilio's code


NO_REPEATS = Repeats((), frozenset(), {})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Ready recipients who get nothing all the same."""

    recent: frozenset[str] = field(default=frozenset(), repr=False)
    dead: frozenset[str] = field(default=frozenset(), repr=False)


def check_options(
    settings: Settings, ledger: Ledger, *, senders: tuple[str, ...], message: MessageTemplate | None = None
) -> CheckOptions:
    """What every check takes into account on this installation: mode, region, own numbers, opt-outs."""
    with ledger.read() as connection:
        gone = opt_outs.everyone(connection)
    return CheckOptions(
        region=settings.region,
        allow_fictional=settings.allows_fictional_numbers,
        own_numbers=frozenset(address for address in senders if address.startswith("+")),
        opted_out=gone,
        message=message,
    )


def repeats(ledger: Ledger, checked: CheckedList, content: Content, mode: str, *, days: float) -> Repeats:
    """Who of the ready recipients was messaged in the last `days`, and whether this very campaign was sent before."""
    ready = frozenset(number for _, number in checked.ready_numbers())
    with ledger.read() as connection:
        recent = recently_messaged(connection, mode, now=ledger.now(connection), days=days)
        same = same_campaigns(connection, checked.identity_hash(content.identity), mode)
        dead = dead_numbers.still_dead(connection)
    return Repeats(tuple(same), ready & recent, {number: code for number, code in dead.items() if number in ready})


@dataclass(frozen=True, slots=True)
class Window:
    """Quiet hours as they are at the start."""

    hours: QuietHours
    start: float

    def held(self, row: PlannedRow, recipient: str) -> PlannedRow:
        """The row with its zone, and the earliest time to send when that is later than the start."""
        zone = self.hours.place(recipient).time_zone
        return row._replace(not_before=self.hours.not_before(recipient, self.start), time_zone=zone)


def planned_rows(
    checked: CheckedList, findings: MediaFindings, left_out: LeftOut, window: Window | None = None
) -> Iterator[PlannedRow]:
    """Every row of the upload exactly once, in the order of the file."""
    verdicts, numbers = checked.verdicts.tolist(), checked.numbers.tolist()
    is_plain = not (findings.by_row or left_out.recent or left_out.dead or window)
    for (row, text), verdict, number in zip(checked.upload.rows_as_json(), verdicts, numbers, strict=True):
        planned = PlannedRow(row, text, f"+{number}" if number else None)
        if is_plain and verdict == _READY:  # nearly all rows of most lists
            yield planned
        else:
            yield _planned(checked, findings, left_out, window, planned, VERDICTS[verdict])


def ready_recipients(checked: CheckedList, findings: MediaFindings, left_out: LeftOut) -> list[str]:
    """Whom a launch would message."""
    planned = planned_rows(checked, findings, left_out)
    return [row.recipient for row in planned if row.state is RowState.READY and row.recipient]


def _planned(
    checked: CheckedList,
    findings: MediaFindings,
    left_out: LeftOut,
    window: Window | None,
    row: PlannedRow,
    verdict: Verdict,
) -> PlannedRow:
    if verdict is not Verdict.READY:
        return _skipped(row, _SKIPPED[verdict], *_why(checked, row.row_number, verdict))
    if found := findings.by_row.get(row.row_number):
        return _skipped(row, SkipReason.NOT_MENDED, found.code.value, found.message)
    if row.recipient in left_out.recent:
        return _skipped(row, SkipReason.RECENTLY_MESSAGED)
    if row.recipient in left_out.dead:
        return _skipped(row, SkipReason.NOT_MENDED, "dead_number", DEAD_TEXT)
    return window.held(row, row.recipient) if window and row.recipient else row


def _why(checked: CheckedList, row: int, verdict: Verdict) -> tuple[str | None, str | None]:
    if verdict is Verdict.PROBLEM:
        first = checked.problems_by_row[row][0]
        return first.code.value, first.message
    if verdict is Verdict.BLANK:
        return None, BLANK_TEXT
    if verdict is Verdict.DUPLICATE:
        return None, DUPLICATE_TEXT.format(row=checked.duplicates[row])
    return None, None


def _skipped(row: PlannedRow, reason: SkipReason, problem: str | None = None, text: str | None = None) -> PlannedRow:
    return PlannedRow(row.row_number, row.cells, row.recipient, RowState.SKIPPED, reason, problem, text)
