"""Inbound messages: STOP and START change the suppression list, every reply stays with the campaign it answers."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from mms.ledger import Ledger, opt_outs
from mms.ledger.tables import replies, rows
from mms.opt_outs.keywords import Keyword, keyword_of

_SKEW = 300.0  # seconds that Twilio's clock and ours may differ


@dataclass(frozen=True, slots=True)
class Inbound:
    """One inbound message in Twilio's words."""

    message_sid: str
    sender: str
    address: str
    body: str
    media_count: int
    opt_out_type: str | None
    written_at: float | None = None  # seconds since 1970; None: just now

    @classmethod
    def from_form(cls, form: dict[str, str]) -> Self:
        """From the fields of Twilio's webhook; what is missing is empty."""
        count = form.get("NumMedia", "")
        return cls(
            message_sid=(form.get("MessageSid") or form.get("SmsMessageSid") or "")[:34],
            sender=form.get("From", "")[:32],
            address=form.get("To", "")[:64],
            body=form.get("Body", "").replace("\x00", ""),
            media_count=int(count) if count.isdecimal() else 0,
            opt_out_type=form.get("OptOutType"),
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as the campaign page shows it. `at` is seconds since 1970, UTC."""

    sender: str
    body: str | None
    media_count: int
    keyword: str | None
    at: float


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A reply as it stands in the ledger. `at` is seconds since 1970, UTC."""

    id: int
    message_sid: str
    sender: str
    address: str
    body: str | None
    media_count: int
    keyword: str | None
    campaign_id: int | None
    at: float


def all_replies(
    connection: Connection, *, since: float | None = None, before: int | None = None, limit: int = 10_000
) -> list[InboundMessage]:
    """Every reply, newest first: from `since` (seconds since 1970) on, and older than the number `before`."""
    query = select(*(replies.c[name] for name in InboundMessage.__slots__)).order_by(replies.c.id.desc()).limit(limit)
    if since is not None:
        query = query.where(replies.c.at >= since)
    if before is not None:
        query = query.where(replies.c.id < before)
    return [InboundMessage(*found) for found in connection.execute(query)]


def receive(ledger: Ledger, inbound: Inbound) -> Keyword | None:
    """Store a reply and obey its keyword, in one short transaction; the same message again changes nothing.

    A reply that is heard of late does not undo what was written, or done by a person, after it.
    """
    keyword = keyword_of(inbound.body, inbound.opt_out_type, inbound.address)
    try:
        with ledger.write() as connection:
            now = ledger.now(connection)
            known = select(replies.c.id).where(replies.c.message_sid == inbound.message_sid)
            if connection.execute(known).first() is None:
                at = min(inbound.written_at or now, now)
                campaign_id = _store(connection, inbound, keyword, at)
                _obey(connection, inbound.sender, keyword, at, campaign_id)
    except IntegrityError:  # PostgreSQL: Twilio delivered it twice at the same moment
        return keyword
    return keyword


def replies_to(connection: Connection, campaign_id: int, *, limit: int = 50, offset: int = 0) -> list[Reply]:
    """Replies to one campaign, newest first."""
    columns = (replies.c[name] for name in Reply.__slots__)
    query = select(*columns).where(replies.c.campaign_id == campaign_id)
    return [
        Reply(*found) for found in connection.execute(query.order_by(replies.c.at.desc()).limit(limit).offset(offset))
    ]


def reply_count(connection: Connection, campaign_id: int) -> int:
    """How many replies a campaign got."""
    query = select(func.count()).where(replies.c.campaign_id == campaign_id)
    return int(connection.execute(query).scalar_one())


def _store(connection: Connection, inbound: Inbound, keyword: Keyword | None, at: float) -> int | None:
    latest = (
        select(rows.c.id, rows.c.campaign_id)
        .where(rows.c.recipient == inbound.sender, rows.c.sent_at.is_not(None), rows.c.sent_at <= at + _SKEW)
        .order_by(rows.c.sent_at.desc())
        .limit(1)
    )
    row = connection.execute(latest).one_or_none()
    connection.execute(
        replies.insert().values(
            message_sid=inbound.message_sid,
            sender=inbound.sender,
            address=inbound.address,
            body=inbound.body,
            media_count=inbound.media_count,
            keyword=keyword,
            campaign_id=row.campaign_id if row else None,
            row_id=row.id if row else None,
            at=at,
        )
    )
    return row.campaign_id if row else None


def _obey(connection: Connection, sender: str, keyword: Keyword | None, at: float, campaign_id: int | None) -> None:
    if keyword in (Keyword.STOP, Keyword.START) and opt_outs.last_change(connection, sender) > at:
        return
    if keyword is Keyword.STOP:
        opt_outs.add(connection, [sender], source=opt_outs.REPLY, at=at, campaign_id=campaign_id)
    elif keyword is Keyword.START:
        opt_outs.remove(connection, sender, source=opt_outs.REPLY, at=at)
