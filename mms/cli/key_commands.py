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


@api_keys.command("status-url")
@click.argument("name")
@click.argument("url", required=False)
@click.option("--off", is_flag=True, help="Post to nobody any more.")
def status_url(name: str, url: str | None, *, off: bool) -> None:
    """Post each change of this key's messages to URL; prints what the posts are signed with."""
    if (url is None) != off:
        raise click.UsageError("Name an address, or say --off.")
    settings = load_settings()
    secret = keys.set_status_url(open_ledger(settings), settings, name, url, by=local_person())
    if secret is None:
        say(f"Nothing is posted for the key {name} any more.")
    else:
        say("From now on changes are posted there. The receiver checks their signatures with this secret:")
        click.echo(secret)


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
    lines = [
        (key.name, iso(key.last_used_at) or "never", key.status_url or "", "revoked" if key.revoked_at else "")
        for key in found
    ]
    print_table(("name", "last used", "status address", ""), lines)
