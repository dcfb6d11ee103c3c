"""`replies`: what people wrote back."""

from datetime import datetime

import click

from mms.cli.output import print_json, print_table, say
from mms.ledger import open_ledger
from mms.opt_outs.replies import all_replies
from mms.reports.timestamps import iso
from mms.settings import load_settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output.")
@click.option("--since", metavar="ISO-TIME", help="Only those since then, such as 2026-12-01T10:00:00-05:00.")
def replies(*, as_json: bool, since: str | None) -> None:
    """Show what people wrote back, newest first."""
    after = _moment(since)
    with open_ledger(load_settings()).read() as connection:
        found = all_replies(connection, since=after)
    if as_json:
        print_json(
            [
                {
                    "message_sid": one.message_sid,
                    "from": one.sender,
                    "to": one.address,
                    "body": one.body,
                    "media_count": one.media_count,
                    "keyword": one.keyword,
                    "campaign_id": one.campaign_id,
                    "at": iso(one.at),
                }
                for one in found
            ]
        )
    elif found:
        lines = [(iso(one.at), one.sender, one.campaign_id or "", (one.body or "")[:60]) for one in found]
        print_table(("when", "from", "campaign", "reply"), lines)
    else:
        say("Nobody has written back.")


def _moment(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError("--since wants a time such as 2026-12-01T10:00:00-05:00.") from None
    return (at if at.tzinfo else at.astimezone()).timestamp()
