"""`lists` and `segments`: people that stay, in and out."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from mms.campaigns.launch.submission import check_options
from mms.cli.exit_codes import SOME_DID_NOT
from mms.cli.output import print_json, print_table, rows_of, say
from mms.cli.reading import local_person, read_file
from mms.errors import CampaignError
from mms.ledger import Ledger, open_ledger
from mms.lists.audience import list_csv
from mms.lists.conditions import Moment
from mms.lists.merging import MergeMode, MergePreview, merge_into, preview_merge, save_new_list
from mms.lists.saved_lists import SavedList, list_named, saved_list, saved_lists
from mms.lists.segments import Segment, all_segments, count_people, moment_of
from mms.recipients import check
from mms.reports.timestamps import iso
from mms.settings import load_settings


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output.")
@click.pass_context
def lists(context: click.Context, *, as_json: bool) -> None:
    """Show the saved lists, or bring one in or out."""
    if context.invoked_subcommand is not None:
        return
    with open_ledger(load_settings()).read() as connection:
        found = saved_lists(connection)
    if as_json:
        print_json([_as_json(one) for one in found])
    elif found:
        print_table(
            ("list", "people", "changed"), [(one.name, f"{one.people:,}", iso(one.updated_at)) for one in found]
        )
    else:
        say("There is no saved list yet. `python -m mms lists import FILE --name N` keeps one.")


@lists.command("import")
@click.argument("file")
@click.option("--name", required=True, metavar="N", help="Name of the list; an existing one is added to.")
@click.option("--phone-column", metavar="C", help="The column that holds the numbers; found by itself otherwise.")
@click.option("--replace", "replaces", is_flag=True, help="Take out of the list who is not in FILE.")
def import_list(*, file: str, name: str, phone_column: str | None, replaces: bool) -> None:
    """Keep the people of FILE in a list, or merge them into it by number.

    A blank cell leaves what is there, consent keeps its time, and who has opted out stays so.
    """
    settings = load_settings()
    ledger = open_ledger(settings)
    options = check_options(settings, ledger, senders=settings.senders, message=None)
    checked = check(read_file(file), replace(options, phone_column=phone_column))
    existing = _existing(ledger, name)
    if existing is None:
        preview = preview_merge(ledger, checked, None)
        save_new_list(ledger, checked, name, by=local_person())
    else:
        mode = MergeMode.REPLACE if replaces else MergeMode.MERGE
        preview = merge_into(ledger, checked, existing, mode, by=local_person())
    say(_sentence(preview, name, replaces=replaces and existing is not None))
    if preview.left_out:
        say(f"{rows_of(preview.left_out)} left out: no good number, or the same person twice. `check` names them.")
        sys.exit(SOME_DID_NOT)


@lists.command("export")
@click.argument("name")
@click.option("-o", "--output", "output", required=True, type=click.Path(dir_okay=False), metavar="FILE")
def export_list(*, name: str, output: str) -> None:
    """Write the people of the list NAME as CSV, with their consent; - for standard output."""
    with open_ledger(load_settings()).read() as connection:
        data = list_csv(connection, list_named(connection, name))
    if output == "-":
        sys.stdout.buffer.write(data)
    else:
        Path(output).write_bytes(data)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output.")
def segments(*, as_json: bool) -> None:
    """Show the segments, with how many people fulfil their conditions now."""
    settings = load_settings()
    ledger = open_ledger(settings)
    with ledger.read() as connection:
        moment = moment_of(ledger.now(connection), settings.mode.value)
        found = [_segment_json(connection, one, moment) for one in all_segments(connection)]
    if as_json:
        print_json(found)
    elif found:
        lines = [(one["name"], one["list"], f"{one['people']:,}", f"{one['reachable']:,}") for one in found]
        print_table(("segment", "list", "people", "reachable"), lines)
    else:
        say("There is no segment yet. Make one on the page Lists.")


def _segment_json(connection: Connection, one: Segment, moment: Moment) -> dict[str, Any]:
    counts = count_people(connection, one.list_id, one.conditions, moment)
    return {
        "id": one.id,
        "name": one.name,
        "list": saved_list(connection, one.list_id).name,
        "conditions": [condition.as_json() for condition in one.conditions],
        "people": counts.people,
        "reachable": counts.reachable,
    }


def _existing(ledger: Ledger, name: str) -> int | None:
    with ledger.read() as connection:
        try:
            return list_named(connection, name).id
        except CampaignError:
            return None


def _as_json(one: SavedList) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "people": one.people,
        "columns": list(one.columns),
        "phone_column": one.phone_column,
        "created_at": iso(one.created_at),
        "updated_at": iso(one.updated_at),
    }


def _sentence(done: MergePreview, name: str, *, replaces: bool) -> str:
    gone = f", {done.gone:,} taken out" if replaces else ""
    return f"List “{name}”: {done.new:,} new, {done.changed:,} changed, {done.unchanged:,} as before{gone}."
