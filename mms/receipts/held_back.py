"""Messages that Twilio dropped from its queue because their ValidityPeriod ran out: offered once more, next window.

Twilio says so itself (30036), so nothing went out, and a second message is no double.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from mms.delivery.queue.predicates import takes_rows_back
from mms.delivery.sending.claims import LEAST_VALID
from mms.ledger.campaign_states import change_campaign, move_campaign
from mms.ledger.row_states import RowChange, move_row
from mms.ledger.tables import attempts, campaigns, rows
from mms.quiet_hours import QuietHours, quiet_hours
from mms.recipients.sentences import counted
from mms.send_options import SendOptions
from mms.settings import Mode
from mms.states import AttemptEvent, CampaignState, Reason, RowState

CODES = frozenset({30036})
EVENT = AttemptEvent.HELD_BACK
_COLUMNS = (
    *(
        rows.c.id,
        rows.c.recipient,
        rows.c.message_sid,
        campaigns.c.id.label("campaign_id"),
        campaigns.c.state,
        campaigns.c.mode,
    ),
    *(campaigns.c.options, campaigns.c.not_after),
)


@dataclass(frozen=True, slots=True)
class Opening:
    """A row that may be offered again, and when."""

    row_id: int
    campaign_id: int
    message_sid: str
    error_code: int
    opens: float


def openings(connection: Connection, dropped: Mapping[str, int], now: float) -> dict[int, Opening]:
    """By row id, for messages that Twilio dropped (SID and its code): those that may be offered again.

    Not those that had their second turn, whose campaign was stopped or is past its last moment, or that belong to no
    campaign.
    """
    if not dropped:
        return {}
    second = select(attempts.c.id).where(attempts.c.row_id == rows.c.id, attempts.c.event == EVENT).exists()
    query = (
        select(*_COLUMNS)
        .join(campaigns, campaigns.c.id == rows.c.campaign_id)
        .where(rows.c.message_sid.in_(dropped), rows.c.state == RowState.ACCEPTED, ~second)
        .where(takes_rows_back())
    )
    found = connection.execute(query).all()
    hours = quiet_hours(connection) if found else None
    openings = (
        (row, Opening(row.id, row.campaign_id, row.message_sid, dropped[row.message_sid], _opens(row, hours, now)))
        for row in found
    )
    return {row.id: one for row, one in openings if row.not_after is None or row.not_after - one.opens >= LEAST_VALID}


def offer_again(connection: Connection, opens: Mapping[int, Opening], now: float) -> None:
    """Put these rows back in line, and their campaigns into waiting where they were over."""
    moved = [one for one in opens.values() if move_row(connection, _back_in_line(one), now)]
    for campaign_id in {one.campaign_id for one in moved}:
        _wait(connection, [one.opens for one in moved if one.campaign_id == campaign_id], campaign_id)


def _back_in_line(one: Opening) -> RowChange:
    """The message that was dropped is done with: nothing of it may be taken for the next one."""
    cleared = dict.fromkeys(("message_sid", "provider_status", "error_code", "http_status", "sent_at", "asked_from"))
    return RowChange(
        one.row_id,
        one.campaign_id,
        RowState.READY,
        EVENT,
        values={**cleared, "reason": EVENT.value, "not_before": one.opens},
        out_of=frozenset({RowState.ACCEPTED}),
        detail={"message_sid": one.message_sid, "error_code": one.error_code},
    )


def was_held_back(connection: Connection, row_id: int, sid: str) -> bool:
    """Whether this message is one that the row has done with: a callback that comes twice must not bring it back."""
    same = (attempts.c.row_id == row_id) & (attempts.c.event == EVENT) & (attempts.c.message_sid == sid)
    return connection.execute(select(attempts.c.id).where(same).limit(1)).first() is not None


def _opens(row: Any, hours: QuietHours | None, now: float) -> float:
    if hours is None or row.mode != Mode.LIVE or SendOptions.from_json(row.options).any_hour:
        return now
    return hours.not_before(row.recipient, now) or now


def _wait(connection: Connection, opens: Sequence[float], campaign_id: int) -> None:
    """A campaign that was over waits again; one that waits anyway looks at the earlier of both times."""
    words = counted("Held back: too late for today. {:,} [goes|go] out in the next window.", len(opens))
    first = min(opens)
    later = (campaigns.c.id == campaign_id) & (campaigns.c.next_look_at > first)
    change_campaign(connection, later, next_look_at=first)
    state = connection.execute(select(campaigns.c.state).where(campaigns.c.id == campaign_id)).scalar_one()
    if state == CampaignState.FINISHED:
        move_campaign(
            connection,
            campaign_id,
            CampaignState.WAITING,
            code=Reason.HELD_BACK,
            reason=words.format(len(opens)),
            finished_at=None,
            next_look_at=first,
        )


def dropped_in(receipts: Iterable[Any]) -> dict[str, int]:
    """The messages that these receipts say were dropped as too late, with Twilio's code."""
    failed = (one for one in receipts if one.status in ("failed", "undelivered"))
    return {one.message_sid: one.error_code for one in failed if one.error_code in CODES}
