"""`POST /twilio/status` and `/twilio/inbound`: signed by Twilio, or refused.

The answer comes after a short commit, so that nothing that Twilio was told is safe can be lost. When the database
does not answer within two seconds the answer is 503: Twilio asks again (where the address ends in `#rc=5&rp=all`),
and a receipt that never comes is fetched from Twilio's log.
"""

from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from twilio.request_validator import RequestValidator

from mms.http.context import WEBHOOK_SECONDS, Context, context_of
from mms.http.middleware.error_responses import ApiProblem, database_busy
from mms.http.work_threads import Overloaded, TookTooLong
from mms.opt_outs.replies import Inbound, receive

_MOST_FIELDS = 200
_MOST_DIGITS = 19  # of a row's number
_NO_REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'  # Twilio itself answers STOP, START and HELP

log = structlog.get_logger(__name__)
router = APIRouter(include_in_schema=False)


@router.post("/twilio/status")
async def status(request: Request) -> Response:
    """A receipt. One about a message that we do not know is counted and answered like any other."""
    context = context_of(request)
    form = await _signed_form(context, request)
    row = request.query_params.get("row", "")
    row_id = int(row) if row.isascii() and row.isdecimal() and len(row) < _MOST_DIGITS else None
    try:
        effect = await context.callbacks.do((form, row_id))
    except (Overloaded, TookTooLong):
        raise _not_stored() from None
    context.metrics.callbacks.labels(effect.value).inc()
    log.info("receipt", message_sid=form.get("MessageSid"), status=form.get("MessageStatus"), effect=effect.value)
    return Response(status_code=204)


@router.post("/twilio/inbound")
async def inbound(request: Request) -> Response:
    """A message from a person: an opt-out, or an answer to a campaign."""
    context = context_of(request)
    message = Inbound.from_form(await _signed_form(context, request))
    if message.message_sid and message.sender:
        try:
            keyword = await context.threads.run(receive, context.ledger, message, seconds=WEBHOOK_SECONDS)
        except (Overloaded, TookTooLong, SQLAlchemyError):
            raise _not_stored() from None
        context.metrics.replies.labels(keyword or "other").inc()
        log.info("reply", message_sid=message.message_sid, keyword=keyword)
    return Response(_NO_REPLY, media_type="text/xml")


def _not_stored() -> ApiProblem:
    log.warning("webhook not stored in time; Twilio will ask again")
    return database_busy()


async def _signed_form(context: Context, request: Request) -> dict[str, str]:
    """All fields, empty ones too: an MMS without text has an empty Body, and the signature covers it."""
    token = await context.threads.run(context.webhook_token, seconds=WEBHOOK_SECONDS)
    signature = request.headers.get("X-Twilio-Signature", "")
    try:
        fields = parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        fields = []
    form = dict(fields)
    if token and fields and RequestValidator(token).validate(_public_url(context, request), form, signature):
        return form
    log.warning("webhook refused", reason="signature" if token else "no auth token in the settings")
    raise ApiProblem.of(403, "bad_signature", "This call is not signed by Twilio for this address.")


def _public_url(context: Context, request: Request) -> str:
    """The address as Twilio called it: behind a proxy only the settings know it."""
    base = context.settings.public_base_url or str(request.base_url).rstrip("/")
    query = request.url.query
    return f"{base}{request.url.path}{'?' + query if query else ''}"
