"""`worker` and `practice`: the two processes that the dashboard otherwise starts by itself."""

import click

from mms import services
from mms.practice import server
from mms.practice.address import PracticeAddress
from mms.settings import load_settings


@click.command()
@click.option("--until-idle", is_flag=True, hidden=True, help="Leave when there is nothing to do for a while.")
def worker(*, until_idle: bool) -> None:
    """Run the sends that other processes have queued, until stopped."""
    services.run_worker(load_settings(), stay=not until_idle)


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
