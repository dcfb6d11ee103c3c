"""A correlation id for every call: taken from the caller or made, in every log line, and sent back."""

import re
import time
import uuid

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mms.http.own_paths import is_api
from mms.operations.metrics import Metrics

HEADER = "X-Request-Id"
_FIT = re.compile(r"[\w.-]{1,64}", re.ASCII)

log = structlog.get_logger(__name__)


class RequestIds:
    """Names each call of our own routes, measures it and logs it; leaves the dashboard's traffic alone.

    `names` maps a path's first part to the name under which it is counted; what a caller makes up is `other`.
    """

    def __init__(self, app: ASGIApp, *, names: dict[str, str], metrics: Metrics) -> None:
        self.app = app
        self.names = names
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on under its id."""
        if not is_api(scope):
            await self.app(scope, receive, send)
            return
        name = self.names.get("/" + scope["path"].split("/")[1], "other")
        wanted = Headers(scope=scope).get(HEADER, "")
        request_id = wanted if _FIT.fullmatch(wanted) else uuid.uuid4().hex
        began = time.perf_counter()

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = request_id
                seconds = time.perf_counter() - began
                self.metrics.calls.labels(name, str(message["status"])).observe(seconds)
                log.info("call", method=scope["method"], path=name, status=message["status"], seconds=round(seconds, 4))
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self.app(scope, receive, send_named)
