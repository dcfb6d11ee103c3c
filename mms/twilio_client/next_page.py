"""Where the next page of a list lies: on the same server only, because the credentials go along."""

from urllib.parse import urljoin, urlsplit


def next_page(base_url: str, current: str, uri: str) -> str:
    """The whole address. Raises ValueError when it leads to another server."""
    address = base_url + uri if uri.startswith("/") and not uri.startswith("//") else urljoin(current, uri)
    if _origin(address) != _origin(base_url):
        raise ValueError("The next page of Twilio's message log is said to be on another server.")
    return address


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
