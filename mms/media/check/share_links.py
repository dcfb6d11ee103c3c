"""Links that people copy from a sharing service and that show a page around the picture, not the picture."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, parse_qsl, urlencode, urlsplit


@dataclass(frozen=True, slots=True)
class ShareLink:
    """`direct_url` is a form that usually gives the file itself; it must still be checked."""

    service: str
    direct_url: str | None
    sentence: str


@dataclass(frozen=True, slots=True)
class _Service:
    name: str
    hosts: tuple[str, ...]  # a leading dot means: this and everything below
    page: re.Pattern[str]  # what path and query of a page look like; everything else may be a file
    direct: Callable[[SplitResult], str | None]


def _no_direct_form(link: SplitResult) -> str | None:
    return None


def _drive_file(link: SplitResult) -> str | None:
    query = parse_qs(link.query)
    in_path = re.search(r"/file/(?:u/\d+/)?d/([\w-]{10,})", link.path)
    identifier = in_path[1] if in_path else next(iter(query.get("id", ())), "")
    if not re.fullmatch(r"[\w-]{10,}", identifier):
        return None
    key = {"resourcekey": query["resourcekey"][0]} if "resourcekey" in query else {}
    return "https://drive.google.com/uc?" + urlencode({"export": "download", "id": identifier} | key)


def _dropbox_file(link: SplitResult) -> str | None:
    if re.match(r"/(scl/fo|sh)/", link.path):  # a folder
        return None
    # raw=1 sends the file with its own type; dl=1 sends it as a download of no particular type
    return _with_query(link, drop={"dl", "st"}, add={"raw": "1"})


def _sharepoint_file(link: SplitResult) -> str | None:
    is_file = re.match(r"/:[a-eg-z]:/", link.path)  # :f: is a folder
    return _with_query(link, drop=set(), add={"download": "1"}) if is_file else None


def _with_query(link: SplitResult, *, drop: set[str], add: dict[str, str]) -> str:
    kept = [(name, value) for name, value in parse_qsl(link.query, keep_blank_values=True) if name not in drop]
    return link._replace(query=urlencode(kept + list(add.items())), fragment="").geturl()


def _matching(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_SERVICES = (
    _Service(
        "Google Drive",
        ("drive.google.com",),
        _matching(r"/(file/|open\b|drive/|folderview|u/\d+/)"),
        _drive_file,
    ),
    _Service(
        "Google Docs",
        ("docs.google.com",),
        _matching(r"/(document|presentation|spreadsheets|drawings|file)/(?!.*/export\b)"),
        _no_direct_form,
    ),
    _Service(
        "Google Photos",
        ("photos.google.com", "photos.app.goo.gl", "goo.gl"),
        _matching(r"/(photos/|share/|album/|photo/|u/\d+/|\w{8,}$)"),
        _no_direct_form,
    ),
    _Service(
        "Dropbox",
        (".dropbox.com",),
        _matching(r"/(s|sh|scl/f[io]|t)/(?!.*[?&](raw|dl)=1)"),
        _dropbox_file,
    ),
    _Service("OneDrive", ("1drv.ms", "onedrive.live.com"), _matching(r"/(?!download\b)"), _no_direct_form),
    _Service(
        "SharePoint",
        (".sharepoint.com",),
        _matching(r"/(:\w:/|.*/_layouts/15/(onedrive|guestaccess|stream)\.aspx)(?!.*[?&]download=1)"),
        _sharepoint_file,
    ),
    _Service(
        "iCloud",
        ("share.icloud.com", "www.icloud.com", "icloud.com", "photos.icloud.com"),
        _matching(r"/(photos|iclouddrive|sharedalbum|attachment|\w)"),
        _no_direct_form,
    ),
    _Service("Canva", (".canva.com", "canva.link"), _matching(r"/(design|link|\w{6,}$)"), _no_direct_form),
    _Service(
        "Instagram",
        (".instagram.com", "instagr.am"),
        _matching(r"/"),
        _no_direct_form,
    ),
)


def share_link(url: str) -> ShareLink | None:
    """The service, when this is one of its pages; None for anything else, also for its direct file links."""
    try:
        link = urlsplit(url.strip())
        host = (link.hostname or "").lower()
    except ValueError:
        return None
    place = link.path + (f"?{link.query}" if link.query else "")
    for service in _SERVICES:
        if _runs_on(service, host) and service.page.match(place or "/"):
            return ShareLink(service.name, service.direct(link), _sentence(service.name))
    return None


def _runs_on(service: _Service, host: str) -> bool:
    return any(
        host == known.removeprefix(".") or (known.startswith(".") and host.endswith(known)) for known in service.hosts
    )


def _sentence(name: str) -> str:
    return f"This link opens a page of {name}, not the picture itself."
