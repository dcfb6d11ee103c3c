"""From what the sign-in provider says about somebody to a person with a role."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from sqlalchemy import Connection

from mms.access.sessions import admit, forget_account
from mms.access.traces import SESSION_REFUSED, trace
from mms.errors import MmsError, NotAllowed
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.options import option, set_option
from mms.roles import LOCAL_ADMIN, MAY, Permission, Role, User, may, require
from mms.settings import Settings

_OPTION = "roles"


@dataclass(frozen=True, slots=True)
class RoleRules:
    """Who has which role: by e-mail address, else by a value of one claim (the highest counts), else `everyone`."""

    by_email: Mapping[str, Role] = field(default_factory=dict)
    claim: str = "groups"
    by_claim: Mapping[str, Role] = field(default_factory=dict)
    everyone: Role | None = None  # None: nobody gets in without being named

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Rules as stored."""
        return cls(
            by_email={email: Role(role) for email, role in value["by_email"].items()},
            claim=value["claim"],
            by_claim={name: Role(role) for name, role in value["by_claim"].items()},
            everyone=Role(value["everyone"]) if value["everyone"] else None,
        )

    def to_json(self) -> dict[str, Any]:
        """For the ledger."""
        return {
            "by_email": {email.strip().lower(): role.value for email, role in self.by_email.items()},
            "claim": self.claim,
            "by_claim": {name: role.value for name, role in self.by_claim.items()},
            "everyone": self.everyone.value if self.everyone else None,
        }


def role_rules(connection: Connection) -> RoleRules:
    """The rules as an admin stored them; at first nobody has a role."""
    stored = option(connection, _OPTION, None)
    return RoleRules() if stored is None else RoleRules.from_json(stored)


def set_role_rules(ledger: Ledger, settings: Settings, person: User, rules: RoleRules) -> None:
    """Store the rules.

    Raises:
        NotAllowed: this person may not.
        MmsError: code `locks_out`, when they would take the admin's role from the person who stores them.
    """
    require(person, Permission.CHANGE_SETTINGS)
    stays = person.email is None or person.email in settings.admin_emails
    if (
        not stays
        and rules.by_email.get(person.email or "") is not Role.ADMIN
        and Role.ADMIN not in rules.by_claim.values()
    ):
        raise MmsError("That would take the admin's role from you. Let another admin do it.", code="locks_out")
    with ledger.write() as connection:
        now = ledger.now(connection)
        for email in role_rules(connection).by_email.keys() - rules.by_email.keys():
            forget_account(connection, email)
        set_option(connection, _OPTION, rules.to_json(), at=now, by=person.name)
        note(connection, person.name, "roles.change", at=now, detail={"people": len(rules.by_email)})


def person_of(connection: Connection, settings: Settings, claims: Mapping[str, Any] | None) -> User:
    """The person whom the provider's claims describe; None stands for "nobody signs in here".

    Raises:
        NotAllowed: code `unverified` when the address is not confirmed, `no_role` when nobody gave them a role.
    """
    if claims is None:
        return LOCAL_ADMIN
    email = str(claims.get("email") or "").strip().lower()
    if not email or not _is_confirmed(settings, claims):
        raise NotAllowed("Your sign-in has no confirmed e-mail address. Ask your administrator.", code="unverified")
    role = _role(role_rules(connection), settings, email, claims)
    if role is None:
        raise NotAllowed(f"{email} has no role here yet. Ask an admin of this app to add you.", code="no_role")
    return User(email, email, role)


def admitted(ledger: Ledger, settings: Settings, claims: Mapping[str, Any] | None) -> User:
    """The person of a session that has not ended. Raises NotAllowed, as `person_of` and `sessions.admit` do."""
    try:
        with ledger.read() as connection:
            person = person_of(connection, settings, claims)
        if claims is not None:
            admit(ledger, settings, claims, person=person.name)
    except NotAllowed as error:
        address = str((claims or {}).get("email") or "somebody").strip().lower()
        trace(ledger, address[:255], SESSION_REFUSED, subject=error.code)
        raise
    return person


def may_act(ledger: Ledger, settings: Settings, claims: Mapping[str, Any], permission: Permission) -> bool:
    """Whether the person of these claims is let in and may do this."""
    try:
        return may(admitted(ledger, settings, claims), permission)
    except NotAllowed:
        return False


def _is_confirmed(settings: Settings, claims: Mapping[str, Any]) -> bool:
    """The provider says that the address is this person's, or the operator says that this issuer's addresses are.

    Anything but true (absent, "false", 0, null) is no: addresses can often be chosen freely at the provider. The
    issuer is compared whole; for Microsoft Entra it holds the tenant, so that of another tenant is another issuer.
    """
    confirmed = claims.get("email_verified")
    if confirmed is not None:
        return confirmed is True
    issuer = str(claims.get("iss", "")).rstrip("/")
    tenant = claims.get("tid")
    return issuer in settings.trusted_issuers and (tenant is None or str(tenant) in issuer)


def _role(rules: RoleRules, settings: Settings, email: str, claims: Mapping[str, Any]) -> Role | None:
    if email in settings.admin_emails:
        return Role.ADMIN
    if email in rules.by_email:
        return rules.by_email[email]
    said = claims.get(rules.claim)
    values = said if isinstance(said, list) else [said]
    roles = [rules.by_claim[value] for value in values if isinstance(value, str) and value in rules.by_claim]
    return max(roles, key=lambda role: len(MAY[role]), default=rules.everyone)
