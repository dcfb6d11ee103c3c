"""How the business names itself at the end of its messages: kept once, and put in by a click."""

from sqlalchemy import Connection

from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.options import option, set_option
from mms.roles import Permission, User, require

_OPTION = "sender_name"
LONGEST = 40


def sender_name(connection: Connection) -> str:
    """Empty while nobody has kept one."""
    return str(option(connection, _OPTION, ""))


def keep_sender_name(ledger: Ledger, name: str, *, by: User) -> None:
    """Empty takes it away. Raises NotAllowed, and CampaignError (code `sender_name`) for one that is too long."""
    require(by, Permission.SEND)
    kept = " ".join(name.split())
    if len(kept) > LONGEST or set(kept) & set("{}"):
        raise CampaignError(f"A name has at most {LONGEST} characters, and no braces.", code="sender_name")
    with ledger.write() as connection:
        now = ledger.now(connection)
        set_option(connection, _OPTION, kept, at=now, by=by.name)
        note(connection, by.name, "sender_name.change", at=now)
