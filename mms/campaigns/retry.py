"""A new campaign of the rows worth trying again, linked to the first. It is a new message, so a person asks for it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from mms.campaigns.launch import NewCampaign, PlannedRow, launch
from mms.campaigns.records import Campaign, campaign
from mms.errors import CampaignError
from mms.ledger import Ledger, dead_numbers, opt_outs
from mms.ledger.tables import rows, senders
from mms.states import RowState, SkipReason
from mms.twilio_codes import explain

_DID_NOT_ARRIVE = (RowState.FAILED, RowState.UNDELIVERED, RowState.REFUSED)
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
    """Which failures of a campaign a new message may cure, for the person to look at first."""
    worth: Counter[int | None] = Counter()
    left_out: Counter[int | None] = Counter()
    for found in _failed_rows(connection, campaign_id):
        (worth if _is_worth_it(found.error_code, found.http_status) else left_out)[found.error_code] += 1
    return RetryChoice(dict(worth), dict(left_out))


def retry_campaign(
    ledger: Ledger, campaign_id: int, *, request_key: str, by: str, codes: Iterable[int | None] | None = None
) -> int:
    """Send again what is worth it (or only rows with these `codes`); returns the new campaign's number.

    People who opted out meanwhile and numbers that proved dead are skipped.

    Raises:
        CampaignError: code `nothing_to_retry`.
    """
    with ledger.read() as connection:
        first = campaign(connection, campaign_id)
        chosen = None if codes is None else frozenset(codes)
        planned = [
            PlannedRow(found.row_number, found.cells, found.recipient, time_zone=found.time_zone)
            for found in _failed_rows(connection, campaign_id)
            if _is_worth_it(found.error_code, found.http_status) and (chosen is None or found.error_code in chosen)
        ]
        gone = opt_outs.everyone(connection)
        dead = dead_numbers.still_dead(connection)
        account_sid = connection.execute(
            select(senders.c.account_sid).where(senders.c.id == first.sender_id)
        ).scalar_one()
    if not planned:
        raise CampaignError("No row of this campaign is worth trying again.", code="nothing_to_retry")
    return launch(ledger, _copy(first, account_sid, request_key, by), [_guarded(row, gone, dead) for row in planned])


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


def _copy(first: Campaign, account_sid: str, request_key: str, by: str) -> NewCampaign:
    return NewCampaign(
        request_key=request_key,
        name=f"{first.name} (again)"[:200],
        body=first.body,
        media_urls=first.media_urls,
        columns=first.columns,
        phone_column=first.phone_column,
        sender_address=first.sender_address,
        account_sid=account_sid,
        mode=first.mode,
        content_hash=f"retry-of-{first.id}",
        options=first.options,
        upload_id=first.upload_id,
        parent_id=first.id,
        tags=first.tags,
        created_by=by,
    )
