"""`worker` and `practice`, which the dashboard otherwise starts by itself; `backup` and `restore`."""

from pathlib import Path

import click

from mms import services
from mms.campaigns.records import ACTIVE, campaigns_in
from mms.cli.output import rows_of, say
from mms.cli.reading import local_person
from mms.ledger import open_ledger
from mms.logs import configure_logging
from mms.operations.backup import NOT_IN_IT, back_up
from mms.operations.backup import restore as restore_backup
from mms.operations.doubt import doubt as put_in_doubt
from mms.operations.move import move as move_installation
from mms.operations.processes import stop_processes
from mms.practice import server
from mms.practice.address import PracticeAddress
from mms.reports import campaign_counts
from mms.settings import Settings, load_settings
from mms.states import OPEN_ROWS


@click.command()
@click.option("--until-idle", is_flag=True, hidden=True, help="Leave when there is nothing to do for a while.")
def worker(*, until_idle: bool) -> None:
    """Run the sends that other processes have queued, until stopped."""
    settings = load_settings()
    configure_logging(settings)
    services.run_worker(settings, stay=not until_idle)


@click.command()
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="0 picks a free port.")
def practice(port: int) -> None:
    """Run the stand-in for Twilio alone; it prints its address and credentials."""
    settings = load_settings()
    server.serve(port=port, data_dir=settings.data_dir, ready=_print_address)


def _print_address(address: PracticeAddress) -> None:
    """As settings, so that they can be pasted into a `.env` file."""
    click.echo(f"TWILIO_API_BASE_URL={address.base_url}")
    click.echo(f"TWILIO_ACCOUNT_SID={address.account_sid}")
    click.echo(f"TWILIO_AUTH_TOKEN={address.auth_token}")
    click.echo(f"TWILIO_PHONE_NUMBER={address.phone_number}")
    click.echo(f"TWILIO_MESSAGING_SERVICE_SID={address.messaging_service_sid}")


@click.command()
def stop() -> None:
    """End the worker and the stand-in of this folder; what was under way goes on when one is started again."""
    settings = load_settings()
    under_way = _under_way(settings)
    stopped = stop_processes(settings)
    if stopped.worker:
        say(f"The worker has ended. {under_way}")
    if stopped.stand_in:
        say("The stand-in for Twilio has ended.")
    if not (stopped.worker or stopped.stand_in):
        say(f"Nothing ran on the folder {settings.data_dir}.")


def _under_way(settings: Settings) -> str:
    with open_ledger(settings).read() as connection:
        active = campaigns_in(connection, ACTIVE, settings.mode.value)
        counts = [(one, campaign_counts(connection, one.id)) for one in active]
    if not active:
        return "It had nothing to send."
    left = [f"campaign {one.id} ({rows_of(sum(found[state] for state in OPEN_ROWS))} to go)" for one, found in counts]
    return f"Under way: {', '.join(left)}. It goes on with the dashboard, or with: python -m mms worker"


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copy the installation (database, pictures) into FILE, while it runs."""
    back_up(load_settings(), file)
    say(f"The backup is in {file}. It holds numbers and messages: keep it as safe as the original.")
    say(f"It does not hold {NOT_IN_IT}: keep those apart.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Put the installation back to FILE. Stop the app and the worker first."""
    aside = restore_backup(load_settings(), file, by=local_person().name)
    click.echo("Restored. Campaigns that had not ended are paused; look at each before you resume it.", err=True)
    if aside:
        click.echo(f"What was there before is in {aside}.", err=True)


@click.command()
@click.argument("campaign_id", metavar="[ID]", type=int, required=False)
@click.option("--all", "everything", is_flag=True, help="The open rows of every campaign.")
def doubt(campaign_id: int | None, *, everything: bool) -> None:
    """Put open rows in doubt, after the database was put back: Twilio's log is asked before anything is sent."""
    if (campaign_id is None) != everything:
        raise click.UsageError("Name one campaign, or say --all.")
    doubted = put_in_doubt(open_ledger(load_settings()), campaign_id, by=local_person())
    say(f"In doubt: {rows_of(doubted)}. The worker asks Twilio's log about each before anything is sent.")


@click.command()
@click.option("--to", "target", metavar="DATABASE_URL", required=True, help="An empty database, SQLite or PostgreSQL.")
def move(target: str) -> None:
    """Take the whole installation to the database at DATABASE_URL. Stop the app and the worker first."""
    counts = move_installation(load_settings(), target, by=local_person().name)
    for table, count in counts.items():
        click.echo(f"{table}: {count:,}")
    say("Everything is there, and counted. Set DATABASE_URL to the new address: the old ledger sends nothing any more.")
