"""`/opt-outs` and `/replies`: who must not be messaged, and what people wrote back."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Security
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from mms.http.context import context_of
from mms.http.middleware.authentication import DATABASE_SECONDS, KeyedRoute
from mms.http.routes.campaigns import user_of
from mms.http.routes.descriptions import answers
from mms.http.routes.query_values import moment, positive_number
from mms.ledger import Ledger
from mms.opt_outs.changes import add_by_hand
from mms.opt_outs.listing import OptOut, search
from mms.opt_outs.replies import InboundMessage, all_replies
from mms.reports.timestamps import iso

_PAGE = 500
_KEYED = (400, 401, 405, 415, 429, 503)
router = APIRouter(
    route_class=KeyedRoute, dependencies=[Security(HTTPBearer(auto_error=False))], tags=["Opt-outs and replies"]
)


class NewOptOut(BaseModel):
    """Somebody who must not be messaged any more."""

    model_config = ConfigDict(extra="forbid")

    to: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\x00]*$")] = Field(
        description="The number, in any form that is clear in the installation's region.", examples=["+12025550123"]
    )


class ListedOptOut(BaseModel):
    """One number that nothing is sent to."""

    to: str
    since: str | None
    source: str = Field(description="reply, twilio_21610, by_hand or import.")


class OptOuts(BaseModel):
    """Numbers, newest first."""

    opt_outs: list[ListedOptOut]
    next: str | None = Field(description="The cursor of the next page; null on the last one.")


class Reply(BaseModel):
    """What a person wrote."""

    id: int
    message_sid: str
    sender: str = Field(alias="from")
    to: str = Field(description="Our number or service that got it.")
    body: str | None
    media_count: int
    keyword: str | None = Field(description="stop, start or help.")
    campaign_id: int | None = Field(description="The campaign that it answers.")
    at: str | None


class Replies(BaseModel):
    """Replies, newest first."""

    replies: list[Reply]
    next: str | None = Field(description="The cursor of the next page; null on the last one.")


@router.get(
    "/opt-outs", operation_id="listOptOuts", summary="Numbers that nothing is sent to", responses=answers(*_KEYED)
)
async def list_opt_outs(
    request: Request,
    to: Annotated[str | None, Query(description="Only numbers that contain these digits.", max_length=40)] = None,
    cursor: Annotated[str | None, Query(description="`next` of the page before.", max_length=20)] = None,
) -> OptOuts:
    """Everybody who said stop, and whom Twilio or somebody here put on the list."""
    context = context_of(request)
    offset = 0 if cursor is None else positive_number("cursor", cursor)
    found = await context.threads.run(_opt_outs, context.ledger, to or "", offset, seconds=DATABASE_SECONDS)
    listed = [ListedOptOut(to=one.recipient, since=iso(one.since), source=one.source) for one in found[:_PAGE]]
    return OptOuts(opt_outs=listed, next=str(offset + _PAGE) if len(found) > _PAGE else None)


@router.post(
    "/opt-outs",
    operation_id="addOptOut",
    summary="Send nothing to a number any more",
    status_code=201,
    responses=answers(*_KEYED, 403),
)
async def add_opt_out(request: Request, number: NewOptOut) -> ListedOptOut:
    """On the list already is no error."""
    context, by = context_of(request), user_of(request)

    def add() -> OptOut:
        recipient = add_by_hand(context.ledger, context.settings, by, number.to, note="API")
        return _opt_outs(context.ledger, recipient, 0)[0]

    found = await context.threads.run(add, seconds=DATABASE_SECONDS)
    return ListedOptOut(to=found.recipient, since=iso(found.since), source=found.source)


@router.get("/replies", operation_id="listReplies", summary="What people wrote back", responses=answers(*_KEYED))
async def list_replies(
    request: Request,
    since: Annotated[str | None, Query(description="Only what came then or later: ISO 8601.")] = None,
    cursor: Annotated[str | None, Query(description="`next` of the page before.", max_length=20)] = None,
) -> Replies:
    """Newest first."""
    context = context_of(request)
    after = None if since is None else moment("since", since).timestamp()
    before = None if cursor is None else positive_number("cursor", cursor)
    found = await context.threads.run(_replies, context.ledger, after, before, seconds=DATABASE_SECONDS)
    shown = [Reply.model_validate(_fields(one)) for one in found[:_PAGE]]
    return Replies(replies=shown, next=str(shown[-1].id) if len(found) > _PAGE else None)


def _opt_outs(ledger: Ledger, digits: str, offset: int) -> list[OptOut]:
    with ledger.read() as connection:
        return search(connection, digits, limit=_PAGE + 1, offset=offset)


def _replies(ledger: Ledger, since: float | None, before: int | None) -> list[InboundMessage]:
    with ledger.read() as connection:
        return all_replies(connection, since=since, before=before, limit=_PAGE + 1)


def _fields(one: InboundMessage) -> dict[str, Any]:
    return {
        "id": one.id,
        "message_sid": one.message_sid,
        "from": one.sender,
        "to": one.address,
        "body": one.body,
        "media_count": one.media_count,
        "keyword": one.keyword,
        "campaign_id": one.campaign_id,
        "at": iso(one.at),
    }
