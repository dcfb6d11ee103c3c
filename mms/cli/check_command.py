"""`check`: what a file holds and what is to be mended, without sending anything."""

import sys
import time
from pathlib import Path

import click

from mms.campaigns.launch.checking import media_lines
from mms.campaigns.launch.senders import default_rate
from mms.campaigns.pictures.media_check import NOTHING_FOUND
from mms.campaigns.pictures.own_picture import own_picture
from mms.campaigns.pictures.row_media_problems import with_picture_problems
from mms.cli.exit_codes import SOME_DID_NOT, USAGE
from mms.cli.output import counts_line, print_json, print_table, rows_of, say
from mms.cli.reading import FileRequest, check_file, check_media, check_own_pictures, known_region, people_source
from mms.delivery.sending.rate_limiter import DEFAULT_RATES
from mms.errors import UploadError
from mms.ledger import open_ledger
from mms.message.content_check import FILTERED, content_findings
from mms.recipients import CheckedList, SeveralSheetsError, check_summary, problems_csv
from mms.settings import load_settings

SHOWN_PROBLEMS = 50


@click.command()
@click.argument("file", required=False)
@click.option("--list", "list_name", metavar="NAME", help="A saved list instead of FILE.")
@click.option("--segment", "segment_name", metavar="NAME", help="A segment instead of FILE.")
@click.option("--phone-column", metavar="C", help="The column that holds the numbers; found by itself otherwise.")
@click.option(
    "--region", metavar="CC", callback=known_region, help="Country of numbers written without a country code."
)
@click.option("--no-header", is_flag=True, help="The first row is a person's; columns are called A, B, C.")
@click.option("--sheet", metavar="NAME", help="The sheet of the workbook, where several hold a list.")
@click.option("--include-no-consent", is_flag=True, help="Take in people whose consent column says no.")
@click.option("--body", metavar="T", help="Text of the message; {Column Name} is a merge field.")
@click.option("--media-url", "media_urls", multiple=True, metavar="U", help="Picture to send along; repeatable.")
@click.option("--picture-template", metavar="NAME", help="A picture made for each person from this template.")
@click.option(
    "--pictures",
    type=click.Choice(["all"]),
    help="Draw every person's picture and read it back; otherwise none is drawn.",
)
@click.option("--no-media-check", is_flag=True, help="Do not fetch the pictures.")
@click.option("--problems", "problems_file", type=click.Path(dir_okay=False), help="Write the rows to mend here.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.option("--list-ready", is_flag=True, help="With --json: row and number of every ready row.")
def check(
    *,
    file: str | None,
    list_name: str | None,
    segment_name: str | None,
    phone_column: str | None,
    region: str | None,
    no_header: bool,
    sheet: str | None,
    include_no_consent: bool,
    body: str | None,
    media_urls: tuple[str, ...],
    picture_template: str | None,
    pictures: str | None,
    no_media_check: bool,
    problems_file: str | None,
    as_json: bool,
    list_ready: bool,
) -> None:
    """Check FILE (CSV, TSV or XLSX; - for standard input) row by row. Nothing is sent."""
    if list_ready and not as_json:
        raise click.UsageError("--list-ready goes with --json.")
    settings = load_settings()
    ledger = open_ledger(settings)
    if pictures and not picture_template:
        raise click.UsageError("--pictures all goes with --picture-template NAME.")
    own = own_picture(ledger, picture_template) if picture_template else None
    source = people_source(file, list_name, segment_name)
    request = FileRequest(
        source,
        phone_column,
        region,
        body,
        media_urls,
        sheet=sheet,
        include_no_consent=include_no_consent,
        has_header=not no_header,
        own=own,
    )
    begun = time.perf_counter()
    try:
        checked = check_file(settings, ledger, settings.senders, request)
    except UploadError as error:
        _refuse(error, as_json=as_json)
    seconds = time.perf_counter() - begun
    findings = NOTHING_FOUND
    if not no_media_check:
        rate = default_rate(settings, settings.senders[0]) if settings.senders else DEFAULT_RATES["long_code"]
        findings = check_media(settings, ledger, checked, request.content, rate=rate)
    findings = check_own_pictures(settings, ledger, checked, own, findings, all_=pictures == "all")
    if request.content:
        checked = with_picture_problems(checked, request.content.template, findings)
    if problems_file:
        Path(problems_file).write_bytes(problems_csv(checked))
    if as_json:
        summary = check_summary(checked, media_lines(findings), seconds=seconds, list_ready=list_ready)
        print_json({**summary, "warnings": [*summary["warnings"], *content_warnings(body)]})
    else:
        show_check(checked)
        for found in content_findings(body or ""):
            click.echo(f"  Advice: {found.sentence} ({FILTERED}, {found.source})")
        for line in media_lines(findings):
            say(f"{'ok ' if line['ok'] else 'BAD'} {line['url']}: {line['message']}")
    sys.exit(SOME_DID_NOT if checked.problems or findings.for_all else 0)


def content_warnings(body: str | None) -> list[dict[str, object]]:
    """Advice about the text, in the form of the other warnings, with Twilio's code and where it says so."""
    return [
        {"kind": one.kind, "count": 1, "message": one.sentence, "twilio_code": FILTERED, "source": one.source}
        for one in content_findings(body or "")
    ]


def _refuse(error: UploadError, *, as_json: bool) -> None:
    if as_json:
        print_json({"error": {"code": str(error.code), "message": error.message, **_sheets(error)}})
    else:
        say(f"Error: {error.message}")
    sys.exit(USAGE)


def _sheets(error: UploadError) -> dict[str, object]:
    if not isinstance(error, SeveralSheetsError):
        return {}
    return {"sheets": [{"name": name, "rows": rows} for name, rows in error.sheets]}


def show_check(checked: CheckedList) -> None:
    """The verdicts in words: counts, what was changed, what is to be mended."""
    click.echo(
        f"{rows_of(len(checked))}: {counts_line(checked.counts)}. Numbers are in column “{checked.phone_column}”."
    )
    for repair in checked.repairs:
        click.echo(f"  Changed: {repair.sentence}")
    for warning in checked.warnings:
        click.echo(f"  Note: {warning.sentence}")
    show_problems(checked, err=False)


def show_problems(checked: CheckedList, *, err: bool) -> None:
    """The first rows to mend, as a table."""
    shown = checked.problems[:SHOWN_PROBLEMS]
    if not shown:
        return
    lines = [(p.row, p.column or "", p.value[:40], p.code.value, p.message) for p in shown]
    print_table(("row", "column", "value", "code", "what to do"), lines, err=err)
    if len(checked.problems) > len(shown):
        click.echo(f"... and {len(checked.problems) - len(shown):,} more. --problems OUT.csv lists all.", err=err)
