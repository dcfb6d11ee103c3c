"""What `app.py` hands to Streamlit's ASGI server: routes, middleware, and what lives as long as the server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from mms.http.api import create_api
from mms.http.context import Context
from mms.http.exposure import Exposure, allowed_hosts
from mms.http.headers import SecurityHeaders
from mms.http.limits import BodyLimits
from mms.http.request_ids import RequestIds
from mms.http.stopping import called_at_stop

WITH_BODY = frozenset({"/send-mms", "/twilio/status", "/twilio/inbound"})
PATHS = (
    *("/send-mms", "/messages/{sid:path}", "/openapi.json", "/docs", "/health", "/ready", "/metrics"),
    *("/twilio/status", "/twilio/inbound", "/pictures/{name:path}", "/reports/{name:path}"),
)
"""Everything else is Streamlit's, `/media` and `/static` too."""


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that is served beside the dashboard."""

    routes: list[BaseRoute]
    middleware: list[Middleware]
    lifespan: Callable[[Any], AbstractAsyncContextManager[None]]
    hosts: tuple[str, ...]


def site(context: Context, *, signs_in: bool) -> Site:
    """The site over a context; nothing runs before its lifespan begins, and the context is closed at its end."""
    settings = context.settings
    api = create_api(context)
    hosts = allowed_hosts(settings)
    return Site(
        routes=[Route(path, endpoint=api) for path in PATHS],
        middleware=[
            Middleware(RequestIds, names=_names(), metrics=context.metrics),
            Middleware(SecurityHeaders, over_https=(settings.public_base_url or "").startswith("https://")),
            Middleware(Exposure, hosts=hosts, everyone_may_enter=signs_in or settings.allow_remote_without_sign_in),
            Middleware(BodyLimits, paths=WITH_BODY),
        ],
        lifespan=_lifespan(context),
        hosts=hosts,
    )


def _names() -> dict[str, str]:
    """A path's first part to the name under which its calls are counted; what a caller makes up is not counted."""
    return {"/" + path.split("/")[1]: "/" + path.split("/")[1] for path in PATHS}


def _lifespan(context: Context) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def life(_app: Any) -> AsyncIterator[None]:
        watching = asyncio.create_task(context.worker.run())
        try:
            with called_at_stop(context.stop):
                yield
        finally:
            context.stop()
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            context.close()

    return life
