"""From command-line arguments to a checked list: the same steps for `check` and `send`."""

import getpass
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click
import phonenumbers

from mms.campaigns.drafts.web_lists import is_web_address, list_from_web
from mms.campaigns.launch.checking import Pace, look_at_pictures, saved_people
from mms.campaigns.launch.submission import Content, check_options
from mms.campaigns.pictures.media_check import MediaFindings
from mms.campaigns.pictures.own_picture import OwnPicture
from mms.cli.output import Progress
from mms.ledger import Ledger
from mms.recipients import CheckedList, Upload, check, read_upload
from mms.roles import Role, User
from mms.settings import Settings


@dataclass(frozen=True, slots=True)
class SavedPeople:
    """A saved list or a segment instead of a file, by name."""

    list_name: str | None
    segment_name: str | None


@dataclass(frozen=True, slots=True)
class FileRequest:
    """What a person asked to be read and checked. `file` is a path, `-` for standard input, or saved people."""

    file: str | SavedPeople
    phone_column: str | None
    region: str | None
    body: str | None
    media_urls: tuple[str, ...]
    sheet: str | None = None
    include_no_consent: bool = False
    has_header: bool = True
    own: OwnPicture | None = None

    @property
    def content(self) -> Content | None:
        """The message, when there is one."""
        if self.body is None and not self.media_urls and self.own is None:
            return None
        return Content(self.body or "", self.media_urls, self.own)


def known_region(_context: click.Context, _parameter: click.Parameter, region: str | None) -> str | None:
    """For `--region`: the country code in capitals; raises BadParameter for one that does not exist."""
    if region is None:
        return None
    if region.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise click.BadParameter(f"“{region}” is not a two-letter country code such as US.")
    return region.upper()


def local_person() -> User:
    """Whoever has this terminal has the data folder, and so may do everything."""
    try:
        name = getpass.getuser()
    except (ImportError, KeyError, OSError):  # a container often runs as a user that has no name
        name = "command line"
    return User(name, None, Role.ADMIN)


def file_bytes(file: str) -> tuple[bytes, str]:
    """Content and name of a path, or of standard input for `-`; raises UsageError when it cannot be opened."""
    if file == "-":
        return sys.stdin.buffer.read(), "standard input"
    try:
        return Path(file).read_bytes(), Path(file).name
    except OSError as error:
        raise click.UsageError(f"The file {file} cannot be opened: {error.strerror}.") from None


def read_file(file: str, sheet: str | None = None, *, has_header: bool = True, allow_private: bool = False) -> Upload:
    """The parsed file, or what an https address gives; raises UploadError with the contract's code, UsageError when
    it cannot be opened.
    """
    data, name = list_from_web(file, allow_private=allow_private) if is_web_address(file) else file_bytes(file)
    return read_upload(data, file_name=name, sheet=sheet, has_header=has_header)


def people_source(file: str | None, list_name: str | None, segment_name: str | None) -> str | SavedPeople:
    """The one source that was named; raises UsageError for none or several."""
    named = [one for one in (file, list_name, segment_name) if one is not None]
    if len(named) != 1:
        raise click.UsageError("Name one of: a FILE, --list NAME, --segment NAME.")
    return file if file is not None else SavedPeople(list_name, segment_name)


def read_people(ledger: Ledger, people: SavedPeople, mode: str) -> Upload:
    """The people of a list or a segment as they are now; raises CampaignError when there is none, or nobody in it."""
    zone = datetime.now().astimezone().tzinfo or UTC
    return saved_people(ledger, list_name=people.list_name, segment_name=people.segment_name, mode=mode, zone=zone)


def check_file(settings: Settings, ledger: Ledger, senders: tuple[str, ...], request: FileRequest) -> CheckedList:
    """The verdict on every row, the message included when there is one."""
    content = request.content
    options = check_options(settings, ledger, senders=senders, message=content.template if content else None)
    upload = (
        read_people(ledger, request.file, settings.mode.value)
        if isinstance(request.file, SavedPeople)
        else read_file(
            request.file, request.sheet, has_header=request.has_header, allow_private=settings.allow_private_media
        )
    )
    return check(
        upload,
        replace(
            options,
            phone_column=request.phone_column,
            region=request.region or options.region,
            include_no_consent=request.include_no_consent,
        ),
    )


def check_media(
    settings: Settings,
    ledger: Ledger,
    checked: CheckedList,
    content: Content | None,
    *,
    rate: float,
    start_at: datetime | None = None,
    any_hour: bool = False,
) -> MediaFindings:
    """Ask every link, with progress on standard error; `rate` and `start_at` tell how long links must last."""
    bar: list[Progress] = []

    def show(done: int, total: int) -> None:
        if not bar:
            bar.append(Progress(total, "Checking pictures:"))
        bar[0].show(done, "")

    pace = Pace(rate, start_at.timestamp() if start_at else None, any_hour)
    findings = look_at_pictures(settings, ledger, checked, content, pace, on_progress=show)
    if bar:
        bar[0].end()
    return findings


def check_own_pictures(
    settings: Settings,
    ledger: Ledger,
    checked: CheckedList,
    own: OwnPicture | None,
    findings: MediaFindings,
    *,
    all_: bool,
) -> MediaFindings:
    """Measure each person's picture, or (`all_`) draw and read back every one, with progress on standard error."""
    if own is None:
        return findings
    from mms.campaigns.pictures.own_picture_check import (
        drawn,
        sketched,
        with_own_pictures,
    )  # loads Pillow, codes, fonts

    bar: list[Progress] = []

    def show(done: int, total: int) -> None:
        if not bar:
            bar.append(Progress(total, "Drawing pictures:" if all_ else "Measuring pictures:"))
        bar[0].show(done, "")

    if all_:
        problems = drawn(settings, ledger, checked, own, on_progress=show)
    else:
        problems = sketched(ledger, checked, own, on_progress=show)
    if bar:
        bar[0].end()
    return with_own_pictures(findings, checked, problems)
