"""From planned rows to a campaign that the worker will send: once per request key, whatever happens between.

The rows are written in chunks while the campaign is still a draft, so that no writer waits long; one last
transaction makes it `running` or `scheduled`. A crash before that leaves a draft that the same request key
finishes; nothing can have been sent from it.
"""

import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from mms.campaigns.launch.guard import LaunchGuard, one_at_a_time
from mms.campaigns.launch.senders import ensure_sender
from mms.campaigns.pictures.own_picture import OwnPictureOf
from mms.campaigns.pictures.recheck import start_of
from mms.campaigns.records import ACTIVE
from mms.coupons.giving import give, take_back_all
from mms.delivery.queue.predicates import goes_before
from mms.errors import CampaignError, NotAllowed
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.campaign_states import add_campaign, change_campaign, forget_campaign, move_campaign
from mms.ledger.row_states import NewRow, add_rows, forget_rows
from mms.ledger.tables import campaigns, rows
from mms.links.codes import new_code
from mms.send_options import SendOptions
from mms.states import CampaignKind, CampaignState, RowState, SkipReason
from mms.versions.version import Version

_CHUNK = 20_000  # a fifth of a second at most; each transaction writes the pages of the indexes anew
_Own = tuple[str | None, str | None]
_NOTHING_OF_ITS_OWN: _Own = (None, None)
_OTHER_SECONDS = 120.0


class PlannedRow(NamedTuple):
    """One row of the upload as it enters the ledger."""

    row_number: int
    cells: str  # JSON list of the original texts, in the order of the upload's columns
    recipient: str | None
    state: RowState = RowState.READY
    reason: SkipReason | None = None
    problem: str | None = None
    problem_text: str | None = None
    not_before: float | None = None
    time_zone: str | None = None
    version: str | None = None  # that this person was drawn for


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """What a person (or a program) asked to be sent. `request_key` names the click or call that asked."""

    request_key: str
    name: str
    body: str
    media_urls: tuple[str, ...]
    columns: tuple[str, ...]
    phone_column: str | None
    sender_address: str
    account_sid: str
    mode: str
    content_hash: str
    guard: LaunchGuard | None = None  # None: a single message, which has rules of its own
    media_sure: bool = True  # False: the verdicts on its pictures are too old to start on
    kind: CampaignKind = CampaignKind.CAMPAIGN
    options: SendOptions = field(default_factory=SendOptions)
    upload_id: int | None = None
    parent_id: int | None = None
    tags: tuple[str, ...] = ()
    start_at: float | None = None
    zone: str | None = None
    start_local: str | None = None  # in `zone`, see mms.quiet_hours.local_times
    not_after: float | None = None  # nobody gets it later than this
    created_by: str | None = None
    consent_by: str | None = None
    reference: str | None = None  # the caller's own name for it
    own_pictures: OwnPictureOf | None = None
    link_base: str | None = None  # address in front of short links; None: links stay as they are written
    versions: tuple[Version, ...] = ()  # of the message, with A; tried by rows that name one


def launch(
    ledger: Ledger, new: NewCampaign, planned: Iterable[PlannedRow], look: Callable[[int], None] | None = None
) -> int:
    """Write the campaign and its rows, and hand it to the worker; returns its number.

    `look` is called with the number when all rows are written and none can go out yet: the last look at them.

    The same request key a second time (a double click, a repeated call) returns the first campaign.
    `planned` is read once, in order.

    Raises:
        CampaignError: code `nothing_to_send` when no row is ready, `already_sent` when the guard found the same,
            `coupon_pool_empty`, or what `look` raised.
        NotAllowed: the guard asks for a second person.
    """
    writer = uuid.uuid4().hex
    campaign_id, finished = _draft(ledger, new, writer)
    if finished:
        return campaign_id
    try:
        _write_all(ledger, campaign_id, writer, planned, new, look)
    except _SupersededError:
        _wait_for_the_other(ledger, campaign_id)
    return campaign_id


def launch_within(connection: Connection, now: float, new: NewCampaign, row: PlannedRow) -> int:
    """A campaign of one row in the caller's transaction, which is all there is to see of it; returns its number.

    Raises:
        IntegrityError: when the request key is known, or (PostgreSQL) somebody added the same sender right now.
    """
    campaign_id = _insert_draft(connection, new, "", now)
    _insert_rows(connection, campaign_id, [row], now, new)
    _release(connection, campaign_id, new, now)
    return campaign_id


class _SupersededError(Exception):
    """Another call with the same request key writes these rows now."""


