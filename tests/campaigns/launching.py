"""What several tests of campaigns do: check a list, launch it, look at its rows."""

from dataclasses import dataclass

from sqlalchemy import select

from mms.campaigns.drafts.content import DraftContent
from mms.campaigns.launch.checklist import ALL_PROBLEMS, CheckedDraft
from mms.campaigns.launch.submission import check_options, repeats
from mms.campaigns.launch.submit import submit
from mms.ledger import Ledger
from mms.ledger.tables import rows
from mms.recipients import check, read_upload
from mms.roles import LOCAL_ADMIN
from mms.settings import Settings, settings_from

SENDER = "+12025550199"
ACCOUNT = "AC" + "0" * 32
LIVE = {"MMS_MODE": "live", "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": "0" * 32, "TWILIO_PHONE_NUMBER": SENDER}
SAID = DraftContent(
    name="Spring", sender=SENDER, consent=True, skip_problems=ALL_PROBLEMS, skip_dead=False, check_media=False
)


@dataclass(frozen=True)
class Place:
    """An installation whose account nobody asks."""

    settings: Settings
    ledger: Ledger
    account_sid: str = ACCOUNT
    senders: tuple[str, ...] = (SENDER,)


def place_of(ledger, mode="practice", settings=None):
    return Place(settings or settings_from(LIVE if mode == "live" else {}), ledger)


def said(**changes):
    return DraftContent.model_validate({**SAID.model_dump(), **changes})


def checked_list(settings, ledger, text, content):
    upload = read_upload(text.encode(), file_name="list.csv")
    return check(upload, check_options(settings, ledger, senders=(SENDER,), message=content.template))


def launch(ledger, checked, content, decided=SAID, findings=None, mode="practice", key="key", settings=None, **more):
    """A second launch in a test is meant."""
    decided = decided.model_copy(update={"allow_repeat": True})
    known = repeats(ledger, checked, content, mode, days=decided.recent_days)
    found = {"findings": findings} if findings else {}
    draft = CheckedDraft(said=decided, content=content, checked=checked, known=known, **found)
    return submit(place_of(ledger, mode, settings), draft, by=LOCAL_ADMIN, request_key=key, **more)


def rows_of(ledger, campaign_id):
    with ledger.read() as connection:
        query = select(rows).where(rows.c.campaign_id == campaign_id).order_by(rows.c.row_number)
        return list(connection.execute(query))
