"""`worker` and `practice`: the two processes that the dashboard otherwise starts by itself."""

import click

from mms import services
from mms.practice import server
from mms.settings import load_settings


@click.command()
@click.option("--until-idle", is_flag=True, hidden=True, help="Leave when there is nothing to do for a while.")
def worker(*, until_idle: bool) -> None:
    """Run the sends that other processes have queued, until stopped."""
    services.run_worker(load_settings(), until_idle=until_idle)


@click.command()
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="0 picks a free port.")
def practice(port: int) -> None:
    """Run the stand-in for Twilio alone; it prints its address and credentials."""
    settings = load_settings()
    server.serve(port=port, data_dir=settings.data_dir)
