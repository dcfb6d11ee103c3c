"""`POST /send-mms`: one message through the same sender, ledger and pace as campaigns, and Twilio's answer."""

import math
import re
from dataclasses import replace
from functools import partial
from typing import Annotated

import structlog
from fastapi import APIRouter, Header, Request, Response, Security
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer

from mms.campaigns.launch.senders import chosen_address, default_rate
from mms.campaigns.single_message import SingleResult, Turn, single_result, turn_of
from mms.http.context import ADMISSION_SECONDS, Context, context_of
from mms.http.idempotency import Call, earlier_in_search, earlier_undecided, opted_out, withdraw
from mms.http.middleware.authentication import KeyedRoute
from mms.http.middleware.error_responses import ApiProblem
from mms.http.routes.descriptions import SEND_MMS
from mms.http.routes.models import Problem, Queued, SendMms, Waiting
from mms.http.work_threads import TookTooLong
from mms.media.check.links import read_link
from mms.media.check.messages import LinkFault
from mms.media.check.messages import Reason as LinkReason
from mms.phones import PhoneRules, check_number
from mms.problem_texts import PHONE_TEXTS
from mms.states import Reason, RowState, SkipReason
from mms.twilio_codes import explain

TURN_SECONDS = 10.0  # beyond Twilio's own time: a caller waits so long for the sender's turn (contract)
_ASYNC = "respond-async"  # RFC 7240
_IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,255}")
_DECIDED = {  # a person's word about a message of which Twilio's log could not tell
    "person_sent": "Twilio did not answer. A person decided that the message went out, so it is not sent again.",
    "person_give_up": "Twilio did not answer, so the message may have gone out. A person decided to leave it.",
}

log = structlog.get_logger(__name__)
router = APIRouter(route_class=KeyedRoute, dependencies=[Security(HTTPBearer(auto_error=False))])


@router.post("/send-mms", **SEND_MMS)
async def send_mms(
    request: Request,
    message: SendMms,
    idempotency_key: Annotated[
        str | None,
        Header(description="Your own name for this message: repeating it never sends twice.", max_length=255),
    ] = None,
    prefer: Annotated[
        str | None,
        Header(description="`respond-async`: answer 202 as soon as the message is committed.", max_length=255),
    ] = None,
) -> Queued | Response:
    """Send one picture message and wait for Twilio's answer; not when its turn comes late, or nobody wants to wait."""
    is_async = _ASYNC in (prefer or "").lower()
    try:
        return await _sent(context_of(request), message, request.state.key_name, idempotency_key, is_async=is_async)
    except ApiProblem as problem:
        raise problem.about(message.reference) from None


async def _sent(
    context: Context, message: SendMms, key_name: str, idempotency_key: str | None, *, is_async: bool
) -> Queued | Response:
    call = _checked(context, message, key_name, idempotency_key)
    try:
        campaign_id = await context.admissions.do(call)
    except TookTooLong:
        raise _unknown(idempotency_key) from None
    if isinstance(campaign_id, ApiProblem):
        raise campaign_id
    context.worker.wake()
    log.info("message queued", campaign=campaign_id, key_name=call.key_name)
    turn = await _turn(context, call, campaign_id)
    if not is_async and turn.seconds <= TURN_SECONDS:
        result = await _outcome(context, campaign_id)
        if result.state is not RowState.READY:
            return _answer(result, idempotency_key, message.reference)
    return _waiting(turn, message.reference, is_async=is_async)


def _waiting(turn: Turn, reference: str | None, *, is_async: bool) -> Response:
    headers = {"Location": f"/messages/{turn.row_id}", "Retry-After": str(max(1, math.ceil(turn.seconds)))}
    if is_async:
        headers["Preference-Applied"] = _ASYNC
    content = Waiting(id=turn.row_id, reference=reference).model_dump(exclude_none=True)
    return JSONResponse(content, 202, headers)


async def _turn(context: Context, call: Call, campaign_id: int) -> Turn:
    look = partial(turn_of, rate=default_rate(context.settings, call.sender_address))
    return await context.threads.run(look, context.ledger, campaign_id, seconds=ADMISSION_SECONDS)


async def _outcome(context: Context, campaign_id: int) -> SingleResult:
    """Twilio's answer, or how things stand when it takes too long; a message whose turn has not come stays queued."""
    result = await context.outcomes.of(campaign_id, TURN_SECONDS)
    if result is None:
        result = await _look(context, campaign_id)
        if result.state is RowState.SENDING:  # claimed ahead of its turn, or at Twilio already
            patience = TURN_SECONDS + context.settings.request_timeout
            result = await context.outcomes.of(campaign_id, patience) or result
    if result.is_held:  # a person has to decide first: take it back, unless Twilio was asked meanwhile
        await context.threads.run(withdraw, context.ledger, campaign_id, seconds=ADMISSION_SECONDS)
        now = await _look(context, campaign_id)
        result = replace(now, held_for=result.held_for, held_reason=result.held_reason)
    return result


