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
_REPORTS = "/reports/"  # downloads of the dashboard, so who may not see that may not have these
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
_METRICS = "/metrics"
_LOCAL_PAGES = frozenset({_METRICS, "/_stcore/metrics"})  # behind no sign-in, and nobody's business outside
_OWN_PAGES_ONLY = frozenset({"/_stcore/host-config", "/auth/logout"})  # asked by our own pages, never from others
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What proxies, tunnels and content networks add; any of them means that the request comes from elsewhere.
_FORWARDED = frozenset(
    {
        *("forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "x-original-host", "x-original-url"),
        *("cf-connecting-ip", "cf-ray", "cdn-loop", "true-client-ip", "fastly-client-ip", "fly-client-ip"),
        *("x-amzn-trace-id", "x-appengine-user-ip", "x-azure-clientip", "x-envoy-external-address", "x-proxyuser-ip"),
    }
)
_FORWARDED_START = "x-forwarded"
_FOREIGN = frozenset({"cross-site", "same-site"})


def refuse_open_door(settings: Settings, *, address: str | None, signs_in: bool) -> None:
    """Refuse to serve the dashboard to a network where nobody signs in, or under names that nobody gave.

    Raises:
        MmsError: code `open_door`, saying the three ways out; `no_host` when no name is known.
    """
    if address in LOOPBACK_HOSTS:
        return
    if not signs_in and not settings.allow_remote_without_sign_in:
        raise MmsError(
            f"It would listen on {address or 'every network interface'}, and everyone there would be its admin, "
            "because no sign-in is set up. Listen on this computer only (--server.address=127.0.0.1), set up sign-in "
            "(docs/deploy.md), or set MMS_ALLOW_REMOTE_WITHOUT_SIGN_IN=true if something else guards it.",
            code="open_door",
        )
    if not signs_in and set(allowed_hosts(settings)) <= LOOPBACK_HOSTS:
        raise MmsError(
            "MMS_ALLOW_REMOTE_WITHOUT_SIGN_IN is set, but not under which name it is reached, and any web page could "
            "use it by a name of its own. Set PUBLIC_BASE_URL, or MMS_ALLOWED_HOSTS=name-or-address.",
            code="no_host",
        )


def allowed_hosts(settings: Settings) -> tuple[str, ...]:
    """Host names that requests may carry: this computer's, and those of the settings; never any."""
    public = urlsplit(settings.public_base_url or "").hostname
    return (*sorted(LOOPBACK_HOSTS | settings.allowed_hosts), *([public] if public else []))


class HostGuard:
    """Refuses foreign Host headers, and the dashboard to requests from elsewhere while nobody signs in."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: tuple[str, ...],
        everyone_may_enter: bool,
        public_base_url: str | None = None,
        api_by_any_name: bool = False,
    ) -> None:
        self.app = app
        self.api_by_any_name = api_by_any_name
        self.hosts = frozenset(hosts)
        self.everyone_may_enter = everyone_may_enter
        self.public = urlsplit(public_base_url or "").netloc.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with 403 (a websocket is closed)."""
        if scope["type"] in ("http", "websocket") and not self._may_pass(scope):
            await _refuse(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _may_pass(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        path = _own_part(scope["path"])
        host = _host_name(headers.get("host", ""))
        if path not in _ANY_HOST and host not in self.hosts and not (self.api_by_any_name and is_api(scope)):
            return False
        if path == _METRICS and "authorization" in headers:
            return True  # the route looks at the key
        if is_api(scope) and path not in _LOCAL_PAGES and not path.startswith(_REPORTS):
            return True
        is_local = host in LOOPBACK_HOSTS and _is_direct(scope, headers)
        if not is_local and (not self.everyone_may_enter or path in _LOCAL_PAGES):
            return False
        if not self._is_from_our_page(scope, headers):
            return False
        return is_local or path not in _OWN_PAGES_ONLY or headers.get("sec-fetch-site") == "same-origin"

    def _is_from_our_page(self, scope: Scope, headers: Headers) -> bool:
        """Whether a page that opens the socket or changes something is ours, to the port."""
        origin = headers.get("origin")
        if scope["type"] == "http" and scope["method"] in _SAFE_METHODS:
            return _own_part(scope["path"]) not in _OWN_PAGES_ONLY or headers.get("sec-fetch-site") not in _FOREIGN
        if origin is None:
            return True  # no browser: those always say it here
        named = urlsplit(origin).netloc.lower() if "://" in origin else ""
        return bool(named) and named in {headers.get("host", "").lower(), self.public}


def _own_part(path: str) -> str:
    """Streamlit's own paths without what stands in front of them: the prefix of the address, or a page's name."""
    starts = [at for folder in ("/_stcore/", "/auth/") if (at := path.find(folder)) > 0]
    return path[min(starts) :] if starts else path


def _host_name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_direct(scope: Scope, headers: Headers) -> bool:
    """Whether both ends are this computer's own loopback, and nothing says that a proxy passed the request on."""
    if any(name in _FORWARDED or name.startswith(_FORWARDED_START) for name in headers):
        return False
    return all(_is_loopback(end[0] if end else "") for end in (scope.get("server"), scope.get("client")))


def _is_loopback(address: str) -> bool:
    return address in LOOPBACK_HOSTS or address.startswith(("127.", "::ffff:127."))


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4403})
        return
    answer = HTMLResponse(_PAGE, 403) if wants_html(scope) else JSONResponse(_PROBLEM, 403)
    await answer(scope, receive, send)
