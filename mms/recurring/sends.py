"""What is planned to be sent again, and series: set up, approved, paused, gone on with, deleted; and its times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, delete, insert, select, update

from mms.access.approvals import approval_above
from mms.campaigns.launch.submission import Content
from mms.errors import CampaignError, NotAllowed
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.tables import recurring_runs, recurring_sends
from mms.lists.saved_lists import NAME_LENGTH, saved_list
from mms.lists.segments import segment
from mms.recurring.rhythm import Every, Rhythm, days_later
from mms.recurring.states import RunResult, SendState
from mms.roles import Permission, User, require

MOST_STEPS = 5
MOST_DAYS = 90  # between two messages of a series


@dataclass(frozen=True, slots=True)
class Step:
    """A message. `days` after the one before; of no meaning for the first."""

    body: str
    media_urls: tuple[str, ...] = ()
    days: int = 0

    @property
    def content(self) -> Content:
        """As a campaign says it."""
        return Content(self.body, self.media_urls)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a person wants: a rhythm and one message, or a series that begins at a moment with up to five messages."""

    name: str
    list_id: int
    steps: tuple[Step, ...]
    zone: str
    segment_id: int | None = None
    rhythm: Rhythm | None = None
    first_at: float | None = None  # of a series, seconds since 1970
    sender_address: str | None = None


@dataclass(frozen=True, slots=True)
class RecurringSend:
    """One of them as it stands. Times are seconds since 1970."""

    id: int
    name: str
    mode: str
    list_id: int
    segment_id: int | None
    rhythm: Rhythm | None
    zone: str
    steps: tuple[Step, ...]
    sender_address: str | None
    state: SendState
    reason: str | None
    next_at: float | None
    step: int
    looked_past: int | None
    created_at: float
    created_by: str
    created_email: str | None
    approved_by: str | None

    @property
    def is_series(self) -> bool:
        """Whether it is a series of messages rather than one that comes again."""
        return self.rhythm is None


@dataclass(frozen=True, slots=True)
class Run:
    """One time that it was due."""

    due_at: float
    at: float
    result: RunResult
    reason: str | None
    campaign_id: int | None


def all_sends(connection: Connection, mode: str) -> list[RecurringSend]:
    """Every one of this mode: first what is due next, what is over last."""
    query = select(recurring_sends).where(recurring_sends.c.mode == mode)
    order = (recurring_sends.c.next_at.is_(None), recurring_sends.c.next_at, recurring_sends.c.id)
    return [_send(found) for found in connection.execute(query.order_by(*order))]


def recurring_send(connection: Connection, send_id: int) -> RecurringSend:
    """The one with this number. Raises CampaignError: code `no_such_recurring`."""
    found = connection.execute(select(recurring_sends).where(recurring_sends.c.id == send_id)).one_or_none()
    if found is None:
        raise CampaignError("There is no such recurring send. It may have been deleted.", code="no_such_recurring")
    return _send(found)


def runs_of(connection: Connection, send_id: int, *, limit: int = 20) -> list[Run]:
    """Its times, the latest first."""
    query = (
        select(*(recurring_runs.c[name] for name in Run.__slots__))
        .where(recurring_runs.c.send_id == send_id)
        .order_by(recurring_runs.c.due_at.desc())
        .limit(limit)
    )
    return [
        Run(due, at, RunResult(result), reason, made) for due, at, result, reason, made in connection.execute(query)
    ]


def add_send(ledger: Ledger, plan: Plan, *, mode: str, by: User) -> int:
    """Keep a plan; from then on it comes by itself. Returns its number.

    Raises:
        CampaignError: codes `no_name`, `no_such_list`, `no_such_segment`, `steps`, `in_the_past`, or the code of what
            is wrong with a message.
        NotAllowed: this person may not send.
    """
    require(by, Permission.SEND)
    name = " ".join(plan.name.split())[:NAME_LENGTH]
    if not name:
        raise CampaignError("Give it a name, such as Monthly offer.", code="no_name")
    _require_steps(plan)
    with ledger.write() as connection:
        now = ledger.now(connection)
        found = saved_list(connection, plan.list_id)
        if plan.segment_id is not None and segment(connection, plan.segment_id).list_id != found.id:
            raise CampaignError("This segment is of another list.", code="no_such_segment")
        next_at = plan.rhythm.next_after(now) if plan.rhythm else plan.first_at
        if next_at is None or next_at <= now:
            raise CampaignError("The first message of a series needs a time that is still to come.", code="in_the_past")
        values = {
            "name": name,
            "mode": mode,
            "list_id": plan.list_id,
            "segment_id": plan.segment_id,
            "rhythm": plan.rhythm.as_json() if plan.rhythm else None,
            "zone": plan.zone,
            "steps": [_step_json(one) for one in plan.steps],
            "sender_address": plan.sender_address,
            "state": SendState.ACTIVE,
            "next_at": next_at,
            "step": 0,
            "created_at": now,
            "created_by": by.name,
            "created_email": by.email,
            "updated_at": now,
        }
        made = connection.execute(insert(recurring_sends).values(**values).returning(recurring_sends.c.id)).scalar_one()
        note(connection, by.name, "recurring.add", at=now, subject=str(made))
    return int(made)


