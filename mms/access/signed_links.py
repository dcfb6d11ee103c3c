"""Signed links that work for a while and for one person: downloads go past the page, so its check travels along."""

import secrets

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import Connection

from mms.ledger import Ledger
from mms.ledger.options import option, set_option
from mms.roles import Permission, User, require

LINK_SECONDS = 3_600
_OPTION = "link_secret"
_SALT = "mms-report"


def report_link(ledger: Ledger, campaign_id: int, ending: str, *, by: User) -> str:
    """The path of a campaign's report (`csv`, `xlsx` or `html`), good for an hour and for this person.

    Raises:
        NotAllowed: they may not take data along.
    """
    require(by, Permission.EXPORT)
    path = f"/reports/{campaign_id}.{ending}"
    return f"{path}?token={_signer(ledger).dumps([path, by.name])}"


def is_signed(ledger: Ledger, path: str, token: str, *, by: User) -> bool:
    """Whether this token was made for this path and person, less than an hour ago."""
    try:
        signed: object = _signer(ledger).loads(token, max_age=LINK_SECONDS)
    except BadSignature:
        return False
    return signed == [path, by.name]


def _signer(ledger: Ledger) -> URLSafeTimedSerializer:
    with ledger.read() as connection:
        secret = _secret(connection)
    if secret is None:
        with ledger.write() as connection:
            secret = _secret(connection) or _new_secret(connection, ledger.now(connection))
    return URLSafeTimedSerializer(secret, salt=_SALT)


def _secret(connection: Connection) -> str | None:
    secret: str | None = option(connection, _OPTION, None)
    return secret


def _new_secret(connection: Connection, now: float) -> str:
    secret = secrets.token_hex(32)
    set_option(connection, _OPTION, secret, at=now, by=None)
    return secret
