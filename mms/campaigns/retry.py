"""A new campaign of the rows worth trying again, linked to the first. It is a new message, so a person asks for it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, or_, select

from mms.access.approvals import require_launch
from mms.campaigns.launch.guard import LaunchGuard
from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.campaigns.launch.submission import content_identity
from mms.campaigns.pictures.own_picture import OwnPictureOf, own_pictures_again
from mms.campaigns.records import Campaign, campaign
from mms.errors import CampaignError
from mms.ledger import Ledger, dead_numbers, opt_outs
from mms.ledger.tables import campaigns, rows, senders
from mms.recipients.check.checked_list import identity_hash
from mms.roles import Permission, User, require
from mms.states import CampaignState, RowState, SkipReason
from mms.twilio_codes import explain
from mms.versions.version import version_of_row

_DID_NOT_ARRIVE = (RowState.FAILED, RowState.UNDELIVERED, RowState.REFUSED)
_AGAIN = " (again)"
_WORTH_IT = frozenset({"wait", "fix"})


@dataclass(frozen=True, slots=True)
class RetryChoice:
    """What a retry would send: rows by Twilio's code, those worth it and those left out."""

    worth: dict[int | None, int]
    left_out: dict[int | None, int]

    @property
    def count(self) -> int:
        """Messages that a retry of everything worth it sends."""
        return sum(self.worth.values())


def retry_choice(connection: Connection, campaign_id: int) -> RetryChoice:
    """Which failures of a campaign a new message may cure, for the person to look at first.

    Rows that a linked campaign has taken over are not among them; what becomes of them stands there.
    """
    worth: Counter[int | None] = Counter()
    left_out: Counter[int | None] = Counter()
    taken = _taken_over(connection, retries(connection, campaign_id))
    for found in _failed_rows(connection, campaign_id):
        if found.row_number in taken:
            continue
        (worth if _is_worth_it(found.error_code, found.http_status) else left_out)[found.error_code] += 1
    return RetryChoice(dict(worth), dict(left_out))


def retries(connection: Connection, campaign_id: int) -> list[int]:
    """Numbers of the campaigns made of this one's rows, oldest first; one that is still being written is not yet."""
    query = (
        select(campaigns.c.id)
        .where(campaigns.c.parent_id == campaign_id, campaigns.c.state != CampaignState.DRAFT)
        .order_by(campaigns.c.id)
    )
    return list(connection.execute(query).scalars())


def retry_campaign(ledger: Ledger, campaign_id: int, *, by: User, codes: Iterable[int | None] | None = None) -> int:
    """Send again what is worth it (or only rows with these `codes`); returns the new campaign's number.

    People who opted out meanwhile and numbers that proved dead are skipped. The same retry a second time
    returns the first one's campaign; only rows that no linked campaign has taken over make a new one.

    Raises:
        CampaignError: code `nothing_to_retry`.
        NotAllowed: this person may not send, or not to so many people alone.
    """
    require(by, Permission.SEND)
    with ledger.read() as connection:
        first = campaign(connection, campaign_id)
        earlier = retries(connection, campaign_id)
        taken = _taken_over(connection, earlier)
        wanted = _wanted(connection, campaign_id, None if codes is None else frozenset(codes))
        planned = [row for row in wanted if row.row_number not in taken]
        own = own_pictures_again(connection, first.id)
        gone = opt_outs.everyone(connection)
        dead = dead_numbers.still_dead(connection)
        account_sid = connection.execute(
            select(senders.c.account_sid).where(senders.c.id == first.sender_id)
        ).scalar_one()
    if not wanted:
        raise CampaignError("No row of this campaign is worth trying again.", code="nothing_to_retry")
    if not planned:
        return max(taken[row.row_number] for row in wanted)
    with ledger.read() as connection:
        editors = (first.created_by,) if first.created_by else ()
        require_launch(connection, by, edited_by=editors, recipients=len(planned), now=ledger.now(connection))
    body, media_urls = _said(first)
    said = content_identity(body, media_urls, own.version_id if own else None)
    identity = identity_hash([row.recipient for row in planned], said)
    new = _copy(first, account_sid, _request_key(campaign_id, earlier), identity, by.name, own)
    known = frozenset({campaign_id, *earlier})
    new = replace(new, guard=LaunchGuard(by, editors, repeat_of=known, leave_out_dead=True))
    return launch(ledger, new, [_guarded(row, gone, dead) for row in planned])


