"""The command line of the contract. Results go to standard output, progress and complaints to standard error."""

import sys

import click

from mms.cli.campaign_commands import campaigns, cancel, pause, reconcile, report, resume, retry, show
from mms.cli.check_command import check
from mms.cli.doctor_command import doctor
from mms.cli.exit_codes import USAGE
from mms.cli.key_commands import api_keys
from mms.cli.opt_out_commands import opt_outs
from mms.cli.process_commands import backup, practice, restore, worker
from mms.cli.send_command import send
from mms.errors import MmsError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """Send picture messages to a list of people over Twilio, and know what became of each one.

    Without Twilio credentials everything runs in practice mode: nothing leaves this computer.
    """


for _command in (
    check,
    send,
    campaigns,
    show,
    pause,
    resume,
    cancel,
    retry,
    reconcile,
    report,
    opt_outs,
    api_keys,
    doctor,
    worker,
    practice,
    backup,
    restore,
):
    cli.add_command(_command)


def main() -> None:
    """Run, and turn every error that is raised on purpose into a sentence and exit code 2."""
    try:
        cli(prog_name="python -m mms")
    except MmsError as error:
        click.echo(f"Error: {error.message}", err=True)
        sys.exit(USAGE)
