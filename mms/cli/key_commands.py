"""`api-keys`: who may use the HTTP API."""

import click

from mms.access import api_keys as keys
from mms.cli.output import print_table, say
from mms.cli.reading import local_person
from mms.ledger import open_ledger
from mms.reports.timestamps import iso
from mms.settings import load_settings


@click.group("api-keys")
def api_keys() -> None:
    """Keys of the HTTP API."""


@api_keys.command()
@click.argument("name")
def add(name: str) -> None:
    """Make a key; it is shown this one time."""
    settings = load_settings()
    key = keys.add_key(open_ledger(settings), settings, name, by=local_person())
    say("Keep this key now: it cannot be shown again.")
    click.echo(key)


@api_keys.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Refuse this key from now on."""
    keys.revoke_key(open_ledger(load_settings()), name, by=local_person())
    say(f"The key {name} opens nothing any more.")


@api_keys.command("list")
def list_keys() -> None:
    """Names of all keys, with their last use."""
    settings = load_settings()
    with open_ledger(settings).read() as connection:
        found = keys.listed_keys(connection, settings)
    lines = [(key.name, iso(key.last_used_at) or "never", "revoked" if key.revoked_at else "") for key in found]
    print_table(("name", "last used", ""), lines)
