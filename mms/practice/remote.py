"""The stand-in's own pages from a program's side: faults, what arrived, the inbox, replies."""

from collections.abc import Sequence
from typing import Any

import requests

from mms.practice.address import NO_PROXY, PracticeAddress

_SECONDS = 30.0


class PracticeRemote:
    """Talks to `/practice/...` of a running practice Twilio. Raises `requests.RequestException` when it cannot."""

    def __init__(self, address: PracticeAddress) -> None:
        self._address = address

    def set_faults(self, **plan: Any) -> None:
        """Put a plan in force (the fields of `mms.practice.messages.faults.Plan`); without any, all faults end."""
        self._ask("POST", "faults", json=plan)

    def set_time_scale(self, time_scale: float) -> None:
        """For messages from now on; 0.1 is ten times as fast."""
        self._ask("POST", "settings", json={"time_scale": time_scale})

    def set_inbound_url(self, url: str) -> None:
        """The webhook that is told of replies."""
        self._ask("POST", "settings", json={"inbound_url": url})

    def requests(self) -> list[dict[str, Any]]:
        """Every create that arrived, oldest first: its times, `form`, `fault`, and `status`, `code`, `sid` given."""
        found: list[dict[str, Any]] = []
        while page := self._ask("GET", "requests", params={"after": found[-1]["id"] if found else 0})["requests"]:
            found += page
        return found

    def messages(self, *, number: str = "", search: str = "", offset: int = 0, limit: int = 50) -> dict[str, Any]:
        """`{"messages": [...], "total": n}`, newest first; each as Twilio shows it, with its `media_urls`."""
        query = {"number": number, "search": search, "offset": offset, "limit": limit}
        answer: dict[str, Any] = self._ask("GET", "messages", params=query)
        return answer

    def conversations(self, *, search: str = "", offset: int = 0, limit: int = 50) -> list[dict[str, Any]]:
        """`{"number", "messages", "last"}` per person, the one with the newest message first."""
        query = {"search": search, "offset": offset, "limit": limit}
        found: list[dict[str, Any]] = self._ask("GET", "conversations", params=query)["conversations"]
        return found

    def clear(self) -> None:
        """Forget all messages, requests and opt-outs."""
        self._ask("DELETE", "messages")

    def reply(self, person: str, body: str, media: Sequence[str] = (), **where: str) -> dict[str, Any]:
        """A person texts `to` (the main number unless given), with files; `url` is told instead of the webhook."""
        asked = {"from": person, "body": body, "media": list(media), **where}
        answer: dict[str, Any] = self._ask("POST", "inbound", json=asked)
        return answer

    def calls(self) -> dict[str, int]:
        """How often each kind of read was asked for, such as `list`."""
        counted: dict[str, int] = self._ask("GET", "health")["calls"]
        return counted

    def pid(self) -> int:
        """The process that answers."""
        found: int = self._ask("GET", "health")["pid"]
        return found

    def cpu_seconds(self) -> float:
        """Processor time that the server's process has used so far."""
        used: float = self._ask("GET", "health")["cpu_seconds"]
        return used

    def stop(self) -> None:
        """Ask it to end; returns before it has."""
        self._ask("POST", "stop")

    def _ask(self, method: str, page: str, **content: Any) -> Any:
        answer = requests.request(
            method,
            f"{self._address.base_url}/practice/{page}",
            auth=self._address.auth,
            proxies=NO_PROXY,
            timeout=_SECONDS,
            **content,
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None
