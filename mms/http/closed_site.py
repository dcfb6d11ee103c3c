"""What is served while the settings are wrong: the dashboard shows how to mend them, everything else answers 503."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mms.errors import MmsError
from mms.http.asgi import ApiRoute, Site, UnderPrefix
from mms.http.middleware.host_guard import HostGuard
from mms.http.middleware.security_headers import SecurityHeaders
from mms.http.new_start import offered
from mms.settings import LOOPBACK_HOSTS

RETRY_SECONDS = 60
_ALIVE = "/health"


def closed_site(fault: MmsError, *, signs_in: bool, base_path: str = "") -> Site:
    """The site that says why; the page under this computer's own names only.

    Twilio and programs may call it by any name: which one is public is not known as long as the settings are wrong.
    """
    hosts = tuple(sorted(LOOPBACK_HOSTS))
    prefix = f"/{base_path.strip('/')}" if base_path.strip("/") else ""
    return Site(
        routes=[ApiRoute(_answer(fault))],
        middleware=[
            *([Middleware(UnderPrefix, prefix=prefix)] if prefix else []),
            Middleware(SecurityHeaders, over_https=False),
            Middleware(HostGuard, hosts=hosts, everyone_may_enter=signs_in, api_by_any_name=True),
        ],
        lifespan=_nothing_lives,
        hosts=hosts,
    )


def _answer(fault: MmsError) -> ASGIApp:
    content = {"success": False, "code": "settings", "message": f"Nothing is sent: {fault.message}"}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if Request(scope).url.path == _ALIVE:  # the process lives: whoever watches it need not start it anew
            answer = JSONResponse({"status": "UP", "ready": False})
        else:
            answer = JSONResponse(content, status_code=503, headers={"Retry-After": str(RETRY_SECONDS)})
        await answer(scope, receive, send)

    return app


@asynccontextmanager
async def _nothing_lives(_app: Any) -> AsyncIterator[None]:
    with offered():
        yield
