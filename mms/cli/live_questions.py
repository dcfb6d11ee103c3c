"""`send` in live mode: what speaks against it is said, and on a terminal asked, before it is sent."""

import sys

import click

from mms.campaigns.launch.forecast import Outlook
from mms.campaigns.launch.live_questions import Question, excess, is_typed, questions
from mms.campaigns.test_message import was_tested
from mms.cli.exit_codes import USAGE
from mms.cli.output import say
from mms.reports.cost.campaign_cost import dollars
from mms.services import Services
from mms.settings import TWILIO_BASE_URL
from mms.twilio_client.registration import Light, Registration, money_for, pace_of, registration


def before_live(connected: Services, address: str, people: int, outlook: Outlook, body: str, *, yes: bool) -> None:
    """Say it all; without `--yes` ask each question, too, and end the process with 2 at the first no.

    `--yes` answers every question: what it overrides is said all the same, for whoever reads the log.
    """
    found = registration(connected.account, address)
    is_tested = was_tested(connected.ledger, connected.account.account_sid, address)
    _say_notes(connected, found, outlook)
    if yes:
        return
    who = "real people" if connected.settings.api_base_url == TWILIO_BASE_URL else "numbers of another Twilio"
    say(f"{people:,} {who} get this, for {dollars(outlook.cost.low, outlook.cost.high)}:\n{body or 'a picture alone'}")
    if outlook.end:
        say(f"The last one goes out about {outlook.end.astimezone():%Y-%m-%d %H:%M}.")
    if slow := pace_of(found, people):
        say(slow)
    asked = questions(found.light, is_tested=is_tested, people=people, confirm_above=connected.settings.confirm_above)
    for question in asked:
        if not _ASK[question](people):
            say("Nothing was sent.")
            sys.exit(USAGE)


def _say_notes(connected: Services, found: Registration, outlook: Outlook) -> None:
    over = excess(connected.settings, connected.ledger, outlook.cost.high)
    if over is not None:
        say(f"Note: this goes ${over:,.2f} over this month's budget (MMS_MONTHLY_BUDGET).")
    short = money_for(found, float(outlook.cost.high))
    for finding in (*found.findings, *([short] if short else [])):
        if finding.light is Light.RED or finding is short:
            say(f"Note: {finding.sentence} {finding.next_step}".rstrip())


def _typed(people: int) -> bool:
    return is_typed(people, click.prompt(f"Type the number of people ({people})", err=True, default=""))


_ASK = {
    Question.BLOCKED: lambda _people: click.confirm("Send although carriers will block it?", err=True),
    Question.UNTESTED: lambda _people: click.confirm(
        "No message ever went out from this sender. Send without a test message to your own phone?", err=True
    ),
    Question.NUMBER: _typed,
}
