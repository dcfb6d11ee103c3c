"""`send`: check, launch, wait, report."""

import sys
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from mms import services
from mms.campaigns.drafts.uploads import store_upload
from mms.campaigns.launch import submission as prepare
from mms.campaigns.launch.forecast import outlook_of
from mms.campaigns.launch.links import link_base
from mms.campaigns.launch.repeat_check import RECENT_DAYS
from mms.campaigns.launch.submission import Choices, Content, ready_recipients, repeats
from mms.campaigns.pictures.media_check import NOTHING_FOUND, MediaFindings
from mms.campaigns.pictures.own_picture import own_picture, own_picture_of, require_codes
from mms.campaigns.pictures.row_media_problems import with_picture_problems
from mms.cli.check_command import show_problems
from mms.cli.exit_codes import ALL_WENT_OUT, STOPPED, USAGE
from mms.cli.output import rows_of, say
from mms.cli.reading import (
    FileRequest,
    check_file,
    check_media,
    check_own_pictures,
    known_region,
    local_person,
    people_source,
)
from mms.cli.times import moment_of
from mms.cli.waiting import show_result, wait_for_end
from mms.message.content_check import content_findings
from mms.message.links import utm_query
from mms.recipients import CheckedList
from mms.recipients.sentences import counted
from mms.send_options import OWN_LINKS, TWILIO_LINKS, SendOptions
from mms.services import Services
from mms.twilio_client import sign_in_problem


