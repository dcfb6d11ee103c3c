"""Commands about campaigns that exist: list, show, control, retry, report."""

from pathlib import Path
from typing import Any

import click

from mms import services
from mms.campaigns import controls
from mms.campaigns.launch.half_written import remove_half_written, word_on_half_written
from mms.campaigns.records import campaign
from mms.campaigns.retry import retry_campaign, retry_choice
from mms.cli.output import counts_line, print_json, print_table, rows_of, say
from mms.cli.reading import local_person
from mms.delivery import reconcile as ask_again
from mms.ledger import Ledger, open_ledger
from mms.reports import CampaignFilter, campaign_list
from mms.reports import show as show_campaign
from mms.reports.files.report import write_report
from mms.settings import load_settings
from mms.states import CampaignState
from mms.versions.version import NAMES

_as_json = click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
_number = click.argument("campaign_id", metavar="ID", type=int)


def _ledger() -> Ledger:
    return open_ledger(load_settings())


@click.command()
@_as_json
def campaigns(*, as_json: bool) -> None:
    """List the campaigns, newest first."""
    ledger = _ledger()
    with ledger.read() as connection:
        found, _total = campaign_list(connection, CampaignFilter(), page_size=1_000)
        shown = [show_campaign(connection, one.id) for one in found]
    if as_json:
        print_json(shown)
    elif not shown:
        say("There are no campaigns yet. Send one with: python -m mms send FILE --body TEXT --yes")
    else:
        lines = [
            (one["id"], one["state"], one["created_at"], _start(one), one["name"], counts_line(one["counts"]))
            for one in shown
        ]
        print_table(("id", "state", "made", "starts", "name", "rows"), lines)


def _start(one: dict[str, Any]) -> str:
    """When it starts or started; a scheduled campaign without a time waits for its turn."""
    return one["started_at"] or one["start_at"] or "-"


@click.command()
@_number
@_as_json
def show(campaign_id: int, *, as_json: bool) -> None:
    """Show one campaign and what became of its rows."""
    ledger = _ledger()
    with ledger.read() as connection:
        found = show_campaign(connection, campaign_id)
        current = campaign(connection, campaign_id)
        reason = current.reason
        if current.state is CampaignState.DRAFT:
            reason = word_on_half_written(connection, campaign_id, ledger.now(connection))
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        if name != "counts":
            click.echo(f"{name}: {value if value is not None else '-'}")
    click.echo(f"counts: {counts_line(found['counts'])}")
    if reason:
        click.echo(f"note: {reason}")


@click.command()
@_number
def pause(campaign_id: int) -> None:
    """Stop asking Twilio for more, within a second. `resume` goes on."""
    controls.pause(_ledger(), campaign_id, by=local_person())
    say(f"Campaign {campaign_id} is paused. Go on with: python -m mms resume {campaign_id}")


@click.command()
@_number
def resume(campaign_id: int) -> None:
    """Go on with a paused or stopped campaign, or start its worker again."""
    connected = services.connect()
    controls.resume(connected.ledger, campaign_id, by=local_person())
    connected.start_worker()
    say(f"Campaign {campaign_id} goes on. Watch it with: python -m mms show {campaign_id}")


@click.command()
@_number
@click.argument("version", metavar="VERSION", type=click.Choice(NAMES))
def choose(campaign_id: int, version: str) -> None:
    """Send the rest of a campaign with the version (A, B or C) that did best with those who tried them."""
    connected = services.connect()
    controls.choose_version(connected.ledger, campaign_id, version, by=local_person())
    connected.start_worker()
    say(f"Campaign {campaign_id} goes on with version {version}.")


@click.command()
@_number
def cancel(campaign_id: int) -> None:
    """Take back every row that has not been offered to Twilio; a half-written campaign is removed. Cannot be undone."""
    ledger = _ledger()
    with ledger.read() as connection:
        is_half = campaign(connection, campaign_id).state is CampaignState.DRAFT
    if is_half:
        remove_half_written(ledger, campaign_id, by=local_person())
        say(f"Campaign {campaign_id} was not finished being written; nothing was sent of it. It is removed.")
        return
    controls.cancel(ledger, campaign_id, by=local_person())
    say(f"Campaign {campaign_id} is cancelled. Its report says which rows had gone out already.")


@click.command()
@_number
def retry(campaign_id: int) -> None:
    """Send again, as a new campaign, to those for whom another try makes sense."""
    connected = services.connect()
    with connected.ledger.read() as connection:
        choice = retry_choice(connection, campaign_id)
    made = retry_campaign(connected.ledger, campaign_id, by=local_person())
    connected.start_worker()
    if choice.count:
        say(f"Campaign {made} tries again with rows: {choice.count:,}. Left out: {sum(choice.left_out.values()):,}.")
    else:
        say(f"Nothing new to try: campaign {made} has these rows already.")
    click.echo(made)


@click.command()
@_number
def reconcile(campaign_id: int) -> None:
    """Ask Twilio's log again about messages whose answer was lost."""
    connected = services.connect()
    with connected.ledger.read() as connection:
        campaign(connection, campaign_id)
    asked = ask_again(connected.ledger, campaign_id, by=local_person())
    connected.start_worker()
    if asked:
        say(f"Twilio's log is being asked about {rows_of(asked)}. See: python -m mms show {campaign_id}")
    else:
        say("Twilio's log has told all it can: no row waits for a person.")


@click.command()
@click.argument("campaign_ids", type=int, nargs=-1, required=True, metavar="ID...")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help=".csv or .xlsx; - is CSV on standard output",
)
def report(campaign_ids: tuple[int, ...], output: Path) -> None:
    """Write the report of one or several campaigns: every row of the uploads exactly once."""
    write_report(_ledger(), campaign_ids, output)
    if str(output) != "-":
        say(f"The report is in {output}.")
