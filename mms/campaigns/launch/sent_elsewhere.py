"""Who got something from this account lately that this installation did not send: other tools, another laptop.

Only Twilio's log knows. It is read before a launch, newest first, a day back, within bounds of pages and time; that it
is away, or longer than the bounds, keeps nobody from sending.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from mms.delivery.reconciliation.unknown_rows import owned_among
from mms.errors import ProviderError
from mms.ledger import Ledger
from mms.ledger.tables import campaigns, rows, senders
from mms.receipts import AccountLog
from mms.states import RowState
from mms.twilio_client import Account, ProviderMessage

BACK_SECONDS = 86_400.0
MOST_PAGES = 20  # of a thousand messages
MOST_SECONDS = 10.0
_UNRECORDED = (RowState.SENDING.value, RowState.UNKNOWN.value)  # their messages belong to nobody yet


@dataclass(frozen=True, slots=True)
class SentElsewhere:
    """What the log told. `is_whole`: it was read a whole day back."""

    people: frozenset[str] = frozenset()
    is_whole: bool = True
    was_answered: bool = True

    def sentence(self, recipients: list[str]) -> str | None:
        """What to tell whoever is about to message these people; None when there is nothing to tell."""
        if not self.was_answered:
            return "Twilio's log did not answer, so nobody knows whether other programs messaged these people today."
        count = len(self.people.intersection(recipients))
        if not count:
            return None
        who = f"{count:,} of these people" if self.is_whole else f"At least {count:,} of these people"
        return f"{who} got a message from this account in the last 24 hours that this installation did not send."


def sent_elsewhere(
    ledger: Ledger,
    account: Account,
    *,
    told: Callable[[int], None] = lambda _read: None,
    clock: Callable[[], float] = time.monotonic,
) -> SentElsewhere:
    """Read the log; `told` hears after each page how many messages were read so far."""
    log = AccountLog(account)
    give_up = clock() + MOST_SECONDS
    found: list[ProviderMessage] = []
    following: str | None = None
    is_whole = False
    for _ in range(MOST_PAGES):
        try:
            page = log.page({}, following)
        except ProviderError:
            return SentElsewhere(was_answered=False)
        now = log.clock.now() or time.time()
        found += [one for one in page.messages if one.created_at >= now - BACK_SECONDS]
        told(len(found))
        following = page.next_page_uri
        is_whole = following is None or any(one.created_at < now - BACK_SECONDS for one in page.messages)
        if is_whole or clock() > give_up:
            break
    return SentElsewhere(_not_ours(ledger, account, found), is_whole)


def _not_ours(ledger: Ledger, account: Account, found: list[ProviderMessage]) -> frozenset[str]:
    """Numbers that the log hides (Message Redaction) are one of ten thousand, and said of nobody."""
    out = [one for one in found if one.direction != "inbound" and not one.hides_number]
    under_way = (
        select(rows.c.recipient)
        .join(campaigns, campaigns.c.id == rows.c.campaign_id)
        .join(senders, senders.c.id == campaigns.c.sender_id)
        .where(senders.c.account_sid == account.account_sid, rows.c.state.in_(_UNRECORDED))
    )
    with ledger.read() as connection:
        owned = owned_among(connection, [one.sid for one in out])
        ours = set(connection.execute(under_way).scalars())
    return frozenset(one.to for one in out if one.sid not in owned and one.to not in ours)