@click.command()
@click.argument("file", required=False)
@click.option("--list", "list_name", metavar="NAME", help="A saved list instead of FILE.")
@click.option("--segment", "segment_name", metavar="NAME", help="A segment instead of FILE.")
@click.option("--body", default="", metavar="T", help="Text of the message; {Column Name} is a merge field.")
@click.option("--media-url", "media_urls", multiple=True, metavar="U", help="Picture to send along; repeatable.")
@click.option("--picture-template", metavar="NAME", help="A picture made for each person from this template.")
@click.option(
    "--picture",
    "pictures",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Picture, video or contact card from this computer; repeatable.",
)
@click.option("--phone-column", metavar="C", help="The column that holds the numbers; found by itself otherwise.")
@click.option(
    "--region", metavar="CC", callback=known_region, help="Country of numbers written without a country code."
)
@click.option("--no-header", is_flag=True, help="The first row is a person's; columns are called A, B, C.")
@click.option("--sheet", metavar="NAME", help="The sheet of the workbook, where several hold a list.")
@click.option("--include-no-consent", is_flag=True, help="Send to people whose consent column says no, too.")
@click.option("--name", metavar="N", help="Name of the campaign; otherwise that of the file.")
@click.option("--from", "sender", metavar="S", help="Number, short code or messaging service to send from.")
@click.option("--rate", type=click.FloatRange(0, 10_000), metavar="R", help="Messages a second; 0 for no pacing.")
@click.option("--batch-size", type=click.IntRange(1), metavar="B", help="Rows a batch.")
@click.option("--max-in-flight", type=click.IntRange(1), metavar="M", help="Requests to Twilio open at once.")
@click.option("--at", "start", metavar="ISO-TIME", help="Start then, such as 2026-12-01T10:00:00-05:00.")
@click.option("--not-after", metavar="ISO-TIME", help="Later than this nobody gets it; the rest is skipped.")
@click.option("--any-hour", is_flag=True, help="Do not hold rows back outside their time zone's window.")
@click.option(
    "--links",
    type=click.Choice([OWN_LINKS, TWILIO_LINKS]),
    help="Make links short and count clicks: own, over this installation's public address; twilio, by its Link "
    "Shortening.",
)
@click.option("--utm", multiple=True, metavar="NAME=WORD", help="Say in links where a visit came from; repeatable.")
@click.option("--allow-repeat", is_flag=True, help="Send although these people got this very message before.")
@click.option("--skip-problems", is_flag=True, help="Go on without the rows to mend; the report names them.")
@click.option("--no-media-check", is_flag=True, help="Do not fetch the pictures first.")
@click.option("--report", "report_file", type=click.Path(dir_okay=False), help="Write the report here at the end.")
@click.option("--no-wait", is_flag=True, help="Return once the campaign is handed over.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output, as `show --json`.")
@click.option("--yes", is_flag=True, help="Yes, send. Without it nothing goes out.")
def send(
    *,
    file: str | None,
    list_name: str | None,
    segment_name: str | None,
    body: str,
    media_urls: tuple[str, ...],
    picture_template: str | None,
    pictures: tuple[Path, ...],
    phone_column: str | None,
    region: str | None,
    no_header: bool,
    sheet: str | None,
    include_no_consent: bool,
    name: str | None,
    sender: str | None,
    rate: float | None,
    batch_size: int | None,
    max_in_flight: int | None,
    start: str | None,
    not_after: str | None,
    any_hour: bool,
    links: str | None,
    utm: tuple[str, ...],
    allow_repeat: bool,
    skip_problems: bool,
    no_media_check: bool,
    report_file: str | None,
    no_wait: bool,
    as_json: bool,
    yes: bool,
) -> None:
    """Send the message to every ready row of FILE, and wait until it is through.

    Exit codes: 0 all went out, 1 some rows did not, 2 nothing was sent, 3 stopped, 130 interrupted.
    """
    started = moment_of("--at", start)
    start_at = started.at if started else None
    last = moment_of("--not-after", not_after)
    if started and start:
        say(f"It starts {started.words}.")
    _require_report_type(report_file)
    source = people_source(file, list_name, segment_name)
    Content(body, media_urls).template  # noqa: B018 - braces without partner are said before anything else is done
    connected = services.connect()
    media_urls += tuple(_hosted(connected, picture) for picture in pictures)
    request = FileRequest(
        source,
        phone_column,
        region,
        body,
        media_urls,
        sheet=sheet,
        include_no_consent=include_no_consent,
        has_header=not no_header,
    )
    own = own_picture(connected.ledger, picture_template) if picture_template else None
    request, content = replace(request, own=own), Content(body, media_urls, own)
    checked = check_file(connected.settings, connected.ledger, connected.senders, request)
    address = connected.sender_address(sender)
    findings = NOTHING_FOUND
    if not no_media_check:
        pace = connected.rate(address) if rate is None else rate
        findings = check_media(
            connected.settings, connected.ledger, checked, content, rate=pace, start_at=start_at, any_hour=any_hour
        )
    if own:
        require_codes(own, checked.ready)
    findings = check_own_pictures(connected.settings, connected.ledger, checked, own, findings, all_=True)
    _refuse_problems(checked, content, findings, skip_problems=skip_problems)
    options = SendOptions(
        rate=rate,
        batch_size=batch_size,
        max_in_flight=max_in_flight,
        any_hour=any_hour,
        check_media=not no_media_check,
        links=links,
        utm=_utm(utm, links),
    )
    repeat_of = _refuse_repeat(connected, checked, content, allow_repeat=allow_repeat)
    choices = Choices(
        name=name or checked.upload.file_name or "Campaign",
        sender_address=address,
        options=options,
        link_base=link_base(connected.settings, connected.ledger, options, address),
        repeat_of=repeat_of,
        start_at=start_at.timestamp() if start_at else None,
        zone=started.zone if started else None,
        start_local=started.local if started else None,
        not_after=last.at.timestamp() if last else None,
        consent_by=local_person().name,
    )
    for found in content_findings(body):
        say(f"Advice: {found.sentence}")
    if not (yes or sys.stdin.isatty()):
        _ask(checked, findings, choices)  # ends here: nobody can answer
    _check_credentials(connected)
    if not connected.settings.is_practice:
        _before_live(connected, checked, content, choices, findings, yes=yes)
    if not yes:
        _ask(checked, findings, choices)
    campaign_id = _launch(connected, checked, content, choices, findings)
    connected.start_worker()
    say(f"Campaign {campaign_id} has been handed over. It goes on even if this window is closed.")
    if no_wait:
        show_result(connected, campaign_id, as_json=as_json)
        sys.exit(ALL_WENT_OUT)
    sys.exit(wait_for_end(connected, campaign_id, report_file=report_file, as_json=as_json))


def _utm(words: tuple[str, ...], links: str | None) -> str:
    if words and links is None:
        raise click.UsageError("--utm goes with --links own or --links twilio.")
    return utm_query({name.strip(): word for name, _, word in (one.partition("=") for one in words)})


def _hosted(connected: Services, picture: Path) -> str:
    from mms.campaigns.pictures.hosted_pictures import PLACE, host_file, media_host  # loads Pillow

    place = PLACE[media_host(connected.settings)]
    say(f"Putting {picture.name} on the web, by {place} …")
    return host_file(connected.settings, connected.ledger, picture.read_bytes(), picture.name, by=local_person())


