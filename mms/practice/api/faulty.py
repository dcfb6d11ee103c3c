"""Carries out the faults of `mms.practice.messages.faults` on one create request."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from mms.practice.api.front import refusal_response
from mms.practice.messages.faults import Kind, Plan
from mms.practice.messages.refusals import Refusal


async def leave_unaccepted(request: Request, plan: Plan, fault: str) -> Response:
    """The end of a create that was never looked at."""
    await _delay(plan)
    if fault == Kind.RESET_BEFORE:
        return _reset(request)
    if fault == Kind.HANG_BEFORE:
        return await _hang(request, plan)
    if fault == Kind.ERROR_BEFORE:
        return refusal_response(Refusal(20500))
    busy = refusal_response(Refusal(20429))
    if fault == Kind.BUSY_RETRY_AFTER:
        busy.headers["Retry-After"] = str(plan.retry_after)
    return busy


async def answer_with_fault(request: Request, plan: Plan, fault: str, answer: Response) -> Response:
    """The answer to an accepted create, as the plan spoils it."""
    await _delay(plan)
    spoil = _AFTER.get(fault)
    return await spoil(request, plan, answer) if spoil else answer


async def _error(_request: Request, _plan: Plan, _answer: Response) -> Response:
    return refusal_response(Refusal(20500))


async def _reset_after(request: Request, _plan: Plan, _answer: Response) -> Response:
    return _reset(request)


async def _hang_after(request: Request, plan: Plan, _answer: Response) -> Response:
    return await _hang(request, plan)


async def _broken_json(_request: Request, _plan: Plan, answer: Response) -> Response:
    return Response(bytes(answer.body)[: len(answer.body) // 2], 201, media_type="application/json")


async def _html(_request: Request, _plan: Plan, _answer: Response) -> Response:
    return HTMLResponse("<html><body><h1>Welcome to the airport Wi-Fi</h1></body></html>", 201)


async def _slow(_request: Request, plan: Plan, answer: Response) -> Response:
    await asyncio.sleep(plan.slow_ms / 1000)
    return answer


_AFTER: dict[str, Callable[[Request, Plan, Response], Awaitable[Response]]] = {
    Kind.ERROR_AFTER: _error,
    Kind.RESET_AFTER: _reset_after,
    Kind.HANG_AFTER: _hang_after,
    Kind.BROKEN_JSON: _broken_json,
    Kind.HTML: _html,
    Kind.SLOW_AFTER: _slow,
}


async def _delay(plan: Plan) -> None:
    if plan.delay_ms:
        await asyncio.sleep(plan.delay_ms / 1000)


def _reset(request: Request) -> Response:
    request.app.state.host.reset_connection(request.client)
    return Response(status_code=500)  # nobody is there to read it


async def _hang(request: Request, plan: Plan) -> Response:
    """Say nothing until the caller gives up, or for `hang_seconds`; then cut the connection."""
    try:
        async with asyncio.timeout(plan.hang_seconds):
            while (await request.receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        pass
    return _reset(request)
