"""`opt-outs`: who must not be messaged."""

import getpass

import click
from sqlalchemy import select

from mms.cli.output import print_table, say
from mms.ledger import open_ledger
from mms.ledger import opt_outs as suppression
from mms.ledger.tables import opt_outs as table
from mms.phones import PhoneRules, check_number
from mms.problem_texts import PHONE_TEXTS
from mms.results.moments import iso
from mms.settings import Settings, load_settings


@click.group("opt-outs")
def opt_outs() -> None:
    """Numbers that nothing is sent to."""


@opt_outs.command("list")
def list_numbers() -> None:
    """Every number on the list, with its date and where it came from."""
    with open_ledger(load_settings()).read() as connection:
        found = list(connection.execute(select(table).order_by(table.c.since.desc())))
    print_table(("number", "since", "source"), [(one.recipient, iso(one.since), one.source) for one in found])


@opt_outs.command()
@click.argument("numbers", nargs=-1, required=True)
def add(numbers: tuple[str, ...]) -> None:
    """Send nothing more to these NUMBERS."""
    settings = load_settings()
    wanted = [_e164(number, settings) for number in numbers]
    ledger = open_ledger(settings)
    with ledger.write() as connection:
        added = suppression.add(
            connection, wanted, source=suppression.BY_HAND, at=ledger.now(connection), by=getpass.getuser()
        )
    say(f"{added} added; {len(wanted) - added} were on the list already.")


@opt_outs.command()
@click.argument("number")
def remove(number: str) -> None:
    """Let NUMBER be messaged again, on the person's own word."""
    settings = load_settings()
    ledger = open_ledger(settings)
    with ledger.write() as connection:
        was_there = suppression.remove(
            connection,
            _e164(number, settings),
            source=suppression.BY_HAND,
            at=ledger.now(connection),
            by=getpass.getuser(),
        )
    say("Removed from the list." if was_there else "This number was not on the list.")


def _e164(text: str, settings: Settings) -> str:
    verdict = check_number(text, PhoneRules(settings.region, allow_fictional=True, other_countries=True))
    if verdict.e164 is None:
        reason = PHONE_TEXTS[verdict.code] if verdict.code else ""
        raise click.UsageError(f"{text!r} is not a number that can be put on the list. {reason}".strip())
    return verdict.e164
