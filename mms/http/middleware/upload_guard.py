"""The dashboard's upload route holds files in memory before any page sees them, so it asks who comes, and counts.

Streamlit takes what is put to `/_stcore/upload_file/SESSION/FILE` for every open socket, before sign-in, too.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATH = "/_stcore/upload_file/"
SESSION_BYTES = 400_000_000  # a session may put in an hour; files are up to 50 MB
_PERIOD = 3_600.0  # seconds
_READS = frozenset({"OPTIONS", "DELETE"})


@dataclass(slots=True)
class _Put:
    """What one session has put since `since` (monotonic seconds)."""

    since: float
    count: int = 0


@dataclass(slots=True)
class UploadGuard:
    """Answers 403 to those who may not upload, and 413 beyond what one session may put in an hour."""

    app: ASGIApp
    may_upload: Callable[[Scope], bool]
    session_bytes: int = SESSION_BYTES
    _put: dict[str, _Put] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything else on as it is."""
        is_upload = scope["type"] == "http" and PATH in scope["path"] and scope["method"] not in _READS
        if not is_upload:
            await self.app(scope, receive, send)
            return
        if not await asyncio.to_thread(self.may_upload, scope):
            await _refuse(
                403, "not_allowed", "You may not upload files. Sign in, or ask an admin.", scope, receive, send
            )
            return
        put = self._of(scope["path"].split(PATH)[1].split("/")[0])
        if put.count >= self.session_bytes:
            await _refuse(413, "too_much", "Too much was uploaded. Go on in an hour.", scope, receive, send)
            return

        async def counted() -> Message:
            message = await receive()
            put.count += len(message.get("body", b""))
            if put.count > self.session_bytes:
                return {"type": "http.disconnect"}
            return message

        await self.app(scope, counted, send)

    def _of(self, session: str) -> _Put:
        now = time.monotonic()
        self._put = {name: put for name, put in self._put.items() if now - put.since < _PERIOD}
        return self._put.setdefault(session, _Put(now))


async def _refuse(status: int, code: str, message: str, scope: Scope, receive: Receive, send: Send) -> None:
    answer = JSONResponse({"success": False, "message": message, "code": code}, status)
    await answer(scope, receive, send)
