"""Who opens a link: a person, the phone that draws a preview, or a machine of a carrier, a scanner, a search engine.

By what the request says about itself and by its time. Nothing of it is kept but the verdict and the kind of device.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mms.states.visitors import Who

TOO_SOON = 2.0
"""Seconds after Twilio's yes in which nobody can have read the message: who opens the link then is a machine."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a link."""

    method: str
    agent: str = ""
    purpose: str = ""  # Sec-Purpose, Purpose or X-Purpose

    @classmethod
    def of(cls, method: str, headers: Mapping[str, str]) -> "Visit":
        """From a request's method and headers."""
        said = (headers.get(name, "") for name in ("sec-purpose", "purpose", "x-purpose", "x-moz"))
        return cls(method, headers.get("user-agent", ""), " ".join(said).strip().lower())


# Apple's Messages asks as "facebookexternalhit ... Facebot Twitterbot", Google's as its fetcher.
_PREVIEWS = re.compile(
    r"facebookexternalhit|facebot|twitterbot|whatsapp|telegrambot|slackbot|discordbot|linkedinbot|skypeuripreview"
    r"|viber|snapchat|google-?messages|googleimageproxy|google-pagerenderer|google web preview|applebot|preview"
    r"|embedly|pinterest|redditbot|iframely|mastodon",
    re.IGNORECASE,
)
_ROBOTS = re.compile(
    r"bot\b|bot/|crawl|spider|scan|monitor|check|curl|wget|python|aiohttp|httpx|httpclient|http_client|okhttp"
    r"|go-http|java/|libwww|perl|ruby|php|node|axios|headless|phantom|selenium|playwright|puppeteer|lighthouse"
    r"|proofpoint|mimecast|barracuda|symantec|forcepoint|netcraft|virustotal|safebrowsing|urlscan|twilio|postman",
    re.IGNORECASE,
)
_BROWSER = re.compile(r"^(mozilla|opera|dalvik|ucweb)", re.IGNORECASE)


def who_asks(visit: Visit, seconds_since_sent: float | None) -> Who:
    """The verdict. `seconds_since_sent`: since Twilio took the message; None where it never was asked."""
    if "prefetch" in visit.purpose or "preview" in visit.purpose or _PREVIEWS.search(visit.agent):
        return Who.PREVIEW
    is_machine = visit.method != "GET" or not _BROWSER.match(visit.agent) or _ROBOTS.search(visit.agent)
    if is_machine or seconds_since_sent is None or seconds_since_sent < TOO_SOON:
        return Who.ROBOT
    return Who.PERSON


def device_of(agent: str) -> str:
    """`iphone`, `android`, `computer` or `other`: no more than a chart needs."""
    for device, words in (("iphone", ("iPhone", "iPad", "iPod")), ("android", ("Android",))):
        if any(word in agent for word in words):
            return device
    return "computer" if any(word in agent for word in ("Windows", "Macintosh", "X11", "CrOS")) else "other"


__all__ = ["TOO_SOON", "Visit", "Who", "device_of", "who_asks"]