def _write_all(
    ledger: Ledger,
    campaign_id: int,
    writer: str,
    planned: Iterable[PlannedRow],
    new: NewCampaign,
    look: Callable[[int], None] | None,
) -> None:
    chunks = iter(planned)
    try:
        while chunk := list(islice(chunks, _CHUNK)):
            _write_rows(ledger, campaign_id, writer, chunk, new)
        if look:
            look(campaign_id)
        _require_ready(ledger, campaign_id)
        _start(ledger, campaign_id, writer, new)
    except (CampaignError, NotAllowed):
        _forget(ledger, campaign_id, writer, new)
        raise


def _require_ready(ledger: Ledger, campaign_id: int) -> None:
    ready = select(rows.c.id).where(rows.c.campaign_id == campaign_id, rows.c.state == RowState.READY).limit(1)
    with ledger.read() as connection:
        if connection.execute(ready).first() is None:
            raise CampaignError("No row is ready to send, so nothing was sent.", code="nothing_to_send")


def _wait_for_the_other(ledger: Ledger, campaign_id: int) -> None:
    deadline = time.monotonic() + _OTHER_SECONDS
    while time.monotonic() < deadline:
        with ledger.read() as connection:
            state = connection.execute(select(campaigns.c.state).where(campaigns.c.id == campaign_id)).scalar()
        if state != CampaignState.DRAFT:
            return
        time.sleep(0.1)


def _require_writer(connection: Connection, campaign_id: int, writer: str) -> None:
    # The row is locked by this very statement, so two writers cannot both believe that it is theirs.
    if not change_campaign(connection, (campaigns.c.id == campaign_id) & (campaigns.c.writer == writer), writer=writer):
        raise _SupersededError


def _draft(ledger: Ledger, new: NewCampaign, writer: str) -> tuple[int, bool]:
    try:
        return _found_or_new(ledger, new, writer)
    except IntegrityError:  # PostgreSQL: somebody added the same campaign or sender at this very moment
        return _found_or_new(ledger, new, writer)


def _found_or_new(ledger: Ledger, new: NewCampaign, writer: str) -> tuple[int, bool]:
    with ledger.write() as connection:
        same_key = select(campaigns.c.id, campaigns.c.state).where(campaigns.c.request_key == new.request_key)
        known = connection.execute(same_key).one_or_none()
        if known is None:
            return _insert_draft(connection, new, writer, ledger.now(connection)), False
        if known.state != CampaignState.DRAFT:
            return known.id, True
        # Whatever the call that was killed wanted to say: its rows go, and so do its words.
        change_campaign(connection, known.id, writer=writer, **_described(connection, new))
        forget_rows(connection, known.id)
        take_back_all(connection, known.id, new.parent_id)
        return known.id, False


def _insert_draft(connection: Connection, new: NewCampaign, writer: str, now: float) -> int:
    return add_campaign(
        connection,
        request_key=new.request_key,
        kind=new.kind,
        mode=new.mode,
        writer=writer,
        row_count=0,
        created_at=now,
        consent_at=now if new.consent_by else None,
        queue_position=0,
        **_described(connection, new),
    )


def _described(connection: Connection, new: NewCampaign) -> dict[str, Any]:
    """What was asked for, as columns."""
    own = new.own_pictures
    return {
        "name": new.name,
        "reference": new.reference,
        "sender_id": ensure_sender(connection, new.account_sid, new.sender_address),
        "sender_address": new.sender_address,
        "body": new.body,
        "media_urls": list(new.media_urls),
        "columns": list(new.columns),
        "phone_column": new.phone_column,
        "options": new.options.to_json(),
        "upload_id": new.upload_id,
        "parent_id": new.parent_id,
        "tags": list(new.tags),
        "content_hash": new.content_hash,
        "created_by": new.created_by,
        "consent_by": new.consent_by,
        "start_at": new.start_at,
        "link_base": new.link_base,
        "versions": [one.to_json() for one in new.versions] or None,
        "zone": new.zone,
        "start_local": new.start_local,
        "not_after": new.not_after,
        "picture_version_id": own.version_id if own else None,
        "picture_base": own.base if own else None,
        "coupon_pool_id": own.pool_id if own else None,
    }


def _write_rows(ledger: Ledger, campaign_id: int, writer: str, chunk: Sequence[PlannedRow], new: NewCampaign) -> None:
    with ledger.write() as connection:
        _require_writer(connection, campaign_id, writer)
        _insert_rows(connection, campaign_id, chunk, ledger.now(connection), new)


