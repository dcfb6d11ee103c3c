"""What every request passes: credentials, the count of requests in flight, Twilio's response headers."""

import secrets
import time
from email.utils import formatdate

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mms.practice.api.serverless import HOST, UPLOAD_HOST, served_file
from mms.practice.messages.refusals import Refusal
from mms.practice.state import Practice

_OWN_PATHS = frozenset({HOST, UPLOAD_HOST})


def _for_host(scope: Scope) -> Scope:
    """What Twilio serves from other hosts lies below the name of that host here."""
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"x-twilio-host"), "")
    return {**scope, "path": f"/{host}{scope['path']}"} if host in _OWN_PATHS else scope


class Front:
    """Wraps the routes. The stand-in's own pages need the same credentials, so no web page can reach them."""

    def __init__(self, app: ASGIApp, practice: Practice) -> None:
        self._app = app
        self._practice = practice
        self._welcome = {value.encode("ascii") for value in practice.credentials.headers()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One ASGI call."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        practice = self._practice
        practice.last_request = started = time.monotonic()
        practice.in_flight += 1
        concurrent = str(practice.in_flight)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Date"] = formatdate(time.time() + practice.faults.plan.clock_ahead, usegmt=True)
                headers["Twilio-Request-Id"] = f"RQ{secrets.token_hex(16)}"
                headers["Twilio-Concurrent-Requests"] = concurrent
                headers["Twilio-Request-Duration"] = f"{time.monotonic() - started:.3f}"
            await send(message)

        try:
            await self._handler(scope)(_for_host(scope), receive, send_with_headers)
        finally:
            practice.in_flight -= 1

    def _handler(self, scope: Scope) -> ASGIApp:
        public = served_file(self._practice.hosted_files, scope["method"], scope["path"])
        if public:
            return public
        refused = self._refusal(scope)
        return refusal_response(refused) if refused else self._app

    def _refusal(self, scope: Scope) -> Refusal | None:
        sent = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        if sent not in self._welcome:
            return Refusal(20003)
        plan = self._practice.faults.plan
        if scope["path"].startswith("/practice/"):
            return None
        if plan.auth_failing:
            return Refusal(20003)
        return Refusal(20005) if plan.account_suspended else None


def refusal_response(refusal: Refusal) -> Response:
    """Twilio's error answer."""
    return JSONResponse(refusal.body(), refusal.status)


async def on_refusal(_request: Request, error: Exception) -> Response:
    """Starlette's handler for `Refusal`."""
    assert isinstance(error, Refusal)  # noqa: S101 - the type it is registered for
    return refusal_response(error)


_CODE_OF_STATUS = {404: 20404, 405: 20004}


async def on_http_error(request: Request, error: Exception) -> Response:
    """Unknown paths and methods, in Twilio's form."""
    assert isinstance(error, HTTPException)  # noqa: S101 - the type it is registered for
    code = _CODE_OF_STATUS.get(error.status_code, 20422)
    return refusal_response(Refusal(code, path=request.url.path, status=error.status_code))


async def on_crash(_request: Request, _error: Exception) -> Response:
    """A fault of the stand-in itself looks like one of Twilio's."""
    return refusal_response(Refusal(20500))
