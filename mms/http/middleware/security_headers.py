"""Security headers on every response, also on those of the dashboard and of errors."""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    (  # the strictest under which Streamlit 1.67 runs; it also stops pictures that a cell tries to load
        "default-src 'self'",
        # blob: components of our own (Streamlit's v2) are modules that the page makes itself; only a script that
        # already runs can make one.
        "script-src 'self' 'unsafe-inline' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?|\[[0-9a-fA-F:]+\](:\d{1,5})?")
HSTS = "max-age=31536000"


def policy_for(host: str) -> str:
    """The policy with our own host named for the socket: not every browser reads 'self' as that, too."""
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return CONTENT_SECURITY_POLICY.replace("connect-src 'self'", f"connect-src 'self'{sockets}")


class SecurityHeaders:
    """Adds what is missing; a route's own, stricter value stays."""

    def __init__(self, app: ASGIApp, *, over_https: bool = False) -> None:
        self.app = app
        self.over_https = over_https
        self.headers = HEADERS | ({"Strict-Transport-Security": HSTS} if over_https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with headers added to its answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", policy_for(Headers(scope=scope).get("host", "")))
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if self.over_https:
                    message["headers"] = [_secure(*header) for header in message["headers"]]
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def _secure(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A cookie that browsers send over https only; Streamlit leaves that word out."""
    is_open = name.lower() == b"set-cookie" and b"secure" not in [part.strip() for part in value.lower().split(b";")]
    return name, value + b"; Secure" if is_open else value
