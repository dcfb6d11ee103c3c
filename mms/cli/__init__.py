"""The command line of the contract. Results go to standard output, progress and complaints to standard error.

A command's module is loaded when that command is asked for: `--help` and one command do not pay for the others.
"""

import errno
import os
import sys
from contextlib import closing
from importlib import import_module
from importlib.abc import MetaPathFinder

import click

from mms.cli.exit_codes import USAGE
from mms.errors import MmsError

COMMANDS: dict[str, tuple[str, str]] = {
    "api-keys": ("key_commands", "Keys of the HTTP API."),
    "backup": ("process_commands", "Copy the installation into a file."),
    "campaigns": ("campaign_commands", "List the campaigns, newest first."),
    "cancel": ("campaign_commands", "Take back every row that has not been offered to Twilio."),
    "check": ("check_command", "Check a list row by row, without sending."),
    "doctor": ("doctor_command", "Check that this installation can send."),
    "export": ("export_command", "Everything as tables for other programs: Parquet or CSV."),
    "join-words": ("join_commands", "Words that people text to come onto a list."),
    "lists": ("list_commands", "Saved lists of people, in and out."),
    "doubt": (
        "process_commands",
        "After a restored database: ask Twilio about open rows first.",
    ),
    "move": ("process_commands", "Take the whole installation to another database."),
    "notices": ("notice_commands", "Who hears of campaigns, and the secrets of signed posts."),
    "choose": ("campaign_commands", "Send the rest of a campaign with one of its versions."),
    "opt-outs": ("opt_out_commands", "Numbers that nothing is sent to."),
    "pause": ("campaign_commands", "Stop asking Twilio for more, within a second."),
    "practice": ("process_commands", "Run the stand-in for Twilio alone."),
    "reconcile": ("campaign_commands", "Ask Twilio's log again about messages whose answer was lost."),
    "recurring": ("recurring_commands", "Messages that come again by themselves, and series."),
    "replies": ("reply_commands", "What people wrote back, newest first."),
    "report": ("campaign_commands", "Write the report: every row of the upload exactly once."),
    "restore": ("process_commands", "Put the installation back to a backup."),
    "resume": ("campaign_commands", "Go on with a paused or stopped campaign."),
    "retry": ("campaign_commands", "Send again to those for whom another try can help."),
    "segments": ("list_commands", "Segments: conditions on the people of a list."),
    "send": ("send_command", "Send the message to every ready row of a list."),
    "show": ("campaign_commands", "Show one campaign and what became of its rows."),
    "stop": ("process_commands", "End worker and stand-in of this folder."),
    "worker": ("process_commands", "Run the sends that other processes have queued."),
}
"""Each command's module in this room, and its line in `--help`. The function is named like the command."""

READING = frozenset({"campaigns", "check", "doctor", "export", "replies", "report", "segments", "show"})
"""These change nothing, so they do not bring an older database up to date either."""


class LazyGroup(click.Group):
    """Loads a command's module when it is called or when its own help is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command with this name; None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        found: click.Command = getattr(import_module(f"mms.cli.{module}"), cmd_name.replace("-", "_"))
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The lines of `--help`, from the table: without loading a command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.pass_context
def cli(context: click.Context) -> None:
    """Send picture messages to a list of people over Twilio, and know what became of each one.

    Without Twilio credentials everything runs in practice mode: nothing leaves this computer.
    """
    if context.invoked_subcommand in READING and not {"-h", "--help"} & set(sys.argv):
        _leave_an_older_database_alone()


def _leave_an_older_database_alone() -> None:
    """Raises MmsError where the database is of an older version: an older worker may be sending from it."""
    from mms.ledger import Ledger  # only commands that open the ledger load what it needs
    from mms.ledger.schema import require_current
    from mms.settings import load_settings

    with closing(Ledger(load_settings().database_url)) as ledger:
        require_current(ledger)


def main() -> None:
    """Run, turn every error that is raised on purpose into a sentence and exit code 2, and end the process.

    The process ends without Python's tidying up: freeing a million rows takes longer than what the system does anyway.
    """
    sys.meta_path.insert(0, _NoPandas())
    os.umask(0o077)  # reports, logs and lists are people's data: for their owner only, whatever the shell says
    _leave(_run())


class _NoPandas(MetaPathFinder):
    """Answers that pandas is not there: `pyarrow.array` loads it to look at a list's type, for half a second.

    No command makes a DataFrame; `mms.data`, which does, is for other programs.
    """

    def find_spec(self, fullname: str, *_: object) -> None:
        """Nothing to say about other modules. Raises ModuleNotFoundError for pandas, as if it were not installed."""
        if fullname == "pandas":
            raise ModuleNotFoundError("The command line does without pandas.", name=fullname)


def _run() -> int:
    from mms.isolation import decode_here  # not for those who import a command

    decode_here()
    try:
        cli(prog_name="python -m mms")
    except MmsError as error:
        click.echo(f"Error: {error.message}", err=True)
        return USAGE
    except SystemExit as end:  # before what follows: it is no fault
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception as error:  # noqa: BLE001 - what is no fault of the database is raised again
        return _fault_of_the_database(error)
    return 0


def _fault_of_the_database(error: Exception) -> int:
    """Or of its disk: one sentence and exit code 2; anything else is a fault of ours and shows itself."""
    from sqlalchemy.exc import SQLAlchemyError  # only now: it takes a while to load

    from mms.ledger.faults import DISK_IS_FULL, database_sentence

    if isinstance(error, SQLAlchemyError):
        sentence = database_sentence(error)
    elif isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        sentence = DISK_IS_FULL
    else:
        raise error
    click.echo(f"Error: {sentence}", err=True)
    return USAGE


def _leave(code: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # whoever read our output has gone
            code = code or 1
    os._exit(code)
