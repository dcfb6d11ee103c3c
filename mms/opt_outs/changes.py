"""Changes to the suppression list by hand: somebody said so by phone, or a number came onto it by mistake."""

from mms.errors import MmsError
from mms.ledger import Ledger, opt_outs
from mms.ledger.audit import note as audit
from mms.phones import PhoneRules, check_number
from mms.problem_texts import PHONE_TEXTS
from mms.roles import Permission, User, require
from mms.settings import Settings


def add_by_hand(ledger: Ledger, settings: Settings, person: User, cell: str, *, note: str | None = None) -> str:
    """Put one number, as a person types it, on the list; returns it in E.164. On the list already is no error.

    Raises:
        NotAllowed: this person may not.
        MmsError: code `bad_number`, saying what is wrong with it.
    """
    require(person, Permission.ADD_OPT_OUTS)
    recipient = as_number(settings, cell)
    with ledger.write() as connection:
        now = ledger.now(connection)
        added = opt_outs.add(connection, [recipient], source=opt_outs.BY_HAND, at=now, note=note, by=person.name)
        if added:
            audit(connection, person.name, "opt_out.add", at=now)
    return recipient


def remove_by_hand(ledger: Ledger, settings: Settings, person: User, cell: str, *, note: str | None = None) -> bool:
    """Take one number off the list, for example because the person asked for messages again; False: not on it.

    Twilio keeps a list of its own: until the person replies START, Twilio goes on refusing.

    Raises:
        NotAllowed: this person may not.
        MmsError: code `bad_number`.
    """
    require(person, Permission.REMOVE_OPT_OUTS)
    recipient = as_number(settings, cell)
    with ledger.write() as connection:
        now = ledger.now(connection)
        removed = opt_outs.remove(connection, recipient, source=opt_outs.BY_HAND, at=now, note=note, by=person.name)
        if removed:
            audit(connection, person.name, "opt_out.remove", at=now)
    return removed


def opt_out_rules(settings: Settings) -> PhoneRules:
    """Every number that could ever be messaged may be on the list, whatever is sent to today."""
    return PhoneRules(settings.region, allow_fictional=True, other_countries=True)


def as_number(settings: Settings, cell: str) -> str:
    """A typed number in E.164. Raises MmsError, code `bad_number`."""
    verdict = check_number(cell, opt_out_rules(settings))
    if verdict.e164 is None:
        assert verdict.code is not None  # noqa: S101 - a verdict has one or the other
        raise MmsError(PHONE_TEXTS[verdict.code], code="bad_number")
    return verdict.e164
