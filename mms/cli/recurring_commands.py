"""`recurring`: sends that come again by themselves, and series: set up, steered, shown."""

from collections.abc import Callable
from typing import Any

import click

from mms.cli.output import print_json, print_table, say
from mms.cli.reading import local_person
from mms.cli.times import moment_of, server_zone
from mms.ledger import Ledger, open_ledger
from mms.lists.saved_lists import list_named
from mms.lists.segments import segment_named
from mms.recurring.described import described
from mms.recurring.rhythm import Every, Rhythm, rhythm_of
from mms.recurring.sends import (
    Plan,
    Step,
    add_send,
    all_sends,
    approve_send,
    delete_send,
    pause_send,
    recurring_send,
    resume_send,
)
from mms.reports.timestamps import iso
from mms.settings import load_settings

_people = (
    click.option("--list", "list_name", metavar="NAME", help="To everybody who is in this list then."),
    click.option("--segment", "segment_name", metavar="NAME", help="To everybody who is in this segment then."),
    click.option("--name", required=True, metavar="N", help="What it is called; its campaigns are called so, too."),
    click.option("--from", "sender", metavar="S", help="Number or messaging service to send from."),
    click.option("--zone", metavar="Z", help="Time zone, such as America/New_York; this computer's otherwise."),
    click.option("--yes", is_flag=True, help="Needed: from then on it goes out by itself."),
)


def _with_people(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_people):
        command = option(command)
    return command


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output.")
@click.pass_context
def recurring(context: click.Context, *, as_json: bool) -> None:
    """Show what comes again by itself, or set up and steer it."""
    if context.invoked_subcommand is not None:
        return
    settings = load_settings()
    with open_ledger(settings).read() as connection:
        found = [described(connection, one) for one in all_sends(connection, settings.mode.value)]
    if as_json:
        print_json(found)
    elif found:
        lines = [(one["id"], one["name"], one["state"], one["next_at"] or "", one["reason"] or "") for one in found]
        print_table(("id", "name", "state", "next", "why"), lines)
    else:
        say("Nothing comes again by itself yet. `python -m mms recurring add --help` says how to set it up.")


@recurring.command("add")
@click.option("--every", required=True, type=click.Choice([one.value for one in Every]))
@click.option("--day", type=int, default=1, help="Of the week (1 is Monday) or of the month; 31 is the last one.")
@click.option("--at", required=True, metavar="HH:MM", help="Time of day.")
@click.option("--body", default="", metavar="T", help="The text, with merge fields.")
@click.option("--media-url", "media_urls", multiple=True, metavar="U", help="Link to a picture; may be repeated.")
@_with_people
def add(*, every: str, day: int, at: str, body: str, media_urls: tuple[str, ...], **others: Any) -> None:
    """Send a message every day, week or month; each time is a campaign of its own."""
    rhythm = rhythm_of(every, at, others["zone"] or server_zone(), day)
    _add((Step(body, media_urls),), rhythm=rhythm, first_at=None, **others)


@recurring.command("series")
@click.option("--start", required=True, metavar="ISO-TIME", help="When the first message goes out.")
@click.option(
    "--message",
    "messages",
    multiple=True,
    required=True,
    metavar="DAYS:TEXT",
    help="One to five times: days after the one before (0 for the first), and the text.",
)
@_with_people
def series(*, start: str, messages: tuple[str, ...], **others: Any) -> None:
    """Send up to five messages with days between; it stops for who replies or opts out."""
    entered = moment_of("--start", start)
    assert entered is not None  # noqa: S101 - the option is required
    _add(tuple(_message(one) for one in messages), rhythm=None, first_at=entered.at.timestamp(), **others)


@recurring.command("pause")
@click.argument("send_id", metavar="ID", type=int)
def pause(*, send_id: int) -> None:
    """Nothing more comes of it until `recurring resume`."""
    _steer(send_id, pause_send, "is paused")


@recurring.command("resume")
@click.argument("send_id", metavar="ID", type=int)
def resume(*, send_id: int) -> None:
    """Let it come by itself again, from its next time on."""
    _steer(send_id, resume_send, "goes on by itself")


@recurring.command("approve")
@click.argument("send_id", metavar="ID", type=int)
def approve(*, send_id: int) -> None:
    """The second person's word, where large campaigns need one."""
    _steer(send_id, approve_send, "is approved")


@recurring.command("delete")
@click.argument("send_id", metavar="ID", type=int)
def delete(*, send_id: int) -> None:
    """It comes no more; its campaigns stay."""
    _steer(send_id, delete_send, "is deleted")


def _message(text: str) -> Step:
    days, colon, body = text.partition(":")
    if not colon or not days.strip().isdecimal():
        raise click.UsageError("--message wants DAYS:TEXT, such as 3:Did you see our offer?")
    return Step(body.strip(), (), int(days))


def _add(
    steps: tuple[Step, ...],
    *,
    rhythm: Rhythm | None,
    first_at: float | None,
    list_name: str | None,
    segment_name: str | None,
    name: str,
    sender: str | None,
    zone: str | None,
    yes: bool,
) -> None:
    if (list_name is None) == (segment_name is None):
        raise click.UsageError("Name one of: --list NAME, --segment NAME.")
    if not yes:
        raise click.UsageError("Add --yes: from then on it goes out by itself. Nothing was set up.")
    settings = load_settings()
    ledger = open_ledger(settings)
    list_id, segment_id = _ids(ledger, list_name, segment_name)
    plan = Plan(name, list_id, steps, zone or server_zone(), segment_id, rhythm, first_at, sender)
    made = add_send(ledger, plan, mode=settings.mode.value, by=local_person())
    with ledger.read() as connection:
        found = recurring_send(connection, made)
    say(f"“{found.name}” is set up as {made}; it is due on {iso(found.next_at)}. A worker has to run then.")


def _ids(ledger: Ledger, list_name: str | None, segment_name: str | None) -> tuple[int, int | None]:
    with ledger.read() as connection:
        if list_name is not None:
            return list_named(connection, list_name).id, None
        found = segment_named(connection, segment_name or "")
        return found.list_id, found.id


def _steer(send_id: int, deed: Callable[..., None], words: str) -> None:
    ledger = open_ledger(load_settings())
    with ledger.read() as connection:
        name = recurring_send(connection, send_id).name
    deed(ledger, send_id, by=local_person())
    say(f"“{name}” {words}.")