def _insert_rows(
    connection: Connection, campaign_id: int, chunk: Sequence[PlannedRow], now: float, new: NewCampaign
) -> None:
    own = _own(connection, campaign_id, chunk, now, new)
    add_rows(connection, [_new_row(campaign_id, row, own, now, has_link=bool(new.link_base)) for row in chunk])


def _new_row(campaign_id: int, row: PlannedRow, own: dict[int, _Own], now: float, *, has_link: bool) -> NewRow:
    coupon, picture = own.get(row.row_number, _NOTHING_OF_ITS_OWN)
    return NewRow(
        campaign_id,
        row.row_number,
        row.cells,
        row.recipient,
        str(row.state),  # not the enum: the driver of SQLite takes a slow way with those
        row.reason and str(row.reason),
        row.problem,
        row.problem_text,
        row.not_before,
        row.time_zone,
        coupon,
        picture,
        new_code() if has_link and row.state is RowState.READY else None,
        row.version,
        now,
    )


def _own(
    connection: Connection, campaign_id: int, chunk: Sequence[PlannedRow], now: float, new: NewCampaign
) -> dict[int, _Own]:
    """Coupon and picture of every row that is to go out, given in the transaction that writes the row."""
    if new.own_pictures is None:
        return {}
    ready = [row for row in chunk if row.state is RowState.READY]
    pool, given = new.own_pictures.pool_id, {}
    if pool is not None:
        numbers = [row.row_number for row in ready]
        given = give(connection, pool, campaign_id, numbers, parent_id=new.parent_id, now=now)
    columns = new.own_pictures.columns
    both = ((row.row_number, columns(row.cells, given.get(row.row_number))) for row in ready)
    return {number: (one["coupon"], one["picture"]) for number, one in both}


def _forget(ledger: Ledger, campaign_id: int, writer: str, new: NewCampaign) -> None:
    with ledger.write() as connection:
        _require_writer(connection, campaign_id, writer)
        take_back_all(connection, campaign_id, new.parent_id)
        forget_rows(connection, campaign_id)
        forget_campaign(connection, campaign_id)


def _start(ledger: Ledger, campaign_id: int, writer: str, new: NewCampaign) -> None:
    with ledger.write() as connection:
        one_at_a_time(connection, new.account_sid, is_sqlite=ledger.is_sqlite)
        _require_writer(connection, campaign_id, writer)
        now = ledger.now(connection)
        judged = new.guard.ask_again(connection, campaign_id, now) if new.guard else {}
        _release(connection, campaign_id, new, now)
        if new.kind == CampaignKind.CAMPAIGN:
            who, detail = new.created_by or "command line", {**judged, "sender": _shown(new.sender_address)}
            note(connection, who, "campaign.launch", at=now, subject=str(campaign_id), detail=detail)


def _shown(sender: str) -> str:
    """Details of the trail hold no numbers: the last four digits tell our own apart."""
    return f"…{sender[-4:]}"


def _release(connection: Connection, campaign_id: int, new: NewCampaign, now: float) -> None:
    sender_id, place = _last_place(connection, campaign_id)
    is_later = (new.start_at or 0) > now
    is_behind = select(campaigns.c.id).where(goes_before(sender_id, place, now)).limit(1)
    waits = new.kind == CampaignKind.CAMPAIGN and (is_later or connection.execute(is_behind).first() is not None)
    looks = bool(new.media_urls) and new.options.check_media and (waits or not new.media_sure)
    total = select(func.count()).where(rows.c.campaign_id == campaign_id).scalar_subquery()
    begin = start_of(new.options, later=is_later, waits=waits, looks=looks)
    move_campaign(
        connection,
        campaign_id,
        begin.state,
        code=begin.code,
        reason=begin.reason,
        options=begin.options.to_json(),
        writer=None,
        started_at=None if waits or looks else now,
        queue_position=place[0],
        row_count=total,
    )


def _last_place(connection: Connection, campaign_id: int) -> tuple[int, tuple[float, int]]:
    """The campaign's sender, and the place behind all others of that sender."""
    sender_id = connection.execute(select(campaigns.c.sender_id).where(campaigns.c.id == campaign_id)).scalar_one()
    last = connection.execute(
        select(func.max(campaigns.c.queue_position)).where(
            campaigns.c.sender_id == sender_id, campaigns.c.state.in_(ACTIVE), campaigns.c.kind == CampaignKind.CAMPAIGN
        )
    ).scalar_one()
    return sender_id, ((last or 0) + 1, campaign_id)
