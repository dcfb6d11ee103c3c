"""Roles and what they may do. Pages hide what somebody may not do; the checks are here."""

from dataclasses import dataclass
from enum import StrEnum

from mms.errors import NotAllowed


class Role(StrEnum):
    """What somebody does here, from least to most."""

    VIEWER = "viewer"
    SENDER = "sender"
    ADMIN = "admin"


class Permission(StrEnum):
    """One kind of deed that not everybody may do."""

    SEE = "see"
    EXPORT = "export"
    SEND = "send"  # drafts, launching, pausing, cancelling, retrying
    ADD_OPT_OUTS = "add_opt_outs"
    REMOVE_OPT_OUTS = "remove_opt_outs"
    CHANGE_SETTINGS = "change_settings"
    MANAGE_KEYS = "manage_keys"
    SEE_AUDIT = "see_audit"
    PURGE = "purge"  # retention, export and erasure of one person's data


_VIEWER = frozenset({Permission.SEE, Permission.EXPORT})
_SENDER = _VIEWER | {Permission.SEND, Permission.ADD_OPT_OUTS}
MAY: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: _VIEWER,
    Role.SENDER: _SENDER,
    Role.ADMIN: frozenset(Permission),
}
_DEEDS = {
    Permission.SEE: "look at campaigns",
    Permission.EXPORT: "export reports",
    Permission.SEND: "send or change campaigns",
    Permission.ADD_OPT_OUTS: "add opt-outs",
    Permission.REMOVE_OPT_OUTS: "take numbers off the opt-out list",
    Permission.CHANGE_SETTINGS: "change settings",
    Permission.MANAGE_KEYS: "make or revoke API keys",
    Permission.SEE_AUDIT: "read the audit trail",
    Permission.PURGE: "delete or export people's data",
}


@dataclass(frozen=True, slots=True)
class User:
    """Who is at the screen. `email` is None for the person at this computer when nobody signs in."""

    name: str  # stands in the ledger beside what was done
    email: str | None
    role: Role


LOCAL_ADMIN = User("this computer", None, Role.ADMIN)


def may(person: User, permission: Permission) -> bool:
    """Whether the person's role allows it."""
    return permission in MAY[person.role]


def require(person: User, permission: Permission) -> None:
    """Go on only if the person may.

    Raises:
        NotAllowed: code `not_allowed`, saying what an admin has to change.
    """
    if not may(person, permission):
        raise NotAllowed(
            f"You may not {_DEEDS[permission]}: your role is {person.role}. Ask an admin of this app.",
            code="not_allowed",
        )
