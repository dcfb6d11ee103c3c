"""`opt-outs`: who must not be messaged."""

import sys

import click

from mms.cli.exit_codes import SOME_DID_NOT
from mms.cli.output import print_table, say
from mms.cli.reading import file_bytes, local_person
from mms.ledger import open_ledger
from mms.opt_outs.changes import add_by_hand, as_number, remove_by_hand
from mms.opt_outs.exchange import import_numbers, preview_import
from mms.opt_outs.listing import search
from mms.reports.timestamps import iso
from mms.settings import load_settings


@click.group("opt-outs")
def opt_outs() -> None:
    """Numbers that nothing is sent to."""


@opt_outs.command("list")
def list_numbers() -> None:
    """Every number on the list, with its date and where it came from."""
    with open_ledger(load_settings()).read() as connection:
        found = search(connection, limit=None)
    print_table(("number", "since", "source"), [(one.recipient, iso(one.since), one.source) for one in found])


@opt_outs.command()
@click.argument("numbers", nargs=-1, required=True)
def add(numbers: tuple[str, ...]) -> None:
    """Send nothing more to these NUMBERS."""
    settings = load_settings()
    for number in numbers:
        as_number(settings, number)  # all or nothing: a typo is said before anything is written
    ledger = open_ledger(settings)
    for number in numbers:
        say(f"{add_by_hand(ledger, settings, local_person(), number)} gets nothing more.")


@opt_outs.command()
@click.argument("number")
def remove(number: str) -> None:
    """Let NUMBER be messaged again, on the person's own word."""
    settings = load_settings()
    was_there = remove_by_hand(open_ledger(settings), settings, local_person(), number)
    say("Removed from the list." if was_there else "This number was not on the list.")


@opt_outs.command("import")
@click.argument("file")
@click.option("--column", metavar="C", help="The column that holds the numbers; found by itself otherwise.")
def import_file(file: str, column: str | None) -> None:
    """Put every number of FILE (CSV, XLSX or a plain list; - for standard input) on the list."""
    settings = load_settings()
    ledger = open_ledger(settings)
    data, name = file_bytes(file)
    preview = preview_import(ledger, settings, data, file_name=name, column=column)
    added = import_numbers(ledger, local_person(), preview)
    say(f"{added:,} added; {len(preview.known):,} were on the list already.")
    if preview.unread:
        lines = [(one.row, one.value[:40], one.message) for one in preview.unread]
        print_table(("row", "value", "why it was left out"), lines, err=True)
        sys.exit(SOME_DID_NOT)