def _request_key(campaign_id: int, earlier: list[int]) -> str:
    """Names the state of things that the person saw.

    Two clicks at the same time have the same key whatever reasons each chose, so they make one campaign and
    no row gets into two; once it is there, the next retry has another key.
    """
    return f"retry-of-{campaign_id}-after-{earlier[-1] if earlier else 0}"


def _wanted(connection: Connection, campaign_id: int, chosen: frozenset[int | None] | None) -> list[PlannedRow]:
    return [
        PlannedRow(found.row_number, found.cells, found.recipient, time_zone=found.time_zone)
        for found in _failed_rows(connection, campaign_id)
        if _is_worth_it(found.error_code, found.http_status) and (chosen is None or found.error_code in chosen)
    ]


def _taken_over(connection: Connection, earlier: list[int]) -> dict[int, int]:
    """Row to the campaign that tried it again. A row taken back before it went out is free for another try."""
    query = (
        select(rows.c.row_number, rows.c.campaign_id)
        .where(
            rows.c.campaign_id.in_(earlier),
            # With a reason, a person gave it up although it may have gone out.
            or_(rows.c.state != RowState.CANCELED, rows.c.reason.is_not(None)),
        )
        .order_by(rows.c.campaign_id)
    )
    return {found.row_number: found.campaign_id for found in connection.execute(query)}


def _failed_rows(connection: Connection, campaign_id: int) -> list:  # type: ignore[type-arg]
    query = (
        select(
            rows.c.row_number, rows.c.cells, rows.c.recipient, rows.c.error_code, rows.c.http_status, rows.c.time_zone
        )
        .where(rows.c.campaign_id == campaign_id, rows.c.state.in_(_DID_NOT_ARRIVE))
        .order_by(rows.c.row_number)
    )
    return list(connection.execute(query))


def _is_worth_it(code: int | None, http_status: int | None) -> bool:
    return explain(code, http_status).retry in _WORTH_IT


def _guarded(row: PlannedRow, gone: frozenset[str], dead: dict[str, int]) -> PlannedRow:
    if row.recipient in gone:
        return PlannedRow(row.row_number, row.cells, row.recipient, RowState.SKIPPED, SkipReason.OPTED_OUT)
    if row.recipient in dead:
        return PlannedRow(row.row_number, row.cells, row.recipient, RowState.SKIPPED, SkipReason.NOT_MENDED)
    return row


def _said(first: Campaign) -> tuple[str, tuple[str, ...]]:
    """Body and media of the campaign; where versions were tried, those that the rest got."""
    chosen = version_of_row(first.versions, None, first.winner)
    return (chosen.body, chosen.media_urls) if chosen else (first.body, first.media_urls)


def _copy(
    first: Campaign, account_sid: str, request_key: str, content_hash: str, by: str, own: OwnPictureOf | None
) -> NewCampaign:
    said = _said(first)
    return NewCampaign(
        request_key=request_key,
        name=f"{first.name.removesuffix(_AGAIN)[: 200 - len(_AGAIN)]}{_AGAIN}",
        body=said[0],
        media_urls=said[1],
        columns=first.columns,
        phone_column=first.phone_column,
        sender_address=first.sender_address,
        account_sid=account_sid,
        mode=first.mode,
        content_hash=content_hash,
        options=first.options,
        media_sure=False,
        upload_id=first.upload_id,
        parent_id=first.id,
        tags=first.tags,
        created_by=by,
        own_pictures=own,
        link_base=first.link_base,
    )
