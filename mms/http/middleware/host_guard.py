"""Which host may reach which path, so that a tunnel or a proxy never opens the dashboard by accident.

Without sign-in everyone who reaches the dashboard is its admin; so it answers on this computer only, and of
everything else just what has its own lock (API keys, Twilio's signature) or is meant for the public.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mms.errors import MmsError
from mms.http.own_paths import is_api, wants_html
from mms.settings import LOOPBACK_HOSTS, Settings

_ANY_HOST = frozenset({"/health", "/ready"})  # load balancers and containers ask by address
_LOCAL_PAGES = frozenset({"/metrics"})  # behind no sign-in, and nobody's business outside
_REPORTS = "/reports/"  # downloads of the dashboard, so who may not see that may not have these
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host")
_PROBLEM = {
    "success": False,
    "message": "This address does not serve that. See docs/deploy.md, section Who may reach it.",
    "code": "not_here",
}
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>MMS Campaigns</title>
<style>:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 38rem; margin: 12vh auto; padding: 0 1rem; }</style></head><body><main>
<h1>MMS Campaigns is not open at this address</h1>
<p>The dashboard has no sign-in yet, so it opens only on the computer on which it runs.
Nothing is broken, and nothing was sent.</p>
<ul><li><b>You use it on this very computer?</b> Open <code>http://localhost</code> with the port of your start,
usually <a href="http://localhost:8501">http://localhost:8501</a>.</li>
<li><b>You were given this address?</b> Ask whoever installed MMS Campaigns to set up sign-in.</li>
<li><b>You installed it?</b> See <code>docs/deploy.md</code>, section <i>Who may reach it</i>.</li></ul>
</main></body></html>"""


def refuse_open_door(settings: Settings, *, address: str | None, signs_in: bool) -> None:
    """Refuse to serve the dashboard to a network where nobody signs in.

    Raises:
        MmsError: code `open_door`, saying the three ways out.
    """
    if signs_in or settings.allow_remote_without_sign_in or address in LOOPBACK_HOSTS:
        return
    raise MmsError(
        f"It would listen on {address or 'every network interface'}, and everyone there would be its admin, because "
        "no sign-in is set up. Listen on this computer only (--server.address=127.0.0.1), set up sign-in "
        "(docs/deploy.md), or set MMS_ALLOW_REMOTE_WITHOUT_SIGN_IN=true if something else guards it.",
        code="open_door",
    )


def allowed_hosts(settings: Settings) -> tuple[str, ...]:
    """Host names that requests may carry; `*` for any, where the operator opened the door without a public address."""
    public = urlsplit(settings.public_base_url or "").hostname
    if settings.allow_remote_without_sign_in and not public:
        return ("*",)
    return (*sorted(LOOPBACK_HOSTS), *([public] if public else []))


class HostGuard:
    """Refuses foreign Host headers, and the dashboard to requests from elsewhere while nobody signs in."""

    def __init__(self, app: ASGIApp, *, hosts: tuple[str, ...], everyone_may_enter: bool) -> None:
        self.app = app
        self.hosts = hosts
        self.everyone_may_enter = everyone_may_enter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with 403 (a websocket is closed)."""
        if scope["type"] in ("http", "websocket") and not self._may_pass(scope):
            await _refuse(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _may_pass(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        path: str = scope["path"]
        host = _host_name(headers.get("host", ""))
        if path not in _ANY_HOST and "*" not in self.hosts and host not in self.hosts:
            return False
        if is_api(scope) and path not in _LOCAL_PAGES and not path.startswith(_REPORTS):
            return True
        if self.everyone_may_enter and (path not in _LOCAL_PAGES or "*" in self.hosts):
            return True
        return host in LOOPBACK_HOSTS and _is_direct(scope, headers)


def _host_name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_direct(scope: Scope, headers: Headers) -> bool:
    """Whether the request came over this computer's own loopback, and nothing says that a proxy passed it on."""
    server = scope.get("server") or ("127.0.0.1", None)
    local = server[0] in LOOPBACK_HOSTS or server[0].startswith(("127.", "::ffff:127."))
    return local and not any(name in headers for name in _FORWARDED)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4403})
        return
    answer = HTMLResponse(_PAGE, 403) if wants_html(scope) else JSONResponse(_PROBLEM, 403)
    await answer(scope, receive, send)
