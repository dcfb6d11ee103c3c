"""Keys of the HTTP API: made by people or named in `MMS_API_KEYS`, kept as hashes only.

A key has 256 random bits, so a plain SHA-256 cannot be guessed back; a slow hash would only help weak passwords.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, or_, select, update

from mms.errors import MmsError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.options import option, set_option
from mms.ledger.tables import api_keys
from mms.outgoing.signing import secret_of
from mms.outgoing.target_address import require_target
from mms.roles import Permission, User, require
from mms.settings import Settings

_PREFIX = "mms_"
_NAME = re.compile(r"[\w.-]{1,100}", re.ASCII)
_DAY = 86_400.0
_MOST_DAYS = 3_660


class Scope(StrEnum):
    """What a key opens."""

    SEND = "send"  # everything that the API can do
    READ = "read"  # what changes nothing: GET and HEAD


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key; the key itself was shown once. Times are seconds since 1970, UTC."""

    name: str
    created_at: float | None  # None: it stands in the settings
    created_by: str | None
    last_used_at: float | None
    revoked_at: float | None
    status_url: str | None  # where changes of its messages are posted
    scope: Scope = Scope.SEND
    expires_at: float | None = None
    last_four: str | None = None  # how the key ends, so that a person knows which one a program has

    def state(self, now: float) -> str:
        """Whether it opens anything at `now` (seconds since 1970), in words."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "in use"

    @property
    def is_from_settings(self) -> bool:
        """Whether it can only be revoked by changing `MMS_API_KEYS`."""
        return self.created_at is None


@dataclass(frozen=True, slots=True)
class OpenKey:
    """A key that opens the API now: its holder's name, the SHA-256 of it, and what it opens."""

    name: str
    sha256: str
    scope: Scope = Scope.SEND


def add_key(
    ledger: Ledger, settings: Settings, name: str, *, by: User, scope: Scope = Scope.SEND, days: float | None = None
) -> str:
    """Make a key and return it, for the one time that it can be shown; it opens nothing after `days` (None: no end).

    Raises:
        MmsError: code `key_name` when the name is unfit, `key_days` when it would end at once, `key_exists` when a
            key that opens the API now has the name.
        NotAllowed: this person may not.
    """
    require(by, Permission.MANAGE_KEYS)
    if not _NAME.fullmatch(name):
        raise MmsError("A key's name has letters, digits, dots, dashes and underscores only.", code="key_name")
    if days is not None and not 0 < days <= _MOST_DAYS:
        raise MmsError(f"A key is good for 1 to {_MOST_DAYS:,} days, or without an end.", code="key_days")
    key = _PREFIX + secrets.token_urlsafe(32)
    with ledger.write() as connection:
        now = ledger.now(connection)
        known = connection.execute(select(api_keys.c.name).where(api_keys.c.name == name)).one_or_none()
        is_open = select(api_keys.c.name).where(api_keys.c.name == name, *_opens(now))
        if name in settings.api_keys or connection.execute(is_open).one_or_none():
            raise MmsError(f"There is a key named {name}. Choose another name, or revoke it first.", code="key_exists")
        values = {
            "sha256": _digest(key),
            "created_at": now,
            "created_by": by.name,
            "last_used_at": None,
            "revoked_at": None,
            "status_url": None,
            "scope": scope,
            "expires_at": None if days is None else now + days * _DAY,
            "last_four": key[-4:],
        }
        if known:
            connection.execute(update(api_keys).where(api_keys.c.name == name).values(**values))
        else:
            connection.execute(api_keys.insert().values(name=name, **values))
        note(connection, by.name, "api_key.add", at=now, subject=name, detail={"scope": scope.value, "days": days})
    return key


