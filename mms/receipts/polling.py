"""Asks Twilio's log what became of messages: by day and sender, a thousand at a time; a few by their SIDs.

Short transactions of some hundred rows, so that a running send is not disturbed. All that must survive a
restart is in `mms_receipt_polls`.
"""

import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from mms.errors import ProviderError
from mms.ledger import Ledger
from mms.receipts import awaiting
from mms.receipts.applying import CHUNK, Effect, Receipt, apply_receipts
from mms.receipts.schedule import LIVE_TIERS, Tier, due_age, is_due
from mms.twilio_client import Account, MessagePage, ProviderClock, ProviderMessage, fetch_message, list_messages_page

FEW = 20  # so many are fetched one by one; above it a page of the list is cheaper
_SKEW = 300.0  # seconds that Twilio's clock and ours may differ
_PAUSE = 30.0  # seconds until the next try after Twilio did not answer
_MOST_PAGES = 1000  # of one day's list: more than anybody sends, less than a list without end
_ABOUT_ONE = frozenset({"not_found", "unreadable"})
_LONG_PAUSE = 600.0  # after it said that we may not look


class MessageLog(Protocol):
    """Twilio's message log. Both raise ProviderError, with code `forbidden` when we may not look.

    `not_found` and `unreadable` concern one message alone.
    """

    def page(self, filters: Mapping[str, str], next_page_uri: str | None) -> MessagePage:
        """Up to a thousand messages, newest first."""

    def message(self, sid: str) -> ProviderMessage:
        """One message."""


@dataclass(frozen=True, slots=True)
class AccountLog:
    """The log of one account."""

    account: Account
    clock: ProviderClock = field(default_factory=ProviderClock)

    def page(self, filters: Mapping[str, str], next_page_uri: str | None) -> MessagePage:
        """See `MessageLog`."""
        return list_messages_page(self.account, filters, next_page_uri, self.clock)

    def message(self, sid: str) -> ProviderMessage:
        """See `MessageLog`."""
        return fetch_message(self.account, sid)


@dataclass(slots=True)
class Polled:
    """What one look cost and brought. `youngest_age`: seconds since the youngest message that waits was accepted."""

    requests: int = 0
    changed: int = 0
    youngest_age: float | None = None  # None: nothing waits


def poll_due(
    ledger: Ledger,
    log: MessageLog,
    account_sid: str,
    *,
    now: float,
    tiers: Sequence[Tier] = LIVE_TIERS,
    goes_on: Callable[[], bool] = lambda: True,
) -> Polled:
    """Ask about every message of the account that is due; a periodic job, cheap when nothing is.

    `now` is the ledger's clock; `goes_on` is asked before each request, so that a worker can leave at once.
    Twilio's silence is not raised: it is asked again later.
    """
    polled = Polled()
    with ledger.read() as connection:
        known = awaiting.senders_of(connection, account_sid)
    for sender_id, address in known:
        with ledger.read() as connection:
            last, not_before = awaiting.last_look(connection, sender_id)
            newest = awaiting.youngest(connection, sender_id, now)
        if newest is None:
            continue
        polled.youngest_age = min(now - newest, polled.youngest_age or math.inf)
        if is_due(tiers, now - newest, last, now) and not_before <= now and awaiting.take_turn(ledger, sender_id, now):
            _Look(ledger, log, sender_id, address, now, goes_on, polled).take(due_age(tiers, last, now))
    return polled


@dataclass(slots=True)
class _Look:
    """One look at the log for one sender."""

    ledger: Ledger
    log: MessageLog
    sender_id: int
    address: str
    now: float
    goes_on: Callable[[], bool]
    polled: Polled
    wanted: dict[str, float] = field(default_factory=dict)  # SID to the time of acceptance

    def take(self, age: float) -> None:
        try:
            self._ask_by_day(age)
        except ProviderError as error:
            pause = _LONG_PAUSE if error.code == "forbidden" else _PAUSE
            awaiting.give_up_turn(self.ledger, self.sender_id, next_at=self.now + pause)
        except _Left:
            awaiting.give_up_turn(self.ledger, self.sender_id, next_at=self.now)
        else:
            awaiting.end_turn(self.ledger, self.sender_id, last_at=self.now)

    def _ask_by_day(self, age: float) -> None:
        """A message that was queued over midnight is dated a day later than it was accepted: ask that day, too."""
        by_day: defaultdict[str, dict[str, float]] = defaultdict(dict)
        with self.ledger.read() as connection:
            for sid, accepted_at in awaiting.messages(connection, self.sender_id, self.now - age):
                by_day[_day(accepted_at)][sid] = accepted_at
        by_day[_day(self.now)]  # leftovers of yesterday are looked for today
        for day in sorted(by_day):
            self.wanted.update(by_day[day])
            if len(self.wanted) > FEW:
                self._ask_list(day)
        # The rest may have no date yet (queued), so that no list by day shows it; each has its turn in time.
        self._ask_each(random.sample(list(self.wanted), min(FEW, len(self.wanted))))

    def _ask_list(self, day: str) -> None:
        filters = {"DateSent": day}
        if not self.address.startswith("MG"):  # a service chooses among its numbers
            filters["From"] = self.address
        oldest = min(self.wanted.values()) - _SKEW
        next_page_uri: str | None = None
        read: set[str | None] = set()
        while self.wanted and next_page_uri not in read and len(read) < _MOST_PAGES:
            read.add(next_page_uri)
            self._count_request()
            page = self.log.page(filters, next_page_uri)
            self._apply([message for message in page.messages if message.sid in self.wanted])
            next_page_uri = page.next_page_uri or None
            if next_page_uri is None or _ends_before(page, oldest):
                return

    def _ask_each(self, sids: Sequence[str]) -> None:
        for sid in sids:
            self._count_request()
            try:
                self._apply([self.log.message(sid)])
            except ProviderError as error:
                if error.code not in _ABOUT_ONE:  # one message that is gone does not keep the others waiting
                    raise

    def _count_request(self) -> None:
        if not self.goes_on():
            raise _Left
        self.polled.requests += 1

    def _apply(self, found: Sequence[ProviderMessage]) -> None:
        for chunk in _chunks(found):
            with self.ledger.write() as connection:
                effects = apply_receipts(connection, [_receipt(message) for message in chunk], self.now)
                awaiting.keep_turn(connection, self.sender_id, self.ledger.now(connection))
            self.polled.changed += effects.count(Effect.APPLIED)
        for message in found:
            self.wanted.pop(message.sid, None)


class _Left(Exception):  # noqa: N818 - the worker is leaving; nothing went wrong
    pass


def _receipt(message: ProviderMessage) -> Receipt:
    return Receipt(
        message_sid=message.sid,
        status=message.status,
        error_code=message.error_code,
        at=message.updated_at,
        price=message.price,
        price_unit=message.price_unit,
    )


def _chunks(found: Sequence[ProviderMessage]) -> Iterator[Sequence[ProviderMessage]]:
    for start in range(0, len(found), CHUNK):
        yield found[start : start + CHUNK]


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat()


def _ends_before(page: MessagePage, moment: float) -> bool:
    """The list is newest first: behind this page there is nothing younger."""
    dated = [message.sent_at for message in page.messages if message.sent_at is not None]
    return bool(dated) and dated[-1] < moment
