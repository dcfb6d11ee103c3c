"""Where a practice Twilio answers, kept in a file beside its log that only its owner can read."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

import requests

from mms.practice import account

_FILE = "practice.json"
_HEALTH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class PracticeAddress:
    """All that a client of the stand-in needs: the SDK takes `base_url` for its `api` and `messaging` domains."""

    base_url: str
    auth_token: str = field(repr=False)
    account_sid: str = account.ACCOUNT_SID
    phone_number: str = account.MAIN.number
    messaging_service_sid: str = account.POOL.sid

    @property
    def port(self) -> int:
        """The TCP port on loopback."""
        return int(self.base_url.rpartition(":")[2])

    @property
    def auth(self) -> tuple[str, str]:
        """User name and password of HTTP Basic."""
        return self.account_sid, self.auth_token

    @classmethod
    def at(cls, port: int, auth_token: str) -> Self:
        """The address of a server on this port of loopback."""
        return cls(f"http://127.0.0.1:{port}", auth_token)

    @classmethod
    def read(cls, data_dir: Path) -> Self | None:
        """The last known address; None when there is none that can be read. Nobody need be there any more."""
        try:
            return cls(**json.loads((data_dir / _FILE).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, data_dir: Path) -> None:
        """Replace the file in one step; readable by its owner only, because it holds the token."""
        new = data_dir / f"{_FILE}.{secrets.token_hex(4)}"
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file)
        new.replace(data_dir / _FILE)

    def is_alive(self) -> bool:
        """Whether the server of this very address answers (a stranger on the port does not know the token)."""
        try:
            answer = requests.get(
                f"{self.base_url}/practice/health", auth=self.auth, timeout=_HEALTH_SECONDS, proxies=NO_PROXY
            )
        except requests.RequestException:
            return False
        return answer.status_code == 200


# Loopback never goes through a proxy, whatever the environment says.
NO_PROXY = {"http": "", "https": ""}