def revoke_key(ledger: Ledger, name: str, *, by: User) -> None:
    """Refuse this key from the next call on.

    Raises:
        MmsError: code `no_such_key`.
        NotAllowed: this person may not.
    """
    require(by, Permission.MANAGE_KEYS)
    with ledger.write() as connection:
        now = ledger.now(connection)
        in_use = (api_keys.c.name == name) & api_keys.c.revoked_at.is_(None)
        if not connection.execute(update(api_keys).where(in_use).values(revoked_at=now)).rowcount:
            raise MmsError(f"There is no key named {name} that could be revoked here.", code="no_such_key")
        note(connection, by.name, "api_key.revoke", at=now, subject=name)


def set_status_url(ledger: Ledger, settings: Settings, name: str, url: str | None, *, by: User) -> str | None:
    """Have changes of this key's messages posted to `url` (None: to nobody); returns what posts are signed with.

    Raises:
        MmsError: code `post_address` when nothing may be posted there, `no_such_key` also for a key of the settings.
        NotAllowed: this person may not.
    """
    require(by, Permission.MANAGE_KEYS)
    target = None if url is None else require_target(url, allow_private=settings.allow_private_media)
    with ledger.write() as connection:
        in_use = (api_keys.c.name == name) & api_keys.c.revoked_at.is_(None)
        sha256 = connection.execute(select(api_keys.c.sha256).where(in_use)).scalar_one_or_none()
        if sha256 is None:
            raise MmsError(f"There is no key named {name} that was made here.", code="no_such_key")
        connection.execute(update(api_keys).where(in_use).values(status_url=target))
        note(connection, by.name, "api_key.status_address", at=ledger.now(connection), subject=name)
    return None if target is None else signing_secret(ledger, name, str(sha256))


def signing_secret(ledger: Ledger, name: str, sha256: str) -> str:
    """What the posts of this very key are signed with: a new key of the same name has another."""
    return secret_of(ledger, f"api key {name} {sha256}")


def listed_keys(connection: Connection, settings: Settings) -> list[ApiKey]:
    """All keys, those of the settings first, then by name; revoked ones too."""
    columns = (api_keys.c[field] for field in ApiKey.__slots__)
    found = connection.execute(select(*columns).order_by(api_keys.c.name)).mappings()
    stored = [ApiKey(**{**one, "scope": Scope(one["scope"])}) for one in found]
    used = {name: option(connection, _use_of(sha256), None) for name, sha256 in settings.api_keys.items()}
    return [ApiKey(name, None, None, last_used_at, None, None) for name, last_used_at in used.items()] + stored


def open_keys(connection: Connection, settings: Settings, now: float) -> list[OpenKey]:
    """Every key that opens the API at `now` (seconds since 1970); none means that the API is closed."""
    stored = select(api_keys.c.name, api_keys.c.sha256, api_keys.c.scope).where(*_opens(now))
    made = [OpenKey(found.name, found.sha256, Scope(found.scope)) for found in connection.execute(stored)]
    return [*made, *(OpenKey(name, sha256) for name, sha256 in settings.api_keys.items())]


def _opens(now: float) -> tuple[ColumnElement[bool], ...]:
    return api_keys.c.revoked_at.is_(None), or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > now)


def holder(known: list[OpenKey], presented: str) -> OpenKey | None:
    """The presented key, or None; looks at every known key, so that time tells nothing."""
    digest = _digest(presented)
    found = [one for one in known if hmac.compare_digest(one.sha256, digest)]
    return found[0] if found else None


def note_use(ledger: Ledger, settings: Settings, name: str) -> None:
    """Remember that a key was used now."""
    with ledger.write() as connection:
        now = ledger.now(connection)
        if name in settings.api_keys:
            set_option(connection, _use_of(settings.api_keys[name]), now, at=now, by=None)
        else:
            connection.execute(update(api_keys).where(api_keys.c.name == name).values(last_used_at=now))


def _use_of(sha256: str) -> str:
    """The option that holds the last use of a key from the settings; it has no row of its own."""
    return f"api_key_used.{sha256[:48]}"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
