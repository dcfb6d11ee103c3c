"""Routes behind an API key: the key is looked at before anything else of the call, its rate right after."""

import math
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from mms.access.api_keys import OpenKey, Scope, holder, open_keys
from mms.access.traces import API, WRONG_KEY, trace
from mms.http.context import Context, context_of
from mms.http.middleware.error_responses import ApiProblem
from mms.http.middleware.rate_limit import CALLS_PER_MINUTE, OPTION
from mms.http.middleware.strictness import refuse_unread
from mms.http.routes.models import Problem
from mms.ledger import Ledger
from mms.ledger.options import option
from mms.settings import Settings

DATABASE_SECONDS = 5.0
WRONG_KEYS_PER_MINUTE = 60
_READING = ("GET", "HEAD")


class KeyedRoute(APIRoute):
    """Answers 503 while no key exists, 401 without a known key, 429 above its rate; else calls the route."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's own handler behind the check."""
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            request.state.key_name = await admitted(request)
            if request.method == "POST":
                _require_room(context_of(request))
            refuse_unread(request, self)
            return await handle(request)

        return checked


async def admitted(request: Request) -> str:
    """The name of the key with which a call comes; raises ApiProblem where it may not pass."""
    context = context_of(request)
    scheme, _, presented = request.headers.get("Authorization", "").partition(" ")
    found = await context.threads.run(
        _look, context.ledger, context.settings, presented.strip(), seconds=DATABASE_SECONDS
    )
    if not found.is_open:
        message = "The API is closed until a key exists. Make one on the Settings page, or set MMS_API_KEYS."
        raise ApiProblem.of(503, "no_keys", message)
    if found.key is None or scheme.lower() != "bearer":
        if presented.strip():  # no key at all is an oversight; only a wrong one is a guess
            await _slow_down(context, request)
        problem = Problem(code="unauthorized", message="Send a valid key: Authorization: Bearer KEY.")
        raise ApiProblem(401, problem, {"WWW-Authenticate": 'Bearer realm="MMS Campaigns"'})
    name = found.key.name
    context.key_uses.note(name)
    if found.key.scope is Scope.READ and request.method not in _READING:
        message = "This key may only read. Use a key for sending; an admin makes one on the Settings page."
        raise ApiProblem.of(403, "read_only_key", message)
    wait = context.rate_limit.wait(name, found.calls_per_minute)
    if wait:
        problem = Problem(code="too_many_calls", message="This key has called too often. Wait, then ask again.")
        raise ApiProblem(429, problem, {"Retry-After": str(math.ceil(wait))})
    return name


def _require_room(context: Context) -> None:
    """At once: a database without room lets callers wait before it says so."""
    disk = context.disk()
    if disk and disk.is_full:
        message = "The disk of this installation is full, so nothing was done. Its operator has to make room."
        raise ApiProblem(503, Problem(code="disk_full", message=message), {"Retry-After": "60"})


async def _slow_down(context: Context, request: Request) -> None:
    """Wrong keys from one address are answered so often; a right one is taken from there all the same."""
    address = request.client.host if request.client else ""
    if not context.wrong_key_traces.wait(address, 1):
        what = partial(trace, context.ledger, API, WRONG_KEY, subject=address)
        await context.threads.run(what, seconds=DATABASE_SECONDS)
    if wait := context.wrong_keys.wait(address, WRONG_KEYS_PER_MINUTE):
        problem = Problem(code="too_many_calls", message="Too many calls with a wrong key. Wait, then ask again.")
        raise ApiProblem(429, problem, {"Retry-After": str(math.ceil(wait))})


@dataclass(frozen=True, slots=True)
class _Found:
    """What the ledger says about a presented key."""

    is_open: bool  # whether any key exists
    key: OpenKey | None
    calls_per_minute: float


def _look(ledger: Ledger, settings: Settings, presented: str) -> _Found:
    with ledger.read() as connection:
        known = open_keys(connection, settings, ledger.now(connection))
        key = holder(known, presented)
        calls_per_minute = float(option(connection, OPTION, CALLS_PER_MINUTE))
    return _Found(bool(known), key, calls_per_minute)
