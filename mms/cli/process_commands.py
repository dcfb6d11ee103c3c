"""`worker` and `practice`, which the dashboard otherwise starts by itself; `backup` and `restore`."""

from pathlib import Path

import click

from mms import services
from mms.cli.reading import local_person
from mms.logs import configure_logging
from mms.operations.backup import back_up
from mms.operations.backup import restore as restore_backup
from mms.practice import server
from mms.practice.address import PracticeAddress
from mms.settings import load_settings


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
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copy the installation (SQLite database, pictures) into FILE, while it runs."""
    back_up(load_settings(), file)
    click.echo(f"The backup is in {file}. It holds numbers and messages: keep it as safe as the original.", err=True)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Put the installation back to FILE. Stop the app and the worker first."""
    aside = restore_backup(load_settings(), file, by=local_person().name)
    click.echo("Restored. Campaigns that had not ended are paused; look at each before you resume it.", err=True)
    if aside:
        click.echo(f"What was there before is in {aside}.", err=True)
