"""Whose turn it is: links in a line for each host, hosts served round, so that a slow host never holds up others."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from urllib.parse import urlsplit


class Line:
    """Hands out each link once. A host has at most `per_host` links out at a time."""

    def __init__(self, urls: Iterable[str], per_host: int) -> None:
        self._per_host = per_host
        self._waiting: dict[str, deque[str]] = defaultdict(deque)
        for url in urls:
            self._waiting[_host(url)].append(url)
        self._out: Counter[str] = Counter()
        self._may_go = deque(self._waiting)  # hosts with links waiting and a place free, each once

    def next(self) -> str | None:
        """The next link, or None when every host that has any is at its bound."""
        if not self._may_go:
            return None
        host = self._may_go.popleft()
        url = self._waiting[host].popleft()
        self._out[host] += 1
        if self._waiting[host] and self._out[host] < self._per_host:
            self._may_go.append(host)
        return url

    def finished(self, url: str) -> None:
        """Give the link's place back."""
        host = _host(url)
        was_full = self._out[host] == self._per_host
        self._out[host] -= 1
        if was_full and self._waiting[host]:
            self._may_go.append(host)


def _host(url: str) -> str:
    try:
        return urlsplit(url.strip()).netloc.lower()
    except ValueError:
        return ""
