"""A campaign that a program asks for: the same steps as `send` on the command line, with the answers as values."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from mms.campaigns.drafts.uploads import store_upload
from mms.campaigns.launch.checking import Pace, look_at_pictures, media_lines
from mms.campaigns.launch.forecast import outlook_of
from mms.campaigns.launch.links import link_base
from mms.campaigns.launch.live_questions import excess
from mms.campaigns.launch.repeat_check import RECENT_DAYS
from mms.campaigns.launch.senders import chosen_address, default_rate
from mms.campaigns.launch.submission import Choices, Content, check_options, ready_recipients, repeats, send
from mms.campaigns.pictures.media_check import NOTHING_FOUND, MediaFindings
from mms.campaigns.pictures.row_media_problems import with_picture_problems
from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.tables import campaigns
from mms.recipients import CheckedList, Upload, check, check_summary
from mms.reports.cost.budget import require_within
from mms.roles import User
from mms.send_options import SendOptions
from mms.settings import Settings


@dataclass(frozen=True, slots=True)
class Sending:
    """Where a program's campaign goes out from."""

    settings: Settings
    ledger: Ledger
    account_sid: str
    senders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProgramRequest:
    """What was asked. `request_key` names the call: the same one twice is one campaign."""

    upload: Upload = field(repr=False)
    content: Content
    request_key: str
    name: str | None = None
    sender: str | None = None
    phone_column: str | None = None
    region: str | None = None
    include_no_consent: bool = False
    options: SendOptions = field(default_factory=SendOptions)
    start_at: float | None = None
    not_after: float | None = None
    allow_repeat: bool = False
    skip_problems: bool = False
    reference: str | None = None
    zone: str | None = None  # in which the person thinks
    edited_by: tuple[str, ...] = ()  # who wrote and chose it, where that is not who launches it


@dataclass(frozen=True, slots=True)
class ToMend(Exception):  # noqa: N818 - an answer, not a fault
    """Rows or pictures are to be mended, so nothing was sent: `summary` is the object of `check --json`."""

    summary: Mapping[str, Any]


def request_key_of(key_name: str, mode: str, idempotency_key: str) -> str:
    """The same for the same key, so that a repeated call finds its first campaign."""
    return hashlib.sha256(f"{key_name}\n{mode}\n{idempotency_key}".encode()).hexdigest()


def earlier_campaign(ledger: Ledger, request_key: str, content_hash: str | None = None) -> int | None:
    """The campaign that this very call made before.

    Raises:
        CampaignError: code `idempotency_key_reused` when it was made with other people or another message.
    """
    query = select(campaigns.c.id, campaigns.c.content_hash).where(
        campaigns.c.request_key == request_key, campaigns.c.state != "draft"
    )
    with ledger.read() as connection:
        found = connection.execute(query).one_or_none()
    if found is None:
        return None
    if found.content_hash != content_hash:
        message = "This Idempotency-Key was used for another campaign. Use a new key for each campaign."
        raise CampaignError(message, code="idempotency_key_reused")
    return int(found.id)


def launch_for_program(sending: Sending, asked: ProgramRequest, *, by: User) -> int:
    """Check, and launch; returns the campaign's number.

    Raises:
        ToMend: rows are to be mended and nobody said to skip them, or a picture cannot be used.
        MmsError: anything else that keeps it from being sent; nothing was.
    """
    settings, ledger = sending.settings, sending.ledger
    address = chosen_address(settings, sending.senders, asked.sender)
    base = link_base(settings, ledger, asked.options, address)
    checked = _checked(sending, asked)
    content_hash = checked.identity_hash(asked.content.identity)
    if (earlier := earlier_campaign(ledger, asked.request_key, content_hash)) is not None:
        return earlier
    findings = _findings(sending, asked, checked, address)
    _require_sendable(asked, checked, findings)
    known = repeats(ledger, checked, asked.content, settings.mode.value, days=RECENT_DAYS)
    choices = Choices(
        name=asked.name or asked.upload.file_name or "Campaign",
        sender_address=address,
        options=asked.options,
        repeat_of=frozenset(one.id for one in known.same) if asked.allow_repeat else frozenset(),
        start_at=asked.start_at,
        not_after=asked.not_after,
        consent_by=by.name,
        reference=asked.reference,
        zone=asked.zone,
        link_base=base,
    )
    _require_budget(sending, asked, checked, findings, choices, by=by)
    with ledger.write() as connection:
        upload_id = store_upload(connection, asked.upload, at=ledger.now(connection), by=by)
    return send(
        ledger,
        checked,
        asked.content,
        choices,
        findings=findings,
        account_sid=sending.account_sid,
        mode=settings.mode.value,
        by=by,
        edited_by=asked.edited_by,
        request_key=asked.request_key,
        upload_id=upload_id,
    )


def _require_budget(
    sending: Sending,
    asked: ProgramRequest,
    checked: CheckedList,
    findings: MediaFindings,
    choices: Choices,
    *,
    by: User,
) -> None:
    if sending.settings.is_practice or sending.settings.monthly_budget is None:
        return
    people = ready_recipients(checked, findings, choices)
    rate = default_rate(sending.settings, choices.sender_address)
    found = outlook_of(sending.ledger, people, choices, rate, asked.content)
    require_within(excess(sending.settings, sending.ledger, found.cost.high), by)


def _checked(sending: Sending, asked: ProgramRequest) -> CheckedList:
    options = check_options(sending.settings, sending.ledger, senders=sending.senders, message=asked.content.template)
    return check(
        asked.upload,
        replace(
            options,
            phone_column=asked.phone_column,
            region=asked.region or options.region,
            include_no_consent=asked.include_no_consent,
        ),
    )


def _findings(sending: Sending, asked: ProgramRequest, checked: CheckedList, address: str) -> MediaFindings:
    if not asked.options.check_media:
        return NOTHING_FOUND
    usual = default_rate(sending.settings, address)
    pace = Pace(usual if asked.options.rate is None else asked.options.rate, asked.start_at, asked.options.any_hour)
    return look_at_pictures(sending.settings, sending.ledger, checked, asked.content, pace)


def _require_sendable(asked: ProgramRequest, checked: CheckedList, findings: MediaFindings) -> None:
    to_mend = with_picture_problems(checked, asked.content.template, findings)
    if findings.for_all or (to_mend.problems and not asked.skip_problems):
        raise ToMend(check_summary(to_mend, media_lines(findings)))
