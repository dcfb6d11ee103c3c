"""`/recurring`, `/lists` and `/segments`: people that stay, and what comes to them by itself."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response, Security
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from mms.http.context import Context, context_of
from mms.http.middleware.authentication import DATABASE_SECONDS, KeyedRoute
from mms.http.middleware.error_responses import ApiProblem
from mms.http.routes.campaign_models import Name
from mms.http.routes.campaigns import user_of
from mms.http.routes.descriptions import answers
from mms.http.routes.models import MEDIA_COUNT, Url
from mms.http.routes.query_values import RecordId, moment
from mms.lists.saved_lists import list_named, saved_list, saved_lists
from mms.lists.segments import all_segments, count_people, moment_of, segment_named
from mms.recurring.described import described
from mms.recurring.rhythm import rhythm_of
from mms.recurring.sends import (
    MOST_STEPS,
    Plan,
    Step,
    add_send,
    all_sends,
    delete_send,
    pause_send,
    recurring_send,
    resume_send,
)
from mms.reports.timestamps import iso

_KEYED = (400, 401, 405, 415, 429, 503)
_TEXT = Annotated[str, StringConstraints(max_length=20_000, pattern=r"^[^\x00]*$")]
router = APIRouter(
    route_class=KeyedRoute, dependencies=[Security(HTTPBearer(auto_error=False))], tags=["People and recurring sends"]
)


class ListedList(BaseModel):
    """A saved list."""

    id: int
    name: str
    people: int
    columns: list[str]
    phone_column: str
    created_at: str | None
    updated_at: str | None


class ListedSegment(BaseModel):
    """A segment, with who fulfils its conditions now."""

    id: int
    name: str
    conditions: list[dict[str, str]]
    people: int
    reachable: int = Field(description="Of them: no opt-out, no dead number.")
    list: str


class NewMessage(BaseModel):
    """One message of it."""

    model_config = ConfigDict(extra="forbid")

    body: _TEXT = Field(default="", description="The text; {Column} is a merge field.")
    mediaUrl: Annotated[list[Url], Field(max_length=MEDIA_COUNT)] = Field(default_factory=list)  # noqa: N815
    days: Annotated[int, Field(ge=0, le=90)] = Field(default=0, description="Of a series: days after the one before.")


class NewRecurring(BaseModel):
    """A message that comes every day, week or month, or (with `start`) a series."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(examples=["Monthly offer"])
    every: Annotated[str, StringConstraints(max_length=10)] | None = Field(
        default=None, description="day, week or month.", examples=["month"]
    )
    day: Annotated[int, Field(ge=1, le=31)] = Field(default=1, description="Of the week (1: Monday) or the month.")
    at: Annotated[str, StringConstraints(max_length=8)] = Field(default="10:00", description="Time of day.")
    zone: Annotated[str, StringConstraints(max_length=64)] = Field(examples=["America/New_York"])
    start: Annotated[str, StringConstraints(max_length=40)] | None = Field(
        default=None, description="Of a series: when its first message goes out, ISO 8601 with offset."
    )
    messages: Annotated[list[NewMessage], Field(min_length=1, max_length=MOST_STEPS)]
    sender: Annotated[str, StringConstraints(max_length=64)] | None = Field(default=None, alias="from")
    segment: Name | None = None
    list: Name | None = Field(default=None, description="A saved list; or name a segment.")


class Recurring(BaseModel):
    """One of them as it stands, as `recurring --json` of the command line."""

    model_config = ConfigDict(extra="allow")

    id: int
    name: str
    state: str = Field(description="active, paused or done.")
    reason: str | None
    next_at: str | None
    runs: list[dict[str, Any]] = Field(description="Its times, the latest first: sent, nobody, missed or failed.")


@router.get("/lists", operation_id="listLists", summary="Saved lists", responses=answers(*_KEYED))
async def list_lists(request: Request) -> list[ListedList]:
    """By name."""
    context = context_of(request)
    return await context.threads.run(_lists, context, seconds=DATABASE_SECONDS)


@router.get("/segments", operation_id="listSegments", summary="Segments", responses=answers(*_KEYED))
async def list_segments(request: Request) -> list[ListedSegment]:
    """By name, each with who is in it now."""
    context = context_of(request)
    return await context.threads.run(_segments, context, seconds=DATABASE_SECONDS)


@router.get("/recurring", operation_id="listRecurring", summary="What comes again", responses=answers(*_KEYED))
async def list_recurring(request: Request) -> list[Recurring]:
    """What is due next comes first."""
    context = context_of(request)
    return await context.threads.run(_all, context, seconds=DATABASE_SECONDS)


