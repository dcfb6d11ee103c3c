"""An answer to one person: one text through the same sender, pace and opt-out rules as everything else."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from mms.campaigns.single_message import SingleMessage, send_single
from mms.errors import CampaignError
from mms.ledger import Ledger, opt_outs
from mms.ledger.tables import replies
from mms.message import RenderedMessage, message_problems
from mms.roles import Permission, User, require
from mms.states import CampaignKind

FREE_SECONDS = 24 * 3600.0
"""How long after a person's own message a free text is expected (CTIA Messaging Principles, conversational use)."""


@dataclass(frozen=True, slots=True)
class LastReply:
    """What a person wrote last, and which of our numbers got it. `at` is seconds since 1970, UTC."""

    address: str
    at: float


def last_reply(connection: Connection, recipient: str) -> LastReply | None:
    """None when they never wrote."""
    query = select(replies.c.address, replies.c.at).where(replies.c.sender == recipient)
    found = connection.execute(query.order_by(replies.c.at.desc()).limit(1)).one_or_none()
    return LastReply(found.address, found.at) if found else None


def answer(
    ledger: Ledger,
    recipient: str,
    text: str,
    *,
    account_sid: str,
    mode: str,
    request_key: str,
    by: User,
    although_late: bool = False,
) -> int:
    """Send `text` from the number that the person wrote to; returns the number of its one-row campaign.

    The same `request_key` twice is one answer.

    Raises:
        CampaignError: `never_wrote`, `opted_out`, `not_recent` (their last message is older than a day, and nobody said
            `although_late`), or the code of what is wrong with the text.
        NotAllowed: this person may not send.
    """
    require(by, Permission.SEND)
    with ledger.read() as connection:
        last = last_reply(connection, recipient)
        now = ledger.now(connection)
        is_out = bool(opt_outs.opted_out_among(connection, [recipient]))
    if last is None:
        raise CampaignError("This person has not written to you. Send a campaign instead.", code="never_wrote")
    if is_out:
        raise CampaignError("This person has opted out and gets nothing until they text START.", code="opted_out")
    if now - last.at > FREE_SECONDS and not although_late:
        raise CampaignError(
            "Their last message is more than a day old. Say that you want to write all the same.", code="not_recent"
        )
    if found := message_problems(RenderedMessage(text.strip(), ())):
        raise CampaignError(found[0][1], code=found[0][0])
    return send_single(
        ledger,
        SingleMessage(
            recipient=recipient,
            body=text.strip(),
            media_urls=(),
            sender_address=last.address,
            account_sid=account_sid,
            mode=mode,
            kind=CampaignKind.ANSWER,
            request_key=request_key,
            created_by=by.name,
        ),
    )
