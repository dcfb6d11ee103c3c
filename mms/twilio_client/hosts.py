"""Twilio serves its parts from several hosts; another address that speaks Twilio's API serves them all.

There the header `X-Twilio-Host` says which host a call was for. One rule for the SDK's calls and for our own.
"""

from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from twilio.http.http_client import TwilioHttpClient

from mms.settings import LOOPBACK_HOSTS, TWILIO_BASE_URL

HEADER = "X-Twilio-Host"
_TWILIO = ".twilio.com"


def http_client(base_url: str, *, timeout: float) -> TwilioHttpClient:
    """The SDK's HTTP client, every host of Twilio's asked where the account says."""
    client = TwilioHttpClient(timeout=timeout)
    if base_url != TWILIO_BASE_URL:
        client.session.mount("https://", _OneAddress(base_url))
    if urlsplit(base_url).hostname in LOOPBACK_HOSTS:
        client.session.trust_env = False  # a proxy of the environment cannot reach this computer
    return client


class _OneAddress(HTTPAdapter):
    """Asks `base_url` whatever host of Twilio's a request was for."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send it on its way."""
        parts = urlsplit(request.url or "")
        host = str(parts.hostname or "")
        if host.endswith(_TWILIO):
            request.headers[HEADER] = host
            request.url = f"{self._base_url}{parts.path!s}{'?' + str(parts.query) if parts.query else ''}"
        return super().send(request, *args, **kwargs)
