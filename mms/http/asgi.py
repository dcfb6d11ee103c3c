"""What `app.py` hands to Streamlit's ASGI server: routes, middleware, and what lives as long as the server."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from mms.access.sign_in import may_act
from mms.http.api import create_api
from mms.http.context import Context
from mms.http.middleware.body_limits import BodyLimits
from mms.http.middleware.host_guard import HostGuard, allowed_hosts
from mms.http.middleware.request_ids import RequestIds
from mms.http.middleware.security_headers import SecurityHeaders
from mms.http.middleware.upload_guard import UploadGuard
from mms.http.new_start import offered
from mms.http.own_paths import ALWAYS, SHARED, is_api
from mms.http.shutdown import called_at_stop
from mms.isolation import kept_ready
from mms.roles import Permission

WITH_BODY = frozenset({"/send-mms", "/twilio/status", "/twilio/inbound"})
WITH_LISTS = frozenset({"/campaigns", "/coupon-pools"})
LIST_BYTES = 50_000_000  # some hundred thousand rows
LIST_SECONDS = 120.0
_COUNTED = frozenset("/" + path.split("/")[1] for path in (*ALWAYS, *SHARED))
_AFTER_THE_FIRST_PAGE = 5.0  # seconds
_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9]+)?")


class ApiRoute(BaseRoute):
    """Everything that is the API's, with every method and every character that a path can hold."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """By the rule of `own_paths`; patterns would let a line break through to Streamlit."""
        return (Match.FULL if is_api(scope) else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Left to the application, with its whole path."""
        await self.app(scope, receive, send)


class OddNames:
    """Answers names below our paths that nothing of ours has, before Streamlit says a bare `Bad Request` to them."""

    def __init__(self, app: ASGIApp, *, api: ASGIApp) -> None:
        self.app = app
        self.api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on to whom it belongs."""
        is_odd = is_api(scope) and not all(_NAME.fullmatch(part) for part in scope["path"].split("/")[1:])
        await (self.api if is_odd else self.app)(scope, receive, send)


class UnderPrefix:
    """Takes the address's prefix (`--server.baseUrlPath`) off what is the API's; Streamlit knows its own.

    Without the prefix the API answers, too: health checks of the container and proxies that strip it come like that.
    """

    def __init__(self, app: ASGIApp, *, prefix: str) -> None:
        self.app = app
        self.prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under the path that our routes know."""
        if scope["type"] == "http" and scope["path"].startswith(f"{self.prefix}/"):
            inner = {**scope, "path": scope["path"].removeprefix(self.prefix)}
            scope = inner if is_api(inner) else scope
        await self.app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that is served beside the dashboard."""

    routes: list[BaseRoute]
    middleware: list[Middleware]
    lifespan: Callable[[Any], AbstractAsyncContextManager[None]]
    hosts: tuple[str, ...]


def site(context: Context, *, base_path: str = "") -> Site:
    """The site over a context; nothing runs before its lifespan begins, and the context is closed at its end.

    `base_path` is the part of the address in front of everything, such as `mms`; empty for none.
    """
    settings, claims_of = context.settings, context.claims_of
    prefix = f"/{base_path.strip('/')}" if base_path.strip("/") else ""
    api = create_api(context)
    hosts = allowed_hosts(settings)
    return Site(
        routes=[ApiRoute(api)],
        middleware=[
            *([Middleware(UnderPrefix, prefix=prefix)] if prefix else []),
            Middleware(RequestIds, names={name: name for name in _COUNTED}, metrics=context.metrics),
            Middleware(SecurityHeaders, over_https=(settings.public_base_url or "").startswith("https://")),
            Middleware(
                HostGuard,
                hosts=hosts,
                everyone_may_enter=claims_of is not None or settings.allow_remote_without_sign_in,
                public_base_url=settings.public_base_url,
            ),
            Middleware(UploadGuard, may_upload=_may_upload(context)),
            Middleware(BodyLimits, paths=WITH_BODY),
            Middleware(BodyLimits, paths=WITH_LISTS, most_bytes=LIST_BYTES, seconds=LIST_SECONDS),
            Middleware(OddNames, api=api),
        ],
        lifespan=_lifespan(context),
        hosts=hosts,
    )


def _may_upload(context: Context) -> Callable[[Scope], bool]:
    """Whether whoever asks may hand in files at all: lists, pictures or opt-outs."""

    def may_upload(scope: Scope) -> bool:
        if context.claims_of is None:
            return True
        claims = context.claims_of(scope)
        return claims is not None and may_act(context.ledger, context.settings, claims, Permission.ADD_OPT_OUTS)

    return may_upload


def _lifespan(context: Context) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def life(_app: Any) -> AsyncIterator[None]:
        with offered():
            beside = [asyncio.create_task(context.worker.run()), asyncio.create_task(_ready_for_files())]
            try:
                with called_at_stop(context.stop):
                    yield
            finally:
                context.stop()
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)
                context.close()

    return life


async def _ready_for_files() -> None:
    """Have a process wait for the first file, once the first page is out of the way."""
    await asyncio.sleep(_AFTER_THE_FIRST_PAGE)
    with kept_ready():
        await asyncio.Event().wait()
