"""A test message to one's own phone, with the data of a chosen row: through the same lane as everything else."""

from sqlalchemy import select

from mms.campaigns.launch.submission import check_options
from mms.campaigns.single_message import SingleMessage, send_single
from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.tables import campaigns, rows, senders
from mms.message import RenderedMessage, message_problems
from mms.phones import check_number
from mms.problem_texts import PHONE_TEXTS
from mms.roles import Permission, User, require
from mms.settings import Settings
from mms.states import CampaignKind


def send_to_own_phone(
    settings: Settings,
    ledger: Ledger,
    *,
    number: str,
    rendered: RenderedMessage,
    sender_address: str,
    account_sid: str,
    request_key: str,
    by: User,
) -> int:
    """Queue the message; returns the number of its one-row campaign.

    Raises:
        CampaignError: with the code of what is wrong with the number or the message, or `opted_out`.
        NotAllowed: this person may not send.
    """
    require(by, Permission.SEND)
    options = check_options(settings, ledger, senders=(sender_address,))
    verdict = check_number(number, options.phone_rules)
    if verdict.e164 is None:
        code = verdict.code
        raise CampaignError(PHONE_TEXTS[code] if code else "This is not a phone number.", code=code or "not_a_number")
    if verdict.e164 in options.opted_out:
        raise CampaignError("This number has opted out. Text START from it to come back.", code="opted_out")
    if found := message_problems(rendered):
        raise CampaignError(found[0][1], code=found[0][0])
    message = SingleMessage(
        recipient=verdict.e164,
        body=rendered.body,
        media_urls=rendered.media_urls,
        sender_address=sender_address,
        account_sid=account_sid,
        mode=settings.mode.value,
        kind=CampaignKind.TEST,
        request_key=request_key,
        created_by=by.name,
    )
    return send_single(ledger, message)


def was_tested(ledger: Ledger, account_sid: str, address: str) -> bool:
    """Whether something went out from this sender before: a test message, or a whole campaign."""
    query = (
        select(campaigns.c.id)
        .join(senders, senders.c.id == campaigns.c.sender_id)
        .join(rows, rows.c.campaign_id == campaigns.c.id)
        .where(senders.c.account_sid == account_sid, senders.c.address == address, rows.c.sent_at.is_not(None))
    )
    with ledger.read() as connection:
        return connection.execute(query.limit(1)).first() is not None
