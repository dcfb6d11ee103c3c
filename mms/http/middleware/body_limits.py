"""How large and how slow a call of our own routes may be. The dashboard's uploads have Streamlit's limits."""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mms.http.middleware.error_responses import ApiProblem

BODY_BYTES = 64 * 1024  # 1,600 characters and ten links of 2,048 fit with room to spare
BODY_SECONDS = 10.0
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class BodyLimits:
    """Reads the whole body before the application sees the call; answers 413 or 408 itself."""

    def __init__(
        self, app: ASGIApp, *, paths: frozenset[str], most_bytes: int = BODY_BYTES, seconds: float = BODY_SECONDS
    ) -> None:
        self.app = app
        self.paths = paths
        self.most_bytes = most_bytes
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass other paths and methods on as they are."""
        limited = scope["type"] == "http" and scope["path"] in self.paths and scope["method"] in _WITH_BODY
        if not limited:
            await self.app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self.seconds):
                body = await _whole_body(scope, receive, self.most_bytes)
        except TimeoutError:
            problem = ApiProblem.of(408, "too_slow", "The body of the call came too slowly.")
        except ApiProblem as too_large:
            problem = too_large
        else:
            await self.app(scope, _replay(body, receive), send)
            return
        problem.headers["Connection"] = "close"  # what is left of the body must not be read as a next request
        await problem.response()(scope, receive, send)


async def _whole_body(scope: Scope, receive: Receive, most_bytes: int) -> bytes:
    declared = Headers(scope=scope).get("Content-Length", "0")
    if not declared.isdecimal() or int(declared) > most_bytes:
        raise _too_large(most_bytes, int(declared) if declared.isdecimal() else None)
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most_bytes:
            raise _too_large(most_bytes)
    return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()  # only the disconnect is left
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def _too_large(most_bytes: int, size: int | None = None) -> ApiProblem:
    of = "" if size is None else f"of {size:,} bytes "
    return ApiProblem.of(413, "too_large", f"The body {of}is too large: a call may have {most_bytes:,} bytes.")
