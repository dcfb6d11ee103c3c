"""`notices`: who hears of campaigns, and with which secret signed posts are checked."""

from urllib.parse import urlsplit

import click

from mms.cli.output import print_json, print_table, say
from mms.ledger import open_ledger
from mms.notices.notice_posts import receiver_of
from mms.outgoing.signing import secret_of
from mms.settings import load_settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output.")
def notices(*, as_json: bool) -> None:
    """Show the addresses that get signed posts, each with its secret; other listeners by their kind."""
    settings = load_settings()
    ledger = open_ledger(settings)
    found: list[dict[str, str | None]] = [
        {"kind": "webhook", "host": urlsplit(url).hostname, "secret": secret_of(ledger, receiver_of(url))}
        for url in settings.notify_webhooks
    ]
    found += [{"kind": url.partition("://")[0], "host": None, "secret": None} for url in settings.notify_listeners]
    if as_json:
        print_json(found)
    elif found:
        print_table(
            ("kind", "host", "secret"), [(one["kind"], one["host"] or "", one["secret"] or "") for one in found]
        )
    else:
        say("Nobody hears of campaigns. Set MMS_NOTIFY_URLS.")
