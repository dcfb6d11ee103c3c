"""`send`: check, launch, wait, report."""

import sys
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from mms import services
from mms.campaigns.drafts.content import DraftContent, Start
from mms.campaigns.drafts.decisions import other_versions
from mms.campaigns.launch.checklist import ALL_PROBLEMS, CheckedDraft, Item, ToDo, checklist
from mms.campaigns.launch.drawing_versions import require_good_pictures
from mms.campaigns.launch.repeat_check import RECENT_DAYS
from mms.campaigns.launch.sent_elsewhere import sent_elsewhere
from mms.campaigns.launch.submission import Content, ready_recipients, repeats
from mms.campaigns.launch.submit import left_out, submit
from mms.campaigns.pictures.media_check import NOTHING_FOUND
from mms.campaigns.pictures.own_picture import own_picture, require_codes
from mms.cli.check_command import show_problems
from mms.cli.exit_codes import ALL_WENT_OUT, STOPPED, USAGE
from mms.cli.output import Progress, rows_of, say
from mms.cli.reading import (
    FileRequest,
    SavedPeople,
    check_file,
    check_media,
    check_own_pictures,
    known_region,
    local_person,
    people_source,
)
from mms.cli.times import EnteredTime, moment_of
from mms.cli.version_options import version_options, versions_said
from mms.cli.waiting import show_result, wait_for_end
from mms.message.content_check import content_findings
from mms.message.links import utm_query
from mms.quiet_hours.local_times import LocalTime
from mms.recipients.sentences import counted
from mms.send_options import OWN_LINKS, TWILIO_LINKS
from mms.services import Services
from mms.twilio_client import sign_in_problem

