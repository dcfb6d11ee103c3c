"""Writes what came of asking: many rows in one transaction, each only if it is still the attempt that was asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from mms.delivery.sending.claims import ClaimedRow
from mms.delivery.sending.suppression import learn
from mms.ledger.row_states import RowChange, move_each
from mms.ledger.tables import campaigns
from mms.states import FROM_TWILIO, AttemptEvent, CampaignState, ReasonCode, RowState, TwilioReason
from mms.twilio_client import Accepted, Busy, NoAnswer, NotAsked, Refused, Withheld
from mms.twilio_client import Outcome as SenderOutcome
from mms.twilio_codes import explain

_ASKED_NOW = frozenset({RowState.SENDING})
_ASKED = frozenset({RowState.SENDING, RowState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class InDoubtAgain:
    """Not asked: just before, Twilio's log showed what may be this row's message, or it did not answer."""


@dataclass(frozen=True, slots=True)
class RanOut:
    """Not asked: between its claim and its turn the person's allowed time came to its end."""


Outcome = SenderOutcome | InDoubtAgain | RanOut


@dataclass(frozen=True, slots=True)
class Result:
    """One claimed row and what came of it."""

    row: ClaimedRow
    outcome: Outcome

    @property
    def goes_back(self) -> bool:
        """Whether the row was surely not processed, so that it becomes ready again."""
        return isinstance(self.outcome, Busy | NotAsked | Withheld | RanOut)


@dataclass(frozen=True, slots=True)
class Stop:
    """Every further row of this campaign would fare the same."""

    campaign_id: int
    code: ReasonCode
    reason: str


def record(connection: Connection, fence: int, results: Sequence[Result], now: float) -> list[Stop]:
    """Write the results; returns the campaigns that must stop at once, each once."""
    if not results:
        return []
    canceled = _canceled(connection, {result.row.campaign_id for result in results})
    entries = [_entry(result, result.row.campaign_id in canceled) for result in results]
    move_each(connection, [_change(entry, fence, now) for entry in entries], now)
    for entry in entries:
        if entry.teaches:
            learn(connection, entry.row.recipient, entry.code, campaign_id=entry.row.campaign_id, at=now)
    return list({e.stop.campaign_id: e.stop for e in entries if e.stop}.values())


@dataclass(slots=True)
class _Entry:
    """One result in the ledger's words."""

    row: ClaimedRow
    event: AttemptEvent
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
            return _Entry(row, AttemptEvent.BUSY, again, http=429)
        case NotAsked():
            return _Entry(row, AttemptEvent.NOT_CONNECTED, again, was_asked=False)
        case Withheld() | RanOut():
            return _Entry(row, AttemptEvent.WITHHELD, again, was_asked=False)
        case NoAnswer():
            return _Entry(row, AttemptEvent.NO_ANSWER, RowState.UNKNOWN, http=outcome.http_status)
        case InDoubtAgain():
            return _Entry(row, AttemptEvent.IN_DOUBT_AGAIN, RowState.UNKNOWN, was_asked=False)


def _accepted(row: ClaimedRow, outcome: Accepted) -> _Entry:
    """Twilio may take a message and say at once that it failed, with the code that tells why."""
    state = FROM_TWILIO.get(outcome.status, RowState.ACCEPTED)
    entry = _Entry(row, AttemptEvent.ACCEPTED, state, sid=outcome.sid, status=outcome.status, http=201)
    if outcome.error_code is not None and state in (RowState.FAILED, RowState.UNDELIVERED):
        entry.code, entry.teaches = outcome.error_code, True
    return entry


def _refused(row: ClaimedRow, outcome: Refused, again: RowState) -> _Entry:
    """A cause that every row shares stops the campaign and keeps the row; a single message has its answer."""
    advice = explain(outcome.code, outcome.http_status)
    if advice.stops_campaign and not row.is_express:
        code = TwilioReason(outcome.code or outcome.http_status)
        stop = Stop(row.campaign_id, code, f"{advice.meaning} {advice.advice}")
        return _Entry(row, AttemptEvent.REFUSED, again, code=outcome.code, http=outcome.http_status, stop=stop)
    return _Entry(
        row, AttemptEvent.REFUSED, RowState.REFUSED, code=outcome.code, http=outcome.http_status, teaches=True
    )


def _change(entry: _Entry, fence: int, now: float) -> RowChange:
    """A late answer is the truth even when another holder has marked the row unknown meanwhile; not any more once
    the row has been claimed anew, under another fence. Only `sending` goes back to ready: the other is in doubt.
    """
    goes_back = entry.state in (RowState.READY, RowState.CANCELED)
    answer = {"error_code": entry.code, "http_status": entry.http}
    return RowChange(
        row_id=entry.row.id,
        campaign_id=entry.row.campaign_id,
        to=entry.state,
        event=entry.event,
        fence=fence,
        out_of=_ASKED_NOW if goes_back and not entry.sid else _ASKED,
        was_asked=entry.was_asked,
        values={
            **(dict.fromkeys(answer) if goes_back else answer),
            "message_sid": entry.sid,
            "provider_status": entry.status,
            "sent_at": now if entry.sid else None,
            **({"asked_from": None} if goes_back and entry.row.asked_from is None else {}),  # nothing can have come
        },
        detail={**answer, "message_sid": entry.sid, "status": entry.status},
    )


def _canceled(connection: Connection, campaign_ids: set[int]) -> frozenset[int]:
    query = select(campaigns.c.id).where(campaigns.c.id.in_(campaign_ids), campaigns.c.state == CampaignState.CANCELED)
    return frozenset(connection.execute(query).scalars())
