"""One road from an upload and a message to a campaign, for the dashboard and the command line alike."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from mms.access.approvals import require_launch
from mms.campaigns.launch.guard import DEAD_TEXT, LaunchGuard
from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.campaigns.launch.repeat_check import EarlierCampaign, recently_messaged, same_campaigns
from mms.campaigns.pictures.media_check import NOTHING_FOUND, MediaFindings
from mms.campaigns.pictures.own_picture import COUPON, OwnPicture, OwnPictureOf
from mms.campaigns.pictures.recheck import is_sure
from mms.delivery.sending.claims import LEAST_VALID
from mms.errors import CampaignError
from mms.ledger import Ledger, dead_numbers, opt_outs
from mms.message import MessageTemplate
from mms.quiet_hours import QuietHours, quiet_hours
from mms.recipients import CheckedList, CheckOptions, Verdict
from mms.recipients.check.checked_list import VERDICTS
from mms.roles import User
from mms.send_options import SendOptions
from mms.settings import Mode, Settings
from mms.states import RowState, SkipReason

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

    @property
    def template(self) -> MessageTemplate:
        """Read for rendering; raises MmsError (code `template`) for braces without partner."""
        message = MessageTemplate.parse(self.body, self.media_urls, self.own.texts if self.own else ())
        return message.with_value(COUPON, self.own.sample) if self.own and self.own.pool else message

    @property
    def identity(self) -> str:
        """The same for the same body, media and version of the picture template."""
        return content_identity(self.body, self.media_urls, self.own.saved.version_id if self.own else None)


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


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person decided on the review page, or with options of the command line."""

    name: str
    sender_address: str
    options: SendOptions = field(default_factory=SendOptions)
    skip_recipients: frozenset[str] = field(default=frozenset(), repr=False)  # messaged recently
    skip_dead: frozenset[str] = field(default=frozenset(), repr=False)
    repeat_of: frozenset[int] = frozenset()  # campaigns with the same list and content, to be sent a second time
    leave_out_recent_days: float | None = None  # also who gets something between the check and the launch
    leave_out_dead: bool = False
    start_at: float | None = None
    zone: str | None = None
    start_local: str | None = None  # the start as it was entered, in `zone`
    not_after: float | None = None  # nobody gets it later than this
    tags: tuple[str, ...] = ()
    consent_by: str | None = None
    reference: str | None = None  # a program's own name for the campaign
    link_base: str | None = None  # see `mms.campaigns.launch.links`


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


def send(
    ledger: Ledger,
    checked: CheckedList,
    content: Content,
    choices: Choices,
    *,
    findings: MediaFindings = NOTHING_FOUND,
    account_sid: str,
    mode: str,
    by: User,
    edited_by: tuple[str, ...] = (),
    request_key: str,
    upload_id: int | None = None,
    parent_id: int | None = None,
    own_pictures: OwnPictureOf | None = None,
    look: Callable[[int], None] | None = None,
) -> int:
    """Launch the campaign; returns its number. The same `request_key` twice is one campaign.

    `own_pictures` belongs to a content with a picture for each person, `look` is the last look at all its rows.

    Live campaigns hold rows back outside the recipient's window, unless `choices.options.any_hour`.

    Raises:
        CampaignError: `media` when a picture that everybody gets cannot be used, `nothing_to_send`,
            `already_sent` when these people get this message with a campaign that is not in `repeat_of`.
        NotAllowed: this person may not send, or not to so many people what they edited themselves.
    """
    with ledger.read() as connection:
        require_launch(connection, by, edited_by=edited_by, recipients=checked.ready, now=ledger.now(connection))
    if findings.for_all:
        raise CampaignError(findings.for_all[0].message, code=str(findings.for_all[0].code))
    new = NewCampaign(
        request_key=request_key,
        name=choices.name,
        body=content.body,
        media_urls=content.media_urls,
        columns=checked.upload.columns,
        phone_column=checked.phone_column,
        sender_address=choices.sender_address,
        account_sid=account_sid,
        mode=mode,
        content_hash=checked.identity_hash(content.identity),
        guard=LaunchGuard(
            by,
            edited_by,
            repeat_of=choices.repeat_of,
            leave_out_recent_days=choices.leave_out_recent_days,
            leave_out_dead=choices.leave_out_dead,
        ),
        media_sure=_is_sure(ledger, findings),
        options=choices.options,
        upload_id=upload_id,
        parent_id=parent_id,
        tags=choices.tags,
        start_at=choices.start_at,
        zone=choices.zone,
        start_local=choices.start_local,
        not_after=_last_moment(ledger, choices),
        created_by=by.name,
        consent_by=choices.consent_by,
        own_pictures=own_pictures,
        reference=choices.reference,
        link_base=choices.link_base,
    )
    return launch(ledger, new, planned_rows(checked, findings, choices, _window(ledger, choices, mode)), look)