_WORTH_TELLING = 1_000  # messages in the log: from then on it takes a while


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options as they were typed."""

    file: str | None
    list_name: str | None
    segment_name: str | None
    body: str
    media_urls: tuple[str, ...]
    picture_template: str | None
    pictures: tuple[Path, ...]
    phone_column: str | None
    region: str | None
    no_header: bool
    sheet: str | None
    include_no_consent: bool
    name: str | None
    sender: str | None
    rate: float | None
    batch_size: int | None
    max_in_flight: int | None
    start: str | None
    not_after: str | None
    any_hour: bool
    links: str | None
    utm: tuple[str, ...]
    texts: tuple[str, ...]
    version_pictures: tuple[str, ...]
    test_share: float
    test_rule: str
    test_hours: float
    allow_repeat: bool
    skip_problems: bool
    no_media_check: bool
    report_file: str | None
    no_wait: bool
    as_json: bool
    yes: bool


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
@version_options
@click.option("--allow-repeat", is_flag=True, help="Send although these people got this very message before.")
@click.option("--skip-problems", is_flag=True, help="Go on without the rows to mend; the report names them.")
@click.option("--no-media-check", is_flag=True, help="Do not fetch the pictures first.")
@click.option("--report", "report_file", type=click.Path(dir_okay=False), help="Write the report here at the end.")
@click.option("--no-wait", is_flag=True, help="Return once the campaign is handed over.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output, as `show --json`.")
@click.option("--yes", is_flag=True, help="Yes, send. Without it nothing goes out.")
def send(**options: Any) -> None:
    """Send the message to every ready row of FILE, and wait until it is through.

    Exit codes: 0 all went out, 1 some rows did not, 2 nothing was sent, 3 stopped, 130 interrupted.
    """
    asked = _Asked(**options)
    started, last = moment_of("--at", asked.start), moment_of("--not-after", asked.not_after)
    if started and asked.start:
        say(f"It starts {started.words}.")
    _require_report_type(asked.report_file)
    source = people_source(asked.file, asked.list_name, asked.segment_name)
    Content(asked.body, asked.media_urls).template  # noqa: B018 - braces without partner are said before anything else
    connected, by = services.connect(), local_person()
    hosted = tuple(_hosted(connected, picture) for picture in asked.pictures)
    asked = replace(asked, media_urls=asked.media_urls + hosted)
    draft = _draft(connected, asked, source, started, last)
    _refuse(checklist(connected, draft, by=by), draft)
    if draft.known.recent:
        recent, ready = len(draft.known.recent), draft.checked.ready
        say(f"Note: {recent:,} of {ready:,} got a message from you within the last day.")
    for found in content_findings(asked.body):
        say(f"Advice: {found.sentence}")
    if not (asked.yes or sys.stdin.isatty()):
        _ask(draft)  # ends here: nobody can answer
    _check_credentials(connected)
    _say_what_others_sent(connected, draft)
    if not connected.settings.is_practice:
        _before_live(connected, draft, yes=asked.yes)
    if not asked.yes:
        _ask(draft)
    campaign_id = submit(connected, draft, by=by, request_key=uuid.uuid4().hex, on_hosting=_hosting_bar())
    connected.start_worker()
    say(f"Campaign {campaign_id} has been handed over. It goes on even if this window is closed.")
    if asked.no_wait:
        show_result(connected, campaign_id, as_json=asked.as_json)
        sys.exit(ALL_WENT_OUT)
    sys.exit(wait_for_end(connected, campaign_id, report_file=asked.report_file, as_json=asked.as_json))


def _draft(
    connected: Services,
    asked: _Asked,
    source: str | SavedPeople,
    started: EnteredTime | None,
    last: EnteredTime | None,
) -> CheckedDraft:
    """The list, the message and the pictures, all looked at."""
    own = own_picture(connected.ledger, asked.picture_template) if asked.picture_template else None
    request = FileRequest(
        source,
        asked.phone_column,
        asked.region,
        asked.body,
        asked.media_urls,
        sheet=asked.sheet,
        include_no_consent=asked.include_no_consent,
        has_header=not asked.no_header,
        own=own,
    )
    checked = check_file(connected.settings, connected.ledger, connected.senders, request)
    address = connected.sender_address(asked.sender)
    said = _said(asked, asked.name or checked.upload.file_name or "Campaign", address, started, last)
    content = Content(asked.body, asked.media_urls, own, other_versions(said))
    if own:
        require_codes(own, checked.ready)  # before every picture is drawn, which takes a while
    findings = NOTHING_FOUND
    if not asked.no_media_check:
        look = partial(
            check_media,
            connected.settings,
            connected.ledger,
            checked,
            rate=connected.rate(address) if asked.rate is None else asked.rate,
            start_at=started.at if started else None,
            any_hour=asked.any_hour,
        )
        findings = look(content)
        require_good_pictures(content, look)
    return CheckedDraft(
        said=said,
        content=content,
        checked=checked,
        findings=check_own_pictures(connected.settings, connected.ledger, checked, own, findings, all_=True),
        known=repeats(connected.ledger, checked, content, connected.mode, days=RECENT_DAYS),
    )


def _said(
    asked: _Asked, name: str, address: str, started: EnteredTime | None, last: EnteredTime | None
) -> DraftContent:
    return DraftContent(
        name=name,
        body=asked.body,
        media_urls=asked.media_urls,
        picture_template=asked.picture_template,
        sender=address,
        phone_column=asked.phone_column,
        region=asked.region,
        include_no_consent=asked.include_no_consent,
        skip_problems=ALL_PROBLEMS if asked.skip_problems else None,
        allow_repeat=asked.allow_repeat,
        skip_dead=False,  # there is no option for it: who is in the file is meant
        consent=True,  # by `--yes`
        rate=asked.rate,
        batch_size=asked.batch_size,
        max_in_flight=asked.max_in_flight,
        any_hour=asked.any_hour,
        check_media=not asked.no_media_check,
        links=asked.links,
        **_utm(asked.utm, asked.links),
        **versions_said(asked.texts, asked.version_pictures, asked.test_share, asked.test_rule, asked.test_hours),
        **_start(started),
        ends=last is not None,
        not_after=last.at.isoformat() if last else None,
    )


def _start(started: EnteredTime | None) -> dict[str, Any]:
    if started is None:
        return {}
    if started.local is None or started.zone is None:
        return {"start": Start.LATER, "start_at": started.at.isoformat()}
    local = LocalTime.from_stored(started.local, started.zone)
    return {"start": Start.LATER, "start_at": local.text, "start_at_fold": local.fold, "zone": local.zone}


def _utm(words: tuple[str, ...], links: str | None) -> dict[str, Any]:
    if words and links is None:
        raise click.UsageError("--utm goes with --links own or --links twilio.")
    named = {name.strip(): word for name, _, word in (one.partition("=") for one in words)}
    utm_query(named)  # a name that nobody reads is said
    return {f"utm_{name.removeprefix('utm_')}": word for name, word in named.items()}


def _hosted(connected: Services, picture: Path) -> str:
    from mms.campaigns.pictures.hosted_pictures import PLACE, host_file, media_host  # loads Pillow

    place = PLACE[media_host(connected.settings)]
    say(f"Putting {picture.name} on the web, by {place} …")
    return host_file(connected.settings, connected.ledger, picture.read_bytes(), picture.name, by=local_person())


def _require_report_type(report_file: str | None) -> None:
    """Said before anything is sent, not after it."""
    if report_file and not report_file.lower().endswith((".csv", ".xlsx")):
        raise click.UsageError("--report writes .csv or .xlsx: end the file's name so.")


def _refuse(to_do: Sequence[ToDo], draft: CheckedDraft) -> None:
    """Nothing is sent while the checklist misses something; each is said with the option that answers it."""
    if not to_do:
        return
    for missing in to_do:
        if missing.item is Item.PICTURES:
            for found in draft.findings.for_all:
                advice = found.advice or ""
                say(f"Error: the picture cannot be used ({found.code}): {found.message} {advice}".rstrip())
        elif missing.item is Item.PROBLEMS:
            show_problems(draft.to_mend, err=True)
            count = len(draft.to_mend.problems_by_row)
            say(f"Error: {rows_of(count)} to be mended, so nothing was sent. Mend the file, or add --skip-problems.")
        elif missing.item is Item.REPEAT:
            first = draft.known.same[0]
            say(
                f"Error: these people already got this message with campaign {first.id} ({first.state}), so nothing "
                f"was sent. `resume {first.id}` goes on with it; --allow-repeat sends it to everybody again."
            )
        else:
            say(f"Error: {missing.error.message} Nothing was sent.")
    sys.exit(USAGE)


def _ask(draft: CheckedDraft) -> None:
    """Sending needs an explicit yes; on a terminal it is asked for, elsewhere --yes says it."""
    ready = draft.checked.ready - len(draft.findings.by_row)
    messages, address = counted("{:,} [message|messages]", ready).format(ready), draft.said.sender
    if not sys.stdin.isatty():
        say(f"Error: add --yes to send {messages} from {address}. Nothing was sent.")
        sys.exit(USAGE)
    if not click.confirm(f"Send {messages} from {address}?", err=True):
        say("Nothing was sent.")
        sys.exit(USAGE)


def _say_what_others_sent(connected: Services, draft: CheckedDraft) -> None:
    people = ready_recipients(draft.checked, draft.findings, left_out(draft))

    def told(read: int) -> None:
        if read >= _WORTH_TELLING:
            say(f"Looking at what Twilio has sent today: {read:,} messages read.")

    seen = sent_elsewhere(connected.ledger, connected.account, told=told)
    if sentence := seen.sentence(people):
        say(f"Note: {sentence}")


def _before_live(connected: Services, draft: CheckedDraft, *, yes: bool) -> None:
    from mms.campaigns.launch.forecast import outlook_of
    from mms.cli.live_questions import before_live  # loads what Twilio says about the account

    people = ready_recipients(draft.checked, draft.findings, left_out(draft))
    found = outlook_of(connected, draft, people)
    before_live(connected, connected.sender_address(draft.said.sender), len(people), found, draft.content.body, yes=yes)


def _check_credentials(connected: Services) -> None:
    """A wrong token is said before the campaign exists."""
    if problem := sign_in_problem(connected.account):
        say(f"Error: {problem} Nothing was sent.")
        sys.exit(STOPPED)


def _hosting_bar() -> Callable[[int, int], None]:
    bar: list[Progress] = []

    def show(done: int, total: int) -> None:
        if not bar:
            bar.append(Progress(total, "Putting pictures on the web:"))
        bar[0].show(done, "")
        if done == total:
            bar[0].end()

    return show
