"""`GET /messages/{sid}`: what this installation last heard about a message that it sent."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Security
from fastapi.security import HTTPBearer
from sqlalchemy import select

from mms.http.context import context_of
from mms.http.middleware.authentication import DATABASE_SECONDS, KeyedRoute
from mms.http.middleware.error_responses import ApiProblem
from mms.http.routes.descriptions import MESSAGE
from mms.http.routes.models import MessageStatus
from mms.ledger import Ledger
from mms.ledger.tables import rows
from mms.twilio_client import is_message_sid
from mms.twilio_codes import explain

router = APIRouter(route_class=KeyedRoute, dependencies=[Security(HTTPBearer(auto_error=False))])


@router.get("/messages/{sid}", **MESSAGE)
async def message(request: Request, sid: str) -> MessageStatus:
    """The last status that Twilio told, by receipt or when asked."""
    context = context_of(request)
    found = await context.threads.run(_status, context.ledger, sid, seconds=DATABASE_SECONDS)
    if found is None:
        raise ApiProblem.of(404, "no_such_message", "This installation sent no message with this SID.")
    return found


def _status(ledger: Ledger, sid: str) -> MessageStatus | None:
    if not is_message_sid(sid):
        return None
    columns = (rows.c.provider_status, rows.c.state, rows.c.error_code, rows.c.updated_at)
    with ledger.read() as connection:
        found = connection.execute(select(*columns).where(rows.c.message_sid == sid)).first()
    if found is None:
        return None
    code = found.error_code
    return MessageStatus(
        sid=sid,
        status=found.provider_status or found.state,
        twilio_code=code,
        error=explain(code).meaning if code else None,
        updated_at=datetime.fromtimestamp(found.updated_at, UTC).isoformat(timespec="seconds"),
    )
