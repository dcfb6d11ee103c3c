"""`doctor`: settings, credentials, sender, MMS capability, database - each with what to do about it."""

import sys
from collections.abc import Callable, Iterator

import click
from sqlalchemy.exc import SQLAlchemyError

from mms import services
from mms.cli.exit_codes import USAGE
from mms.delivery.reconciliation.put_back import campaigns_put_back
from mms.errors import MmsError, SettingsError
from mms.ledger import open_ledger
from mms.ledger.faults import database_sentence
from mms.ledger.high_water import high_water
from mms.ledger.trial import try_to_write
from mms.operations.disk import disk_of
from mms.settings import Settings, load_settings
from mms.twilio_client import check_account, clock_warning
from mms.twilio_client.registration import Light, registration

Finding = tuple[bool | None, str]  # None: a warning, with which messages go out all the same
_PUT_BACK = (
    "The database was put back to an older state: messages have gone out from here of which it knows nothing. "
    "Nothing is sent twice: the worker pauses every campaign and asks Twilio's log first. To have that done now: "
    "python -m mms doubt --all"
)
_MARKS = {True: "ok  ", False: "FAIL", None: "WARN"}


@click.command()
def doctor() -> None:
    """Check that this installation can send."""
    findings = list(_findings())
    for good, sentence in findings:
        click.echo(f"{_MARKS[good]}  {sentence}")
    sys.exit(USAGE if any(good is False for good, _ in findings) else 0)


def _findings() -> Iterator[Finding]:
    try:
        settings = load_settings()
    except SettingsError as error:
        yield from ((False, problem) for problem in error.problems)
        return
    yield True, f"Settings are complete. Mode: {settings.mode}. {_meaning(settings)}"
    for look in (_database, _account):
        yield from _guarded(look, settings)


def _guarded(look: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    try:
        yield from look(settings)
    except MmsError as error:
        yield False, error.message
    except SQLAlchemyError as error:
        yield False, database_sentence(error)


def _meaning(settings: Settings) -> str:
    return "Nothing leaves this computer." if settings.is_practice else "Messages reach real people."


def _database(settings: Settings) -> Iterator[Finding]:
    ledger = open_ledger(settings)
    try_to_write(ledger)
    yield True, f"The database ({ledger.engine.dialect.name}) opens and can be written."
    disk = disk_of(settings)
    if disk and disk.warning:
        yield (False if disk.is_full else None), disk.warning
    mark = high_water(ledger, settings.data_dir)
    with ledger.read() as connection:
        if mark.is_ahead_of(connection):
            yield False, _PUT_BACK
        if waiting := campaigns_put_back(connection):
            yield (
                None,
                f"Campaigns that are paused because the database was put back: {waiting}. Look at each, then resume.",
            )


def _account(settings: Settings) -> Iterator[Finding]:
    addresses = services.senders_of(settings)
    report = check_account(services.account_for(settings), addresses)
    yield from ((False, problem) for problem in report.problems)
    if report.is_usable:
        yield True, "Twilio accepts the credentials, and the account is active."
        yield from _registrations(settings, addresses)
    yield from _clock(report.clock_ahead)
    if report.is_trial:
        yield True, "This is a trial account: it reaches only numbers that you verified in Twilio."
    for sender in report.senders:
        if sender.address in addresses and sender.mms:
            yield True, f"{sender.address} can send pictures."


def _registrations(settings: Settings, addresses: tuple[str, ...]) -> Iterator[Finding]:
    if settings.is_practice:
        return
    good = {Light.GREEN: True, Light.AMBER: None, Light.RED: False}
    account = services.account_for(settings)
    for found in dict.fromkeys(one for address in addresses for one in registration(account, address).findings):
        yield good[found.light], f"{found.sentence} {found.next_step}".rstrip()


def _clock(ahead: float | None) -> Iterator[Finding]:
    if warning := clock_warning(ahead):
        yield None, warning
    elif ahead is not None:
        yield True, "This computer's clock agrees with Twilio's."
