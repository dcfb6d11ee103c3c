"""Settings that a person saves from the browser, into `.env`: going live, back to practice, mending what is wrong."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mms.env_file import read_env_file, save_env_file
from mms.errors import MmsError, SettingsError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.roles import Permission, User, require
from mms.settings import NAMES, TWILIO_BASE_URL, settings_from

_SECRETS = frozenset({"TWILIO_AUTH_TOKEN", "TWILIO_API_KEY_SECRET", "MMS_API_KEYS", "DATABASE_URL"})
"""Never shown again."""
_NAME = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")
Changes = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class LiveChoice:
    """What the form was given. `sender` is a number or the SID of a messaging service."""

    account_sid: str
    auth_token: str = field(repr=False)
    sender: str

    def changes(self) -> dict[str, str | None]:
        """As settings; None takes a name out, so that nothing of another account stays."""
        is_service = self.sender.startswith("MG")
        return {
            "MMS_MODE": "live",
            "TWILIO_ACCOUNT_SID": self.account_sid,
            "TWILIO_AUTH_TOKEN": self.auth_token,
            "TWILIO_API_KEY_SID": None,
            "TWILIO_API_KEY_SECRET": None,
            "TWILIO_PHONE_NUMBER": None if is_service else self.sender,
            "TWILIO_MESSAGING_SERVICE_SID": self.sender if is_service else None,
        }


def as_lines(changes: Changes) -> str:
    """The lines to put where the settings come from; secrets are left for the person to fill in."""
    shown = {name: "" if name in _SECRETS else value for name, value in changes.items()}
    return "\n".join(f"{name}={value}" for name, value in shown.items() if value is not None)


def set_outside(changes: Changes) -> tuple[str, ...]:
    """Names that the environment sets: the file cannot change those."""
    return tuple(name for name in changes if os.environ.get(name, "").strip())


def save_settings(path: Path, changes: Changes, *, by: User, ledger: Ledger | None) -> Path | None:
    """Write the changes; returns the backup of the old file. They hold from the next start on.

    `ledger` is None while none can be opened: then the audit trail cannot say it.

    Raises:
        NotAllowed: `by` is no admin.
        SettingsError: with these values the app would not start, or the file cannot be written.
    """
    require(by, Permission.CHANGE_SETTINGS)
    if outside := set_outside(changes):
        raise MmsError(
            f"{', '.join(outside)} is set outside of {path.name}, in the environment. Change it there.",
            code="set_outside",
        )
    merged = {**read_env_file(path), **changes}
    settings_from({**{name: value for name, value in merged.items() if value is not None}, **os.environ})
    backup = save_env_file(path, changes)
    if ledger:
        with ledger.write() as connection:
            note(
                connection,
                by.name,
                "settings.save",
                at=ledger.now(connection),
                detail={"names": ", ".join(sorted(changes))},
            )
    return backup


@dataclass(frozen=True, slots=True)
class ToMend:
    """One setting that a problem names. `value` is empty for what is secret or not set."""

    name: str
    value: str
    is_secret: bool


def to_mend(fault: SettingsError, path: Path) -> tuple[ToMend, ...]:
    """The settings that the problems name, each once, with what is in the file now."""
    try:
        now = read_env_file(path)
    except SettingsError:
        now = {}
    wrong_names = misspelt(fault)
    found: dict[str, ToMend] = {}
    for name in (name for problem in fault.problems for name in _NAME.findall(problem)):
        if name in NAMES and name not in found:
            here = next((now[wrong] for wrong, right in wrong_names.items() if right == name), now.get(name, ""))
            found[name] = ToMend(name, "" if name in _SECRETS else here, name in _SECRETS)
    return tuple(found.values())


def misspelt(fault: SettingsError) -> dict[str, str]:
    """The right name by the misspelt one."""
    pairs = (_NAME.findall(problem) for problem in fault.problems if "did you mean" in problem)
    return {pair[0]: pair[-1] for pair in pairs if len(pair) > 1}


def asked_address(path: Path) -> str:
    """Where credentials are tried while the settings as a whole are wrong."""
    try:
        values = {**read_env_file(path), **os.environ}
        alone = {name: values[name] for name in ("TWILIO_API_BASE_URL",) if values.get(name)}
        return settings_from(alone).api_base_url
    except SettingsError:
        return TWILIO_BASE_URL
