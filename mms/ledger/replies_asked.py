"""When Twilio was last asked for what people wrote, by account: until then answers are known without a webhook."""

from sqlalchemy import Connection, func, select

from mms.ledger.options import option, set_option
from mms.ledger.tables import options

_ASKED = "replies_asked:"


def asked_at(connection: Connection, account_sid: str) -> float:
    """Of this account, in seconds since 1970; 0: never."""
    return float(option(connection, _name(account_sid), 0.0))


def last_asked(connection: Connection) -> float | None:
    """Of any account, in seconds since 1970; None: never."""
    found: float | None = connection.execute(
        select(func.max(options.c.updated_at)).where(options.c.name.startswith(_ASKED))
    ).scalar_one()
    return found


def note_asked(connection: Connection, account_sid: str, *, at: float) -> None:
    """This account has just been asked."""
    set_option(connection, _name(account_sid), at, at=at, by=None)


def _name(account_sid: str) -> str:
    return f"{_ASKED}{account_sid[-12:]}"