async def _look(context: Context, campaign_id: int) -> SingleResult:
    return await context.threads.run(single_result, context.ledger, campaign_id, seconds=ADMISSION_SECONDS)


def _checked(context: Context, message: SendMms, key_name: str, idempotency_key: str | None) -> Call:
    require_key(idempotency_key)
    if not message.body.strip():
        raise _invalid("body", "is empty")
    return Call(
        key_name=key_name,
        idempotency_key=idempotency_key,
        recipient=_recipient(context, message.to),
        body=message.body,
        media_urls=tuple(_media_url(context, url) for url in message.media_urls),
        sender_address=_sender(context, message.sender),
        account_sid=context.account.account_sid,
        mode=context.settings.mode.value,
        reference=message.reference,
    )


def require_key(idempotency_key: str | None) -> None:
    """Go on when there is no idempotency key, or a fit one."""
    if idempotency_key is not None and not _IDEMPOTENCY_KEY.fullmatch(idempotency_key):
        raise _invalid("Idempotency-Key", "must be 1 to 255 visible ASCII characters")


def _recipient(context: Context, to: str) -> str:
    settings = context.settings
    rules = PhoneRules(
        settings.region,
        allow_fictional=settings.allows_fictional_numbers,
        own_numbers=frozenset(context.senders),
    )
    verdict = check_number(to, rules)
    if verdict.e164 is None:
        assert verdict.code is not None  # noqa: S101 - a verdict has one or the other
        raise _invalid("to", f"is not a number to send to: {PHONE_TEXTS[verdict.code]}", as_it_is=True)
    return verdict.e164


def _media_url(context: Context, url: str) -> str:
    allow_private = context.settings.allow_private_media
    try:
        link = read_link(url, allow_private=allow_private)
        if link.scheme != "https" and not allow_private:  # in practice as in live
            raise LinkFault(LinkReason.OTHER_SCHEME, scheme=link.scheme)
        return str(link)
    except LinkFault:
        raise _invalid("mediaUrl", "must be a public web address that starts with https://") from None


def _sender(context: Context, wanted: str | None) -> str:
    if wanted is not None and wanted not in context.senders:
        raise _invalid("from", "is not a sender of this installation")
    return chosen_address(context.settings, context.senders, wanted)


def _answer(result: SingleResult, idempotency_key: str | None, reference: str | None) -> Queued:
    if result.message_sid:
        status = result.first_status or result.provider_status or "queued"
        return Queued(sid=result.message_sid, status=status, reference=reference)
    if result.state is RowState.REFUSED:
        raise _refused(result)
    if result.state in (RowState.SENDING, RowState.UNKNOWN):
        raise _unknown(idempotency_key)
    if result.reason in _DECIDED:
        raise ApiProblem.of(504, "unknown", _DECIDED[result.reason], status="unknown")
    if result.reason == SkipReason.OPTED_OUT:  # said stop after the call had come in
        raise opted_out()
    raise _not_sent(result)


def _refused(result: SingleResult) -> ApiProblem:
    advice = explain(result.error_code, result.http_status)
    message = f"Twilio refused the message: {advice.advice}"
    return ApiProblem.of(
        result.http_status or 400,
        "refused",
        message,
        twilio_code=result.error_code,
        error=advice.meaning,
    )


def _unknown(idempotency_key: str | None) -> ApiProblem:
    what_now = (
        "repeat the call with the same Idempotency-Key to learn what became of it."
        if idempotency_key
        else "do not repeat the call, because without an Idempotency-Key that would be a second message."
    )
    message = (
        f"Twilio did not answer, so the message may have gone out. It is being looked for in Twilio's log; {what_now}"
    )
    return ApiProblem.of(504, "unknown", message, status="unknown")


def _not_sent(result: SingleResult) -> ApiProblem:
    if result.held_for == Reason.UNKNOWN_ROWS:
        return earlier_undecided()
    if result.held_for == Reason.SETTLING:
        return earlier_in_search()
    why = result.held_reason or "The sender had no free turn in time."
    message = f"{why} The message was taken back and not sent; ask again later."
    return ApiProblem(503, Problem(code="not_in_time", message=message), {"Retry-After": "5"})


def _invalid(field: str, what: str, *, as_it_is: bool = False) -> ApiProblem:
    return ApiProblem.of(400, "invalid_field", f"{field} {what}{'' if as_it_is else '.'}", fields=[field])
