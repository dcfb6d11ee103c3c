"""Claimed rows on their way to Twilio: so many at a time, each at its turn, each checked on the last line."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from mms.delivery.sending.backoff import Backoff
from mms.delivery.sending.claims import LEAST_VALID, ClaimedRow
from mms.delivery.sending.lease import Lease
from mms.delivery.sending.rate_limiter import Departure, RateLimiter
from mms.delivery.sending.results import InDoubtAgain, Outcome, RanOut, Result
from mms.twilio_client import Accepted, Busy, NoAnswer, NotAsked, Refused, Withheld
from mms.twilio_client.message_sender import MessageSender
from mms.twilio_codes import explain

_log = logging.getLogger("mms.delivery")
_IDLE = 0.25  # seconds between two looks of a task that is not needed for now


class Dispatcher:
    """Takes rows from `waiting`, leaves what came of them in `results`. Lives in one event loop."""

    def __init__(self, lease: Lease, rate_limiter: RateLimiter, backoff: Backoff, wake: Callable[[], None]) -> None:
        self.waiting: deque[ClaimedRow] = deque()
        self.results: list[Result] = []
        self.flying: dict[int, ClaimedRow] = {}
        self.live: frozenset[int] = frozenset()  # campaigns whose rows may leave
        self.is_closing = False
        self.is_urgent = False  # the ledger must know at once
        self.answered = 0
        self.first_result_at = 0.0
        self.sender: MessageSender | None = None
        self.reconnect: Callable[[], Awaitable[None]] | None = None
        self.may_be_asked_again: Callable[[ClaimedRow], Awaitable[bool]] | None = None
        self._lease, self._rate_limiter, self._backoff, self._wake = lease, rate_limiter, backoff, wake
        self._turnstile = asyncio.Lock()
        self._fed = asyncio.Event()

    def feed(self, rows: list[ClaimedRow]) -> None:
        """Single messages go before rows of campaigns."""
        for row in rows:
            if not row.is_express:
                self.waiting.append(row)
        self.waiting.extendleft(row for row in reversed(rows) if row.is_express)
        self._fed.set()

    def close(self) -> None:
        """Nothing leaves from now on."""
        self.is_closing = True
        self.withhold_all()
        self._fed.set()

    def keep_only(self, live: frozenset[int]) -> None:
        """Rows of other campaigns (paused, cancelled, stopped) do not leave any more."""
        self.live = live
        if any(row.campaign_id not in live for row in self.waiting):
            kept = deque(row for row in self.waiting if row.campaign_id in live)
            self._withhold(row for row in self.waiting if row.campaign_id not in live)
            self.waiting = kept

    def withhold_all(self) -> None:
        """Give back everything that was claimed and has not left."""
        self._withhold(self.waiting)
        self.waiting.clear()

    async def landed(self) -> None:
        """Wait until no request is on its way."""
        while self.flying:  # noqa: ASYNC110 - answers come from many tasks; this is the end of a run
            await asyncio.sleep(0.01)

    def lose_all(self) -> None:
        """Requests whose answers nobody will wait for: they may have gone out."""
        for row in list(self.flying.values()):
            self._add(row, NoAnswer())
        self.flying.clear()

    async def work(self, number: int) -> None:
        """One of the tasks that post; `number` counts from 0."""
        while not self.is_closing:
            taken = await self._next(number)
            if taken:
                await self._post(*taken)
            elif not self.is_closing:
                await asyncio.sleep(_IDLE)  # fewer tasks are needed for now

    async def _next(self, number: int) -> tuple[ClaimedRow, Departure] | None:
        async with self._turnstile:
            while not self.is_closing and number < self._backoff.allowed:
                if not self.waiting:
                    self._fed.clear()
                    await self._fed.wait()
                elif self._backoff.wait:
                    await asyncio.sleep(min(_IDLE, self._backoff.wait))
                elif not self._lease.is_good():
                    self._wake()
                    await asyncio.sleep(_IDLE / 5)
                else:
                    departure = await self._rate_limiter.turn()
                    if self.waiting:
                        return self.waiting.popleft(), departure
                    self._rate_limiter.cancel(departure)
            return None

    async def _post(self, row: ClaimedRow, departure: Departure) -> None:
        self.flying[row.id] = row
        outcome = await self._outcome(row, departure)
        if not departure.has_left:
            self._rate_limiter.cancel(departure)
        if self.flying.pop(row.id, None):
            await self._took(row, outcome)

    async def _outcome(self, row: ClaimedRow, departure: Departure) -> Outcome:
        assert self.sender is not None  # noqa: S101 - set before the tasks start
        if row.asked_from is not None and self.may_be_asked_again and not await self.may_be_asked_again(row):
            return InDoubtAgain()
        if row.seconds_left < LEAST_VALID:
            return RanOut()
        permission = _Permission(self, row, departure)
        return await self.sender.post(
            row.id,
            row.recipient,
            row.body,
            row.media_urls,
            permission,
            valid_for=row.seconds_left,
            shorten_links=row.twilio_shortens,
        )

    def may_leave(self, row: ClaimedRow) -> bool:
        """Whether a request for this row may start now."""
        return not self.is_closing and row.campaign_id in self.live and self._lease.is_good()

    def left(self, departure: Departure) -> None:
        """A request is on the wire."""
        self._rate_limiter.left(departure)

    async def _took(self, row: ClaimedRow, outcome: Outcome) -> None:
        match outcome:
            case Accepted():
                self._answered()
            case Refused():
                self._answered()
                self._stop_early(row, outcome)
            case Busy():
                self._backoff.busy(outcome.retry_after)
            case NotAsked():
                await self._not_connected(outcome)
            case NoAnswer():
                self._backoff.no_answer()
            case Withheld() if not self.is_closing and row.campaign_id in self.live:
                self.waiting.appendleft(row)  # only the lease had to be renewed
                return
        self._add(row, outcome)

    def _answered(self) -> None:
        self._backoff.answered()
        self.answered += 1

    def _stop_early(self, row: ClaimedRow, outcome: Refused) -> None:
        """Every further row would fare the same: none leaves while the ledger is being told."""
        if not row.is_express and explain(outcome.code, outcome.http_status).stops_campaign:
            self.keep_only(self.live - {row.campaign_id})
            self.is_urgent = True
            self._wake()

    async def _not_connected(self, outcome: NotAsked) -> None:
        if not self._backoff.wait:
            _log.warning("No connection to Twilio (%s); trying again", outcome.why)
            if self.reconnect:
                await self.reconnect()
        self._backoff.not_connected()

    def _add(self, row: ClaimedRow, outcome: Outcome) -> None:
        if not self.results:
            self.first_result_at = time.monotonic()
        self.results.append(Result(row, outcome))

    def _withhold(self, rows: Iterable[ClaimedRow]) -> None:
        for row in list(rows):
            self._add(row, Withheld())


@dataclass(slots=True)
class _Permission:
    """One request's leave to go, looked at on its last line."""

    dispatcher: Dispatcher
    row: ClaimedRow
    departure: Departure

    def passes(self) -> bool:
        if not self.dispatcher.may_leave(self.row):
            return False
        self.dispatcher.left(self.departure)
        return True

    def has_passed(self) -> None:
        self.dispatcher.left(self.departure)  # again: the system may have kept us waiting in between