def _last_moment(ledger: Ledger, choices: Choices) -> float | None:
    if choices.not_after is None:
        return None
    with ledger.read() as connection:
        start = max(choices.start_at or 0.0, ledger.now(connection))
    if choices.not_after - start < LEAST_VALID:
        raise CampaignError("The last moment to send is before the start, so nobody would get it.", code="not_after")
    return choices.not_after


def _is_sure(ledger: Ledger, findings: MediaFindings) -> bool:
    with ledger.read() as connection:
        now = ledger.now(connection)
    return all(is_sure(verdict, now) for verdict in findings.verdicts.values())


@dataclass(frozen=True, slots=True)
class Window:
    """Quiet hours as they are at the start."""

    hours: QuietHours
    start: float

    def held(self, row: PlannedRow, recipient: str) -> PlannedRow:
        """The row with its zone, and the earliest time to send when that is later than the start."""
        zone = self.hours.place(recipient).time_zone
        return row._replace(not_before=self.hours.not_before(recipient, self.start), time_zone=zone)


def _window(ledger: Ledger, choices: Choices, mode: str) -> Window | None:
    if mode != Mode.LIVE or choices.options.any_hour:
        return None
    with ledger.read() as connection:
        return Window(quiet_hours(connection), choices.start_at or ledger.now(connection))


def planned_rows(
    checked: CheckedList, findings: MediaFindings, choices: Choices, window: Window | None = None
) -> Iterator[PlannedRow]:
    """Every row of the upload exactly once, in the order of the file."""
    verdicts, numbers = checked.verdicts.tolist(), checked.numbers.tolist()
    is_plain = not (findings.by_row or choices.skip_recipients or choices.skip_dead or window)
    for (row, text), verdict, number in zip(checked.upload.rows_as_json(), verdicts, numbers, strict=True):
        planned = PlannedRow(row, text, f"+{number}" if number else None)
        if is_plain and verdict == _READY:  # nearly all rows of most lists
            yield planned
        else:
            yield _planned(checked, findings, choices, window, planned, VERDICTS[verdict])


def ready_recipients(checked: CheckedList, findings: MediaFindings, choices: Choices) -> list[str]:
    """Whom a launch with these choices would message."""
    planned = planned_rows(checked, findings, choices)
    return [row.recipient for row in planned if row.state is RowState.READY and row.recipient]


def _planned(
    checked: CheckedList,
    findings: MediaFindings,
    choices: Choices,
    window: Window | None,
    row: PlannedRow,
    verdict: Verdict,
) -> PlannedRow:
    if verdict is not Verdict.READY:
        return _skipped(row, _SKIPPED[verdict], *_why(checked, row.row_number, verdict))
    if found := findings.by_row.get(row.row_number):
        return _skipped(row, SkipReason.NOT_MENDED, found.code.value, found.message)
    if row.recipient in choices.skip_recipients:
        return _skipped(row, SkipReason.RECENTLY_MESSAGED)
    if row.recipient in choices.skip_dead:
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
