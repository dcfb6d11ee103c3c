"""Files that the account hosts: services, environments, assets, builds and deployments of the Serverless API.

Kept in one JSON file, the contents beside it by their SHA-256: a stand-in that is started anew still serves them.
"""

import hashlib
import json
import secrets
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

MOST_SERVICES = 10
MOST_VERSIONS = 1_000  # of a build
MOST_BUILDS_AN_HOUR = 100
MOST_BYTES = 25 * 1024 * 1024


@dataclass(slots=True)
class HostedFiles:
    """All by SID. `deployments` of an environment are in order, the newest last."""

    folder: Path = field(repr=False)
    services: dict[str, dict[str, Any]] = field(default_factory=dict)
    environments: dict[str, dict[str, Any]] = field(default_factory=dict)
    assets: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: dict[str, dict[str, Any]] = field(default_factory=dict)
    builds: dict[str, dict[str, Any]] = field(default_factory=dict)
    deployments: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path) -> "HostedFiles":
        """What an earlier run left."""
        try:
            return cls(folder, **json.loads((folder / "files.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return cls(folder)

    def add(self, kind: str, prefix: str, **values: Any) -> dict[str, Any]:
        """A new resource of this kind, kept at once."""
        sid = f"{prefix}{secrets.token_hex(16)}"
        made = {"sid": sid, "created_at": time.time(), **values}
        getattr(self, kind)[sid] = made
        self._keep()
        return made

    def store(self, data: bytes) -> str:
        """Keep a content; returns its SHA-256."""
        digest = hashlib.sha256(data).hexdigest()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.folder / digest).write_bytes(data)
        return digest

    def active(self, environment_sid: str) -> dict[str, Any] | None:
        """The newest deployment of an environment."""
        mine = [one for one in self.deployments.values() if one["environment_sid"] == environment_sid]
        return mine[-1] if mine else None

    def served(self, path: str) -> tuple[bytes, str] | None:
        """Content and type at a public path of any environment; None when no active build has it."""
        for environment_sid in self.environments:
            deployment = self.active(environment_sid)
            for sid in self.builds[deployment["build_sid"]]["versions"] if deployment else ():
                version = self.versions[sid]
                if version["path"] == path:
                    return (self.folder / version["sha256"]).read_bytes(), version["content_type"]
        return None

    def builds_of_last_hour(self) -> int:
        """How many were made in the last hour."""
        return sum(1 for one in self.builds.values() if one["created_at"] > time.time() - 3600)

    def clear(self) -> None:
        """Forget everything."""
        for kind in (self.services, self.environments, self.assets, self.versions, self.builds, self.deployments):
            kind.clear()
        self._keep()

    def _keep(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        content = {name: value for name, value in asdict(self).items() if name != "folder"}
        aside = self.folder / "files.json.part"
        aside.write_text(json.dumps(content), "utf-8")
        aside.replace(self.folder / "files.json")
