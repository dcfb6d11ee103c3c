"""Sign-ins that end: by hand, all at once, after a while, and when nobody clicks.

The provider's claims travel in a signed cookie that Streamlit accepts for 30 days; whoever kept a copy has it still.
So each sign-in is known to the ledger by a hash of its claims, and what the ledger says counts.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, select

from mms.errors import NotAllowed
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.options import option, set_option
from mms.ledger.tables import options
from mms.roles import Permission, User, require
from mms.settings import Settings

_SESSION = "session."
_IDENTITY = "identity."
_ALL_ENDED = "sessions_ended_at"
_NOTED_EVERY = 60.0  # seconds between two writes of when somebody was seen


def admit(ledger: Ledger, settings: Settings, claims: Mapping[str, Any], *, person: str) -> None:
    """Go on only in a session that has not ended, and with the account that this address was first seen with.

    Raises:
        NotAllowed: code `session_ended`, or `other_account`.
    """
    with ledger.read() as connection:
        now = ledger.now(connection)
        ended = _has_ended(connection, settings, claims, now)
        known = option(connection, _identity_key(person), None)
        stored = option(connection, _session_key(claims), None)
    if ended:
        raise NotAllowed("Your sign-in has ended. Sign in again.", code="session_ended")
    account = [str(claims.get("iss", "")), str(claims.get("sub", ""))]
    if known is not None and known != account:
        raise NotAllowed(
            f"{person} signed in here with another account before. If the account was replaced, ask an admin to take "
            "the address off the roles and to add it again.",
            code="other_account",
        )
    if stored is None or known is None or now - stored["seen"] > _NOTED_EVERY:
        _note(ledger, claims, account, person, is_new=stored is None)


def _has_ended(connection: Connection, settings: Settings, claims: Mapping[str, Any], now: float) -> bool:
    began = claims.get("iat")
    if not isinstance(began, int | float) or now - began > settings.session_lifetime:
        return True
    if began <= option(connection, _ALL_ENDED, 0.0):
        return True
    stored = option(connection, _session_key(claims), None) or {"seen": began, "ended": False}
    return bool(stored["ended"]) or now - stored["seen"] > settings.session_idle


def _note(ledger: Ledger, claims: Mapping[str, Any], account: list[str], person: str, *, is_new: bool) -> None:
    with ledger.write() as connection:
        now = ledger.now(connection)
        set_option(connection, _session_key(claims), {"seen": now, "ended": False}, at=now, by=person)
        if option(connection, _identity_key(person), None) is None:
            set_option(connection, _identity_key(person), account, at=now, by=person)
        if is_new:
            note(connection, person, "session.begin", at=now)


def end_session(ledger: Ledger, claims: Mapping[str, Any], *, person: str) -> None:
    """Sign out: the cookie is worth nothing from now on, whoever has a copy."""
    with ledger.write() as connection:
        now = ledger.now(connection)
        set_option(connection, _session_key(claims), {"seen": now, "ended": True}, at=now, by=person)
        note(connection, person, "session.end", at=now)


def end_all_sessions(ledger: Ledger, by: User) -> None:
    """Everybody signs in again, the person who asks for it, too. Raises NotAllowed."""
    require(by, Permission.CHANGE_SETTINGS)
    with ledger.write() as connection:
        now = ledger.now(connection)
        set_option(connection, _ALL_ENDED, now, at=now, by=by.name)
        note(connection, by.name, "session.end_all", at=now)


def forget_account(connection: Connection, person: str) -> None:
    """The next account that signs in with this address is taken as theirs."""
    connection.execute(delete(options).where(options.c.name == _identity_key(person)))


def forget_old_sessions(ledger: Ledger, settings: Settings) -> None:
    """Sessions beyond their lifetime are refused by their age alone."""
    with ledger.write() as connection:
        before = ledger.now(connection) - settings.session_lifetime - 86_400.0
        old = select(options.c.name).where(options.c.name.like(f"{_SESSION}%"), options.c.updated_at < before)
        connection.execute(delete(options).where(options.c.name.in_(old.scalar_subquery())))


def _session_key(claims: Mapping[str, Any]) -> str:
    return _SESSION + _hash(json.dumps(dict(claims), sort_keys=True, default=str))


def _identity_key(person: str) -> str:
    return _IDENTITY + _hash(person)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]