def _require_report_type(report_file: str | None) -> None:
    """Said before anything is sent, not after it."""
    if report_file and not report_file.lower().endswith((".csv", ".xlsx")):
        raise click.UsageError("--report writes .csv or .xlsx: end the file's name so.")


def _refuse_problems(checked: CheckedList, content: Content, findings: MediaFindings, *, skip_problems: bool) -> None:
    """Nothing is sent while everybody's picture is unusable, or rows are to be mended and nobody said to skip them."""
    for finding in findings.for_all:
        say(f"Error: the picture cannot be used ({finding.code}): {finding.message} {finding.advice or ''}".rstrip())
    if findings.for_all:
        sys.exit(USAGE)
    to_mend = with_picture_problems(checked, content.template, findings)
    if skip_problems or not to_mend.problems:
        return
    show_problems(to_mend, err=True)
    count = len(to_mend.problems_by_row)
    say(f"Error: {rows_of(count)} to be mended, so nothing was sent. Mend the file, or add --skip-problems.")
    sys.exit(USAGE)


def _refuse_repeat(
    connected: Services, checked: CheckedList, content: Content, *, allow_repeat: bool
) -> frozenset[int]:
    """The campaigns that sent the same to the same people, if that was said to be wanted."""
    known = repeats(connected.ledger, checked, content, connected.mode, days=RECENT_DAYS)
    if known.same and not allow_repeat:
        first = known.same[0]
        say(
            f"Error: these people already got this message with campaign {first.id} ({first.state}), so nothing was "
            f"sent. `resume {first.id}` goes on with it; --allow-repeat sends it to everybody again."
        )
        sys.exit(USAGE)
    if known.recent:
        say(f"Note: {len(known.recent):,} of {checked.ready:,} got a message from you within the last day.")
    return frozenset(one.id for one in known.same)


def _ask(checked: CheckedList, findings: MediaFindings, choices: Choices) -> None:
    """Sending needs an explicit yes; on a terminal it is asked for, elsewhere --yes says it."""
    ready = checked.ready - len(findings.by_row)
    messages = counted("{:,} [message|messages]", ready).format(ready)
    if not sys.stdin.isatty():
        say(f"Error: add --yes to send {messages} from {choices.sender_address}. Nothing was sent.")
        sys.exit(USAGE)
    if not click.confirm(f"Send {messages} from {choices.sender_address}?", err=True):
        say("Nothing was sent.")
        sys.exit(USAGE)


def _before_live(
    connected: Services,
    checked: CheckedList,
    content: Content,
    choices: Choices,
    findings: MediaFindings,
    *,
    yes: bool,
) -> None:
    from mms.cli.live_questions import before_live  # loads the forecast

    people = ready_recipients(checked, findings, choices)
    rate = choices.options.rate
    found = outlook_of(
        connected.ledger, people, choices, connected.rate(choices.sender_address) if rate is None else rate, content
    )
    before_live(connected, choices.sender_address, len(people), found, content.body, yes=yes)


def _check_credentials(connected: Services) -> None:
    """A wrong token is said before the campaign exists."""
    if problem := sign_in_problem(connected.account):
        say(f"Error: {problem} Nothing was sent.")
        sys.exit(STOPPED)


def _launch(
    connected: Services, checked: CheckedList, content: Content, choices: Choices, findings: MediaFindings
) -> int:
    person = local_person()
    own = content.own
    columns = checked.upload.columns
    own_pictures = own_picture_of(connected.settings, connected.ledger, own, columns) if own else None
    with connected.ledger.write() as connection:
        upload_id = store_upload(connection, checked.upload, at=connected.ledger.now(connection), by=person)
    return prepare.send(
        connected.ledger,
        checked,
        content,
        choices,
        findings=findings,
        account_sid=connected.account.account_sid,
        mode=connected.mode,
        by=person,
        request_key=uuid.uuid4().hex,
        upload_id=upload_id,
        own_pictures=own_pictures,
        look=_last_look(connected) if own else None,
    )


def _last_look(connected: Services) -> Callable[[int], None]:
    from mms.campaigns.pictures.own_picture_check import last_look  # loads Pillow, codes and fonts

    return last_look(connected.settings, connected.ledger)
