"""Whose a path is: the API's or the dashboard's. One rule for routing and for who may reach what.

Some words are both a page and a call (`/campaigns`): a browser asks for HTML and gets the page, a program the call.
A path that nobody has is the API's, which says so in JSON; a browser is shown the dashboard's own "not found".
"""

from starlette.datastructures import Headers
from starlette.types import Scope

ALWAYS = (
    *("/send-mms", "/messages", "/messages/", "/openapi.json", "/docs", "/health", "/ready", "/metrics"),
    *("/twilio/", "/pictures/", "/reports/", "/l/"),
)
"""The API's, whoever asks. A slash at the end: all below it."""
SHARED = (
    "/campaigns",
    "/campaigns/",
    "/opt-outs",
    "/opt-outs/",
    "/replies",
    "/lists",
    "/segments",
    *(
        "/recurring",
        "/recurring/",
        "/join-words",
        "/join-words/",
        "/picture-templates",
        "/coupon-pools",
        "/coupon-pools/",
    ),
)
"""The API's, unless a browser asks for the page of that name."""
_DASHBOARD_FILES = frozenset({"", "favicon.png", "manifest.json", "index.html", "oauth2callback", "robots.txt"})
_DASHBOARD_FOLDERS = frozenset({"_stcore", "_st", "static", "media", "component", "auth", "app"})


def wants_html(scope: Scope) -> bool:
    """Whether a browser asks for a page: programs take anything, or name JSON or CSV."""
    return scope["type"] == "http" and "text/html" in Headers(scope=scope).get("Accept", "").lower()


def is_below(path: str, owned: tuple[str, ...]) -> bool:
    """Whether a path is one of these, or below one that ends in a slash."""
    return any(path.startswith(one) if one.endswith("/") else path == one for one in owned)


def is_api(scope: Scope) -> bool:
    """Whether the API answers this request; the dashboard otherwise, and always for websockets."""
    if scope["type"] != "http":
        return False
    path: str = scope["path"]
    if is_below(path, ALWAYS):
        return True
    if is_below(path, SHARED):
        return not (wants_html(scope) and scope["method"] in ("GET", "HEAD"))
    return not (_is_dashboard_file(path) or wants_html(scope))


def _is_dashboard_file(path: str) -> bool:
    """What the dashboard's own page loads, also from below a page's address."""
    first, *_ = segments = path.split("/")[1:] or [""]
    return segments[-1] in _DASHBOARD_FILES or first.startswith("_st") or not _DASHBOARD_FOLDERS.isdisjoint(segments)
