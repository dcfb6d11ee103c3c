"""`GET /messages/{sid or id}` and `GET /messages`: what this installation last heard about what it sent."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Security
from fastapi.security import HTTPBearer

from mms.campaigns.message_list import Message, MessageFilter, message_json, message_named, messages
from mms.http.context import context_of
from mms.http.middleware.authentication import DATABASE_SECONDS, KeyedRoute
from mms.http.middleware.error_responses import ApiProblem
from mms.http.routes.descriptions import MESSAGE, MESSAGES
from mms.http.routes.models import ListedMessage, MessagePage, MessageStatus
from mms.http.routes.query_values import moment, positive_number
from mms.ledger import Ledger
from mms.phones import PhoneRules, check_number
from mms.settings import Settings

_PAGE = 100
router = APIRouter(route_class=KeyedRoute, dependencies=[Security(HTTPBearer(auto_error=False))])


@router.get("/messages/{name}", **MESSAGE)
async def message(request: Request, name: str) -> MessageStatus:
    """The last status that Twilio told, by receipt or when asked. `name` is Twilio's SID, or our `id`."""
    context = context_of(request)
    found = await context.threads.run(_named, context.ledger, name, seconds=DATABASE_SECONDS)
    if found is None:
        raise ApiProblem.of(404, "no_such_message", "This installation sent no message with this SID or id.")
    return MessageStatus(**message_json(found))


@router.get("/messages", **MESSAGES)
async def message_list(
    request: Request,
    to: Annotated[str | None, Query(description="Only to this recipient.", max_length=40)] = None,
    since: Annotated[str | None, Query(description="Only what was asked for then or later: ISO 8601.")] = None,
    status: Annotated[str | None, Query(description="Only with this status.", max_length=32)] = None,
    reference: Annotated[str | None, Query(description="Only with your own name for it.", max_length=255)] = None,
    idempotency_key: Annotated[
        str | None, Query(alias="idempotencyKey", description="Only of this key.", max_length=255)
    ] = None,
    cursor: Annotated[str | None, Query(description="`next` of the page before.", max_length=20)] = None,
) -> MessagePage:
    """A hundred messages, newest first: single ones and those of campaigns."""
    context = context_of(request)
    chosen = MessageFilter(
        mode=context.settings.mode.value,
        recipient=None if to is None else _recipient(context.settings, to),
        since=None if since is None else moment("since", since).timestamp(),
        status=status,
        reference=reference,
        idempotency_key=idempotency_key,
        key_name=request.state.key_name,
        before=None if cursor is None else positive_number("cursor", cursor),
    )
    found = await context.threads.run(_listed, context.ledger, chosen, seconds=DATABASE_SECONDS)
    more = len(found) > _PAGE
    shown = [ListedMessage(**message_json(one)) for one in found[:_PAGE]]
    return MessagePage(messages=shown, next=str(shown[-1].id) if more else None)


def _recipient(settings: Settings, to: str) -> str:
    """The number as the ledger has it; what is no number at all was messaged by nobody, and finds nothing."""
    rules = PhoneRules(settings.region, allow_fictional=True, other_countries=True)
    return check_number(to, rules).e164 or to.replace("\x00", "")


def _named(ledger: Ledger, name: str) -> Message | None:
    with ledger.read() as connection:
        return message_named(connection, name)


def _listed(ledger: Ledger, chosen: MessageFilter) -> list[Message]:
    with ledger.read() as connection:
        return messages(connection, chosen, limit=_PAGE + 1)