@router.post(
    "/recurring",
    operation_id="addRecurring",
    summary="Send again and again, or a series",
    status_code=201,
    responses=answers(*_KEYED, 403, 404, 409, 422),
)
async def add_recurring(request: Request, asked: NewRecurring) -> Recurring:
    """From then on it goes out by itself; each time is a campaign of its own."""
    context, by = context_of(request), user_of(request)

    def add() -> Recurring:
        made = add_send(context.ledger, _plan(context, asked), mode=context.settings.mode.value, by=by)
        return _one(context, made)

    made = await context.threads.run(add, seconds=DATABASE_SECONDS)
    context.worker.wake()
    return made


@router.get("/recurring/{send_id}", operation_id="getRecurring", summary="One of them", responses=answers(*_KEYED, 404))
async def get_recurring(request: Request, send_id: RecordId) -> Recurring:
    """How it stands, and what became of its times."""
    context = context_of(request)
    return await context.threads.run(_one, context, send_id, seconds=DATABASE_SECONDS)


@router.post(
    "/recurring/{send_id}/pause",
    operation_id="pauseRecurring",
    summary="Pause it",
    responses=answers(*_KEYED, 403, 404),
)
async def pause_recurring(request: Request, send_id: RecordId) -> Recurring:
    """Nothing more comes of it until it is resumed."""
    return await _steered(request, send_id, pause_send)


@router.post(
    "/recurring/{send_id}/resume",
    operation_id="resumeRecurring",
    summary="Resume",
    responses=answers(*_KEYED, 403, 404),
)
async def resume_recurring(request: Request, send_id: RecordId) -> Recurring:
    """From its next time on."""
    return await _steered(request, send_id, resume_send)


@router.delete(
    "/recurring/{send_id}",
    operation_id="deleteRecurring",
    summary="Forget it",
    status_code=204,
    responses=answers(*_KEYED, 403, 404),
)
async def delete_recurring(request: Request, send_id: RecordId) -> Response:
    """Its campaigns stay."""
    context, by = context_of(request), user_of(request)

    def work() -> None:
        _one(context, send_id)
        delete_send(context.ledger, send_id, by=by)

    await context.threads.run(work, seconds=DATABASE_SECONDS)
    return Response(status_code=204)


async def _steered(request: Request, send_id: int, steer: Callable[..., None]) -> Recurring:
    context, by = context_of(request), user_of(request)

    def work() -> Recurring:
        steer(context.ledger, send_id, by=by)
        return _one(context, send_id)

    found = await context.threads.run(work, seconds=DATABASE_SECONDS)
    context.worker.wake()
    return found


def _plan(context: Context, asked: NewRecurring) -> Plan:
    if (asked.list is None) == (asked.segment is None):
        raise ApiProblem.of(400, "missing_field", "Name one of: list, segment.", fields=["list"])
    if (asked.every is None) == (asked.start is None):
        raise ApiProblem.of(400, "missing_field", "Name one of: every, start (of a series).", fields=["every"])
    with context.ledger.read() as connection:
        if asked.list is not None:
            list_id, segment_id = list_named(connection, asked.list).id, None
        else:
            found = segment_named(connection, asked.segment or "")
            list_id, segment_id = found.list_id, found.id
    return Plan(
        name=asked.name,
        list_id=list_id,
        segment_id=segment_id,
        steps=tuple(Step(one.body, tuple(one.mediaUrl), one.days) for one in asked.messages),
        zone=asked.zone,
        rhythm=rhythm_of(asked.every or "day", asked.at, asked.zone, asked.day) if asked.every else None,
        first_at=moment("start", asked.start).timestamp() if asked.start else None,
        sender_address=asked.sender,
    )


def _one(context: Context, send_id: int) -> Recurring:
    with context.ledger.read() as connection:
        return Recurring.model_validate(described(connection, recurring_send(connection, send_id)))


def _all(context: Context) -> list[Recurring]:
    with context.ledger.read() as connection:
        found = all_sends(connection, context.settings.mode.value)
        return [Recurring.model_validate(described(connection, one)) for one in found]


def _lists(context: Context) -> list[ListedList]:
    with context.ledger.read() as connection:
        return [
            ListedList(
                id=one.id,
                name=one.name,
                people=one.people,
                columns=list(one.columns),
                phone_column=one.phone_column,
                created_at=iso(one.created_at),
                updated_at=iso(one.updated_at),
            )
            for one in saved_lists(connection)
        ]


def _segments(context: Context) -> list[ListedSegment]:
    with context.ledger.read() as connection:
        now = moment_of(context.ledger.now(connection), context.settings.mode.value)
        found = []
        for one in all_segments(connection):
            counts = count_people(connection, one.list_id, one.conditions, now)
            found.append(
                ListedSegment(
                    id=one.id,
                    name=one.name,
                    list=saved_list(connection, one.list_id).name,
                    conditions=[condition.as_json() for condition in one.conditions],
                    people=counts.people,
                    reachable=counts.reachable,
                )
            )
        return found
