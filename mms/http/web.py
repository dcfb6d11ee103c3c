"""What `app.py` hands to Streamlit's ASGI server: routes, middleware, and what lives as long as the server."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from mms.http.exposure import Exposure, allowed_hosts
from mms.http.headers import SecurityHeaders
from mms.ledger import Ledger
from mms.settings import Settings


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that is served beside the dashboard."""

    routes: list[BaseRoute]
    middleware: list[Middleware]
    lifespan: Callable[[Any], AbstractAsyncContextManager[None]]
    hosts: tuple[str, ...]


def site(settings: Settings, ledger: Ledger, *, signs_in: bool) -> Site:
    """The site over an open ledger; nothing runs before its lifespan begins."""
    hosts = allowed_hosts(settings)
    return Site(
        routes=[Route("/health", health)],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(Exposure, hosts=hosts, everyone_may_enter=signs_in or settings.allow_remote_without_sign_in),
        ],
        lifespan=_lifespan(ledger),
        hosts=hosts,
    )


def _lifespan(ledger: Ledger) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def life(_app: Any) -> AsyncIterator[None]:
        try:
            yield
        finally:
            ledger.close()

    return life


async def health(_request: Request) -> JSONResponse:
    """The process is alive."""
    return JSONResponse({"status": "UP"})