def needs_approval(connection: Connection, found: RecurringSend) -> bool:
    """Whether large ones of its times wait until somebody else has approved it."""
    return found.created_email is not None and found.approved_by is None and approval_above(connection) is not None


def approve_send(ledger: Ledger, send_id: int, *, by: User) -> None:
    """The second person's word; what waited for it goes on.

    Raises:
        NotAllowed: this person may not send, or set it up themselves.
    """
    require(by, Permission.SEND)
    with ledger.write() as connection:
        found = recurring_send(connection, send_id)
        if by.name == found.created_by:
            raise NotAllowed("Somebody else has to approve what you set up.", code="needs_approval")
        now = ledger.now(connection)
        _change(connection, send_id, now, approved_by=by.name, approved_at=now, reason=None)
        note(connection, by.name, "recurring.approve", at=now, subject=str(send_id))


def pause_send(ledger: Ledger, send_id: int, *, by: User) -> None:
    """Nothing more comes of it until somebody goes on with it; a campaign that runs already is not touched."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        found = recurring_send(connection, send_id)
        if found.state is SendState.ACTIVE:
            now = ledger.now(connection)
            _change(connection, send_id, now, state=SendState.PAUSED, reason=f"Paused by {by.name}.")
            note(connection, by.name, "recurring.pause", at=now, subject=str(send_id))


def resume_send(ledger: Ledger, send_id: int, *, by: User) -> None:
    """Go on: with a rhythm at its next time, with a series on the next day where its time has passed."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        found = recurring_send(connection, send_id)
        if found.state is not SendState.PAUSED:
            return
        now = ledger.now(connection)
        values = {"state": SendState.ACTIVE, "reason": None, "looked_past": last_campaign(connection, send_id)}
        _change(connection, send_id, now, next_at=next_time(found, now), **values)
        note(connection, by.name, "recurring.resume", at=now, subject=str(send_id))


def delete_send(ledger: Ledger, send_id: int, *, by: User) -> None:
    """Forget it; the campaigns that were made of it stay as they are."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        connection.execute(delete(recurring_runs).where(recurring_runs.c.send_id == send_id))
        if connection.execute(delete(recurring_sends).where(recurring_sends.c.id == send_id)).rowcount:
            note(connection, by.name, "recurring.delete", at=ledger.now(connection), subject=str(send_id))


def last_campaign(connection: Connection, send_id: int) -> int | None:
    """The latest campaign that was made of it."""
    made = recurring_runs.c.campaign_id
    query = select(made).where(recurring_runs.c.send_id == send_id, made.is_not(None))
    return connection.execute(query.order_by(recurring_runs.c.due_at.desc()).limit(1)).scalar_one_or_none()


def next_time(found: RecurringSend, now: float) -> float | None:
    """When it is due next, seen from `now`: a message of a series that is late comes at its time of day."""
    if found.rhythm:
        return found.rhythm.next_after(now)
    if found.next_at is None or found.next_at > now:
        return found.next_at
    return Rhythm(Every.DAY, _time_of_day(found.next_at, found.zone), found.zone).next_after(now)


def next_step_at(found: RecurringSend, started: float, step: Step) -> float:
    """When the next message of a series is due, after the one before was due at `started`."""
    return days_later(started, step.days, _time_of_day(started, found.zone), found.zone)


def _time_of_day(moment: float, zone: str) -> str:
    return f"{datetime.fromtimestamp(moment, ZoneInfo(zone)):%H:%M}"


def _change(connection: Connection, send_id: int, now: float, **values: Any) -> None:
    connection.execute(update(recurring_sends).where(recurring_sends.c.id == send_id).values(updated_at=now, **values))


def _require_steps(plan: Plan) -> None:
    if not plan.steps or len(plan.steps) > (1 if plan.rhythm else MOST_STEPS):
        raise CampaignError(f"A series has one to {MOST_STEPS} messages.", code="steps")
    if any(not 1 <= step.days <= MOST_DAYS for step in plan.steps[1:]):
        raise CampaignError(f"Between two messages of a series lie 1 to {MOST_DAYS} days.", code="steps")
    for step in plan.steps:
        if not step.body.strip() and not step.media_urls:
            raise CampaignError("Write a text, or add a picture.", code="message_empty")
        step.content.template  # noqa: B018 - raises for braces without partner


def _step_json(step: Step) -> dict[str, Any]:
    return {"body": step.body, "media_urls": list(step.media_urls), "days": step.days}


def _step(stored: Mapping[str, Any]) -> Step:
    return Step(stored["body"], tuple(stored["media_urls"]), int(stored["days"]))


def _steps(stored: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    return tuple(_step(one) for one in stored)


def _send(found: Row[Any]) -> RecurringSend:
    values = {name: found._mapping[name] for name in RecurringSend.__slots__}
    stored = values["rhythm"]
    rhythm = Rhythm(**{**stored, "every": Every(stored["every"])}) if stored else None
    return RecurringSend(
        **{**values, "rhythm": rhythm, "steps": _steps(values["steps"]), "state": SendState(values["state"])}
    )
