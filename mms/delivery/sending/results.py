"""Writes what came of asking: many rows in one transaction, each only if it is still the attempt that was asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, text

from mms.delivery.sending.claims import ClaimedRow
from mms.delivery.sending.suppression import learn
from mms.ledger.tables import attempts, campaigns
from mms.states import FROM_TWILIO, CampaignState, RowState
from mms.twilio_client import Accepted, Busy, NoAnswer, NotAsked, Refused, Withheld
from mms.twilio_client import Outcome as SenderOutcome
from mms.twilio_codes import explain

# A late answer is the truth even when another holder has marked the row unknown meanwhile; not any more once
# the row has been claimed anew, under another fence. Only `sending` goes back to ready: the other is in doubt.
_FINISH = text("""
UPDATE mms_rows SET state = :state, message_sid = :sid, provider_status = :status, error_code = :code,
  http_status = :http, sent_at = :sent_at, unknown_since = :unknown_since, updated_at = :now,
  attempts = attempts - :not_counted, asked_from = CASE WHEN :was_never_asked = 1 THEN NULL ELSE asked_from END
WHERE id = :id AND fence = :fence AND (state = 'sending' OR (state = 'unknown' AND :decided = 1))
""")


@dataclass(frozen=True, slots=True)
class InDoubtAgain:
    """Not asked: just before, Twilio's log showed what may be this row's message, or it did not answer."""


Outcome = SenderOutcome | InDoubtAgain


@dataclass(frozen=True, slots=True)
class Result:
    """One claimed row and what came of it."""

    row: ClaimedRow
    outcome: Outcome

    @property
    def goes_back(self) -> bool:
        """Whether the row was surely not processed, so that it becomes ready again."""
        return isinstance(self.outcome, Busy | NotAsked | Withheld)


@dataclass(frozen=True, slots=True)
class Stop:
    """Every further row of this campaign would fare the same."""

    campaign_id: int
    reason_code: str
    reason: str


def record(connection: Connection, fence: int, results: Sequence[Result], now: float) -> list[Stop]:
    """Write the results; returns the campaigns that must stop at once, each once."""
    if not results:
        return []
    canceled = _canceled(connection, {result.row.campaign_id for result in results})
    entries = [_entry(result, result.row.campaign_id in canceled) for result in results]
    connection.execute(_FINISH, [_update(e, fence, now) for e in entries])
    connection.execute(insert(attempts), [_event(e, fence, now) for e in entries])
    for entry in entries:
        if entry.teaches:
            learn(connection, entry.row.recipient, entry.code, campaign_id=entry.row.campaign_id, at=now)
    return list({e.stop.campaign_id: e.stop for e in entries if e.stop}.values())


@dataclass(slots=True)
class _Entry:
    """One result in the ledger's words."""

    row: ClaimedRow
    event: str
    state: RowState
    sid: str | None = None
    status: str | None = None
    code: int | None = None
    http: int | None = None
    was_asked: bool = True
    stop: Stop | None = None
    teaches: bool = False  # whether its code says something about the number


def _entry(result: Result, is_canceled: bool) -> _Entry:
    row, outcome = result.row, result.outcome
    again = RowState.CANCELED if is_canceled else RowState.READY
    match outcome:
        case Accepted():
            return _accepted(row, outcome)
        case Refused():
            return _refused(row, outcome, again)
        case Busy():
            return _Entry(row, "busy", again, http=429)
        case NotAsked():
            return _Entry(row, "not_connected", again, was_asked=False)
        case Withheld():
            return _Entry(row, "withheld", again, was_asked=False)
        case NoAnswer():
            return _Entry(row, "no_answer", RowState.UNKNOWN, http=outcome.http_status)
        case InDoubtAgain():
            return _Entry(row, "in_doubt_again", RowState.UNKNOWN, was_asked=False)


def _accepted(row: ClaimedRow, outcome: Accepted) -> _Entry:
    """Twilio may take a message and say at once that it failed, with the code that tells why."""
    state = FROM_TWILIO.get(outcome.status, RowState.ACCEPTED)
    entry = _Entry(row, "accepted", state, sid=outcome.sid, status=outcome.status, http=201)
    if outcome.error_code is not None and state in (RowState.FAILED, RowState.UNDELIVERED):
        entry.code, entry.teaches = outcome.error_code, True
    return entry


def _refused(row: ClaimedRow, outcome: Refused, again: RowState) -> _Entry:
    """A cause that every row shares stops the campaign and keeps the row; a single message has its answer."""
    advice = explain(outcome.code, outcome.http_status)
    if advice.stops_campaign and not row.is_express:
        reason_code = f"twilio_{outcome.code or outcome.http_status}"
        stop = Stop(row.campaign_id, reason_code, f"{advice.meaning} {advice.advice}")
        return _Entry(row, "refused", again, code=outcome.code, http=outcome.http_status, stop=stop)
    return _Entry(row, "refused", RowState.REFUSED, code=outcome.code, http=outcome.http_status, teaches=True)


def _update(entry: _Entry, fence: int, now: float) -> dict[str, Any]:
    open_again = entry.state in (RowState.READY, RowState.CANCELED)
    return {
        "id": entry.row.id,
        "fence": fence,
        "now": now,
        "state": entry.state.value,
        "sid": entry.sid,
        "status": entry.status,
        "code": None if open_again else entry.code,
        "http": None if open_again else entry.http,
        "sent_at": now if entry.sid else None,
        "unknown_since": now if entry.state is RowState.UNKNOWN else None,
        "not_counted": 0 if entry.was_asked else 1,
        "decided": 0 if open_again else 1,
        "was_never_asked": 1 if open_again and entry.row.asked_from is None else 0,
    }


def _event(entry: _Entry, fence: int, now: float) -> dict[str, Any]:
    return {
        "row_id": entry.row.id,
        "campaign_id": entry.row.campaign_id,
        "fence": fence,
        "at": now,
        "event": entry.event,
        "error_code": entry.code,
        "http_status": entry.http,
        "message_sid": entry.sid,
        "status": entry.status,
    }


def _canceled(connection: Connection, campaign_ids: set[int]) -> frozenset[int]:
    query = select(campaigns.c.id).where(campaigns.c.id.in_(campaign_ids), campaigns.c.state == CampaignState.CANCELED)
    return frozenset(connection.execute(query).scalars())
