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
@click.option("--read-only", is_flag=True, help="The key may ask, and change or send nothing.")
@click.option("--days", type=float, help="The key opens nothing after so many days.")
def add(name: str, *, read_only: bool, days: float | None) -> None:
    """Make a key; it is shown this one time."""
    settings = load_settings()
    scope = keys.Scope.READ if read_only else keys.Scope.SEND
    key = keys.add_key(open_ledger(settings), settings, name, by=local_person(), scope=scope, days=days)
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
    """All keys: what they may, how they end, their last use and their last day."""
    settings = load_settings()
    ledger = open_ledger(settings)
    with ledger.read() as connection:
        now = ledger.now(connection)
        found = keys.listed_keys(connection, settings)
    print_table(
        ("name", "may", "ends in", "last used", "good until", "status address", ""),
        [
            (
                key.name,
                key.scope.value,
                key.last_four or "",
                iso(key.last_used_at) or "never",
                iso(key.expires_at) or "no end",
                key.status_url or "",
                "" if key.state(now) == "in use" else key.state(now),
            )
            for key in found
        ],
    )
