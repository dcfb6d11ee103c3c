"""`/Messages`: create, fetch, update, delete, and the media of a message."""

import asyncio
import json
import time
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from mms.practice.api.asked import practice_of
from mms.practice.api.faulty import answer_with_fault, leave_unaccepted
from mms.practice.messages.create_request import CreateRequest
from mms.practice.messages.faults import NEVER_ACCEPTED, Kind, refusal_code
from mms.practice.messages.message import FINAL, Message, as_json, first_json, media_json
from mms.practice.messages.message_log import CreateRecord
from mms.practice.messages.new_message import Moment, new_message
from mms.practice.messages.outcomes import OPTED_OUT, VALIDITY_EXPIRED, Outcome, outcome_for
from mms.practice.messages.refusals import Refusal
from mms.practice.messages.rules import MAX_VALIDITY_SECONDS, first_refusal
from mms.practice.messages.shown import shown
from mms.practice.state import Practice


async def create(request: Request) -> Response:
    """`POST Messages.json`. The message is in the log before the 201 leaves."""
    practice = practice_of(request)
    arrived = (time.time(), time.monotonic())
    form = (await request.body()).decode("utf-8", "replace")
    fault = practice.faults.next_for_create(practice.in_flight)
    if fault in NEVER_ACCEPTED:
        await practice.log.add(CreateRecord(*arrived, form, fault, 0, None, None))
        return await leave_unaccepted(request, practice.faults.plan, fault)
    if fault == Kind.SLOW_BEFORE:
        await asyncio.sleep(practice.faults.plan.slow_ms / 1000)
    wanted = CreateRequest.from_form(form)
    if fault == Kind.LANDS_LATE:
        practice.agenda.at(time.time() + practice.faults.plan.lands_after, partial(_land, practice, wanted, form))
        return await answer_with_fault(request, practice.faults.plan, Kind.RESET_AFTER, Response(status_code=500))
    try:
        outcome = _accepted(practice, wanted, fault)
    except Refusal as refusal:
        await practice.log.add(CreateRecord(*arrived, form, fault, refusal.status, refusal.code, None))
        raise
    message = new_message(wanted, outcome, Moment(time.time(), practice.time_scale))
    await practice.log.add(CreateRecord(*arrived, form, fault, 201, None, message.sid), message)
    practice.follow(message, message.created_at)
    answer = _json_response(shown(first_json(message), practice.faults.plan), 201)
    return await answer_with_fault(request, practice.faults.plan, fault, answer)


async def _land(practice: Practice, wanted: CreateRequest, form: str) -> None:
    """A request whose connection died long ago arrives all the same: the network held its packets back."""
    arrived = (time.time(), time.monotonic())
    try:
        outcome = _accepted(practice, wanted, Kind.OK)
    except Refusal as refusal:
        record = CreateRecord(*arrived, form, Kind.LANDS_LATE, refusal.status, refusal.code, None)
        await practice.log.add(record)
        return
    message = new_message(wanted, outcome, Moment(time.time(), practice.time_scale))
    await practice.log.add(CreateRecord(*arrived, form, Kind.LANDS_LATE, 201, None, message.sid), message)
    practice.follow(message, message.created_at)


def _accepted(practice: Practice, wanted: CreateRequest, fault: str) -> Outcome:
    """What will become of the message. Raises Refusal when Twilio would not take it."""
    code = refusal_code(fault) or first_refusal(wanted)
    blocked = practice.opt_outs.blocks(wanted)
    if code is None and blocked and wanted.service_sid:
        return OPTED_OUT
    if code is None and blocked:
        code = 21610
    if code is not None:
        raise Refusal(code, to=wanted.to, sender=wanted.sender, callback=wanted.callback, validity=wanted.validity)
    return _in_time(practice, wanted, outcome_for(wanted.to))


def _in_time(practice: Practice, wanted: CreateRequest, outcome: Outcome) -> Outcome:
    waits = practice.faults.plan.queue_seconds
    return VALIDITY_EXPIRED if waits > float(wanted.validity or MAX_VALIDITY_SECONDS) else outcome


async def fetch(request: Request) -> Response:
    """`GET Messages/{Sid}.json`."""
    practice = practice_of(request)
    practice.calls["fetch"] += 1
    return _json_response(shown(as_json(_message(request), time.time()), practice.faults.plan))


async def update(request: Request) -> Response:
    """`POST Messages/{Sid}.json`: `Status=canceled` for a scheduled message, `Body=` to redact a finished one."""
    message, now = _message(request), time.time()
    form = await request.form()
    if form.get("Status") == "canceled":
        message = _canceled(practice_of(request), message, now)
    elif form.get("Body") == "":
        message = message._replace(body="")
    else:
        raise Refusal(30400)
    practice_of(request).log.replace(message)
    return _json_response(as_json(message, now))


async def delete(request: Request) -> Response:
    """`DELETE Messages/{Sid}.json`; only a message in a final state can go."""
    message = _message(request)
    if message.status(time.time()) not in FINAL | {"sent"}:
        raise Refusal(20009)
    practice_of(request).log.delete(message.sid)
    return Response(status_code=204)


async def media_file(request: Request) -> Response:
    """`GET Messages/{Sid}/Media/{Sid}`: sends on to where the file lies, as Twilio does."""
    message = _message(request)
    for one, url in zip(media_json(message), message.media_urls, strict=True):
        if one["sid"] == request.path_params["media"]:
            return RedirectResponse(url, 307)
    raise Refusal(20404, path=request.url.path)


async def media(request: Request) -> Response:
    """`GET Messages/{Sid}/Media.json`."""
    message = _message(request)
    uri = request.url.path
    return JSONResponse({"media_list": media_json(message), "uri": uri, "page": 0, "next_page_uri": None})


def _message(request: Request) -> Message:
    message = practice_of(request).log.find(request.path_params["sid"])
    if message is None:
        raise Refusal(20404, path=request.url.path)
    return message


def _canceled(practice: Practice, message: Message, now: float) -> Message:
    if message.status(now) != "scheduled":
        raise Refusal(30409)
    if message.callback:
        practice.agenda.at(now, lambda: practice.callbacks.tell(message.sid, now))
    return message._replace(canceled_at=now)


def _json_response(content: object, status: int = 200) -> Response:
    return Response(json.dumps(content), status, media_type="application/json")
