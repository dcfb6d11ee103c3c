"""Routes behind an API key: the key is looked at before anything else of the call, its rate right after."""

import math
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from mms.api_keys import digests, holder, note_use
from mms.http.context import context_of
from mms.http.models import Problem
from mms.http.problems import ApiProblem
from mms.http.rate_limit import CALLS_PER_MINUTE, OPTION
from mms.ledger import Ledger
from mms.ledger.options import option
from mms.settings import Settings

DATABASE_SECONDS = 5.0


class KeyedRoute(APIRoute):
    """Answers 503 while no key exists, 401 without a known key, 429 above its rate; else calls the route."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's own handler behind the check."""
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            request.state.key_name = await _admitted(request)
            return await handle(request)

        return checked


async def _admitted(request: Request) -> str:
    context = context_of(request)
    known, calls_per_minute = await context.threads.run(
        _keys_and_rate, context.ledger, context.settings, seconds=DATABASE_SECONDS
    )
    if not known:
        message = "The API is closed until a key exists. Make one on the Settings page, or set MMS_API_KEYS."
        raise ApiProblem.of(503, "no_keys", message)
    scheme, _, presented = request.headers.get("Authorization", "").partition(" ")
    name = holder(known, presented.strip()) if scheme.lower() == "bearer" else None
    if name is None:
        problem = Problem(code="unauthorized", message="Send a valid key: Authorization: Bearer KEY.")
        raise ApiProblem(401, problem, {"WWW-Authenticate": 'Bearer realm="MMS Campaigns"'})
    wait = context.rate_limit.wait(name, calls_per_minute)
    if wait:
        problem = Problem(code="too_many_calls", message="This key has called too often. Wait, then ask again.")
        raise ApiProblem(429, problem, {"Retry-After": str(math.ceil(wait))})
    await context.threads.run(note_use, context.ledger, name, seconds=DATABASE_SECONDS)
    return name


def _keys_and_rate(ledger: Ledger, settings: Settings) -> tuple[dict[str, str], float]:
    with ledger.read() as connection:
        return digests(connection, settings), float(option(connection, OPTION, CALLS_PER_MINUTE))
