"""Replies without a public address: Twilio's list is asked for inbound messages, as the webhook would bring them.

Both roads may bring the same reply: its SID is its identity (`replies.receive`). A day back at most.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import Connection, func, select

from mms.errors import ProviderError
from mms.ledger import Ledger
from mms.ledger.replies_asked import asked_at, note_asked
from mms.ledger.tables import campaigns, join_words, replies, senders
from mms.opt_outs.replies import Inbound, receive
from mms.twilio_client import Account, MessagePage, ProviderMessage, list_messages_page, pool_numbers

BACK_SECONDS = 86_400.0
YOUNG_SECONDS = 3 * 86_400.0  # of a campaign: most people answer within days
EVERY_YOUNG, EVERY_OLD = 60.0, 600.0
EVERY_PRACTICE = 3.0
_OVERLAP = 3_600.0  # a message may show up in the list later than it was dated
_MOST_PAGES = 20
_AT_ONCE = 500


class InboundLog(Protocol):
    """Twilio's list. Both raise ProviderError."""

    def page(self, filters: Mapping[str, str], next_page_uri: str | None) -> MessagePage:
        """Up to a thousand messages, newest first."""

    def numbers(self, address: str) -> tuple[str, ...]:
        """The numbers that people answer to: a messaging service has several."""


@dataclass(slots=True)
class AccountInbound:
    """The list of one account; a service's numbers are asked once in the life of this object."""

    account: Account
    _pools: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def page(self, filters: Mapping[str, str], next_page_uri: str | None) -> MessagePage:
        """See `InboundLog`."""
        return list_messages_page(self.account, filters, next_page_uri)

    def numbers(self, address: str) -> tuple[str, ...]:
        """See `InboundLog`."""
        if not address.startswith("MG"):
            return (address,)
        if address not in self._pools:
            self._pools[address] = pool_numbers(self.account, address)
        return self._pools[address]


def is_due(connection: Connection, account_sid: str, now: float, *, practice: bool = False) -> bool:
    """Whether it is time to ask: every minute while a campaign is young or people join, else every ten minutes."""
    youngest = _youngest(connection, account_sid)
    joins = _has_join_words(connection, account_sid)
    if youngest is None and not joins:
        return False
    every = EVERY_YOUNG if joins or now - (youngest or now) < YOUNG_SECONDS else EVERY_OLD
    return now - asked_at(connection, account_sid) >= (EVERY_PRACTICE if practice else every)


def ask_for_replies(ledger: Ledger, log: InboundLog, account_sid: str, *, practice: bool = False) -> int:
    """Take in what people wrote since the last time; a periodic job, cheap when it is not due. Returns how many.

    Twilio's silence is not raised: it is asked again at the next time.
    """
    with ledger.read() as connection:
        now = ledger.now(connection)
        if not is_due(connection, account_sid, now, practice=practice):
            return 0
        since = max(asked_at(connection, account_sid) - _OVERLAP, now - BACK_SECONDS)
        addresses = _addresses(connection, account_sid)
    try:
        found = [one for number in _numbers(log, addresses) for one in _inbound(log, number, since)]
    except ProviderError:
        return 0
    new = _unknown(ledger, found)
    new.reverse()  # the list is newest first, and its dates are whole seconds
    for message in sorted(new, key=lambda one: one.created_at):
        receive(ledger, _as_inbound(message))
    with ledger.write() as connection:
        note_asked(connection, account_sid, at=now)
    return len(new)


def _numbers(log: InboundLog, addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for address in addresses for number in log.numbers(address)))


def _inbound(log: InboundLog, number: str, since: float) -> Iterator[ProviderMessage]:
    """What came in at a number, newest first. The list has no filter by direction."""
    day = datetime.fromtimestamp(since, UTC).date().isoformat()
    following: str | None = None
    for _ in range(_MOST_PAGES):
        page = log.page({"To": number, "DateSent>": day}, following)
        for message in page.messages:
            if message.direction == "inbound" and message.created_at >= since and _is_readable(message):
                yield message
        following = page.next_page_uri
        if not following or (page.messages and page.messages[-1].created_at < since):
            return


def _is_readable(message: ProviderMessage) -> bool:
    """Message Redaction hides who wrote: such a reply belongs to nobody."""
    sender = message.sender or ""
    return sender.startswith("+") and sender[1:].isdecimal()


def _as_inbound(message: ProviderMessage) -> Inbound:
    return Inbound(
        message_sid=message.sid,
        sender=message.sender or "",
        address=message.to,
        body=(message.body or "").replace("\x00", ""),
        media_count=message.media_count,
        opt_out_type=None,
        written_at=message.created_at,
    )


def _unknown(ledger: Ledger, found: list[ProviderMessage]) -> list[ProviderMessage]:
    known: set[str] = set()
    with ledger.read() as connection:
        for start in range(0, len(found), _AT_ONCE):
            sids = [one.sid for one in found[start : start + _AT_ONCE]]
            known.update(
                connection.execute(select(replies.c.message_sid).where(replies.c.message_sid.in_(sids))).scalars()
            )
    return list({one.sid: one for one in found if one.sid not in known}.values())


def _youngest(connection: Connection, account_sid: str) -> float | None:
    query = select(func.max(campaigns.c.started_at)).join(senders, senders.c.id == campaigns.c.sender_id)
    found = connection.execute(query.where(senders.c.account_sid == account_sid)).scalar_one_or_none()
    return None if found is None else float(found)


def _has_join_words(connection: Connection, account_sid: str) -> bool:
    query = select(join_words.c.id).where(join_words.c.account_sid == account_sid).limit(1)
    return connection.execute(query).first() is not None


def _addresses(connection: Connection, account_sid: str) -> list[str]:
    return list(connection.execute(select(senders.c.address).where(senders.c.account_sid == account_sid)).scalars())
