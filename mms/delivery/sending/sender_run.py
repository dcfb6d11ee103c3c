"""One run of a sender: holds its lease and keeps sending until nothing is left, asked to stop, or taken over."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Event
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from mms.delivery.reconciliation.look_back import Begun
from mms.delivery.reconciliation.matching import MARGIN, may_be, says_the_same
from mms.delivery.reconciliation.reconciler import Reconciler
from mms.delivery.sending.backoff import Backoff
from mms.delivery.sending.claims import ClaimedRow
from mms.delivery.sending.dispatcher import Dispatcher
from mms.delivery.sending.lease import LEASE, Lease, acquire
from mms.delivery.sending.rate_limiter import RateLimiter
from mms.delivery.sending.results import Stop
from mms.delivery.sending.run_store import ProcessBegun, RunStore
from mms.errors import ProviderError
from mms.ledger import Ledger
from mms.ledger.high_water import HighWater, high_water
from mms.settings import Settings
from mms.states import Reason
from mms.twilio_client import Account, LogExcerpt, ProviderClock
from mms.twilio_client.message_sender import MessageSender

_log = logging.getLogger("mms.delivery")
_T = TypeVar("_T")

TICK = 0.05  # seconds between two looks at what is to be done
GLANCE_EVERY = 0.2  # at wants and states: half of the second in which a pause must act is left for the road
RECORD_EVERY, RECORD_ROWS = 0.25, 500
CLAIM_SECONDS = 2.0  # a claim takes what the pace sends meanwhile: after a crash each claimed row must be asked about
UNPACED_CLAIM_SECONDS, LARGEST_CLAIM = 0.5, 1000
FINISH_EVERY = 0.25  # rows in doubt may keep a run alive that has nothing else to do
LINGER = 5.0  # seconds that a run stays for the next single message
LEAVE_WITHIN = 8.0  # seconds for open requests once the process is asked to stop
_LEDGER_RETRY = (0.5, 10.0)
_TROUBLE = {
    Reason.BUSY: "Twilio has asked us to slow down for five minutes. Resume the campaign later.",
    Reason.UNREACHABLE: "Twilio could not be reached for five minutes. Check the network, then resume.",
}


class Ending(StrEnum):
    """Why a run ended."""

    DONE = "done"
    LEAVING = "leaving"  # this process stops; the lease is released
    FENCED = "fenced"  # another holder has taken over


@dataclass(slots=True)
class WorkerContext:
    """What runs of one worker process share."""

    ledger: Ledger
    settings: Settings
    account_for: Callable[[Settings], Account]
    holder: str  # this process, as the lease and the liveness lock name it
    is_dead: Callable[[str], bool]  # whether the process of that name is proved dead
    stopping: Event
    # by sender: its last fence here, and its rate limiter
    rate_limiters: dict[int, tuple[int, RateLimiter]] = field(default_factory=dict)
    clock: ProviderClock = field(default_factory=ProviderClock)  # Twilio's time, as its answers tell it
    begun: ProcessBegun = field(init=False)
    high_water: HighWater = field(init=False)

    def __post_init__(self) -> None:
        self.high_water = high_water(self.ledger, self.settings.data_dir)
        with self.ledger.read() as connection:
            self.begun = ProcessBegun(self.ledger.now(connection))


def run_sender(context: WorkerContext, sender_id: int) -> Ending:
    """Send whatever is due from this sender. Blocks for as long as there is something to do."""
    lease = acquire(
        context.ledger,
        sender_id,
        context.holder,
        is_dead=context.is_dead,
        stopping=context.stopping,
    )
    if lease is None:
        return Ending.LEAVING
    return asyncio.run(SenderRun(context, lease).run())


class SenderRun:
    """The tasks of one run and what they share."""

    def __init__(self, context: WorkerContext, lease: Lease) -> None:
        self._context = context
        self._lease = lease
        self._store = RunStore(context.ledger, context.settings, lease, context.begun, context.high_water)
        self._rate_limiter = _rate_limiter(context, lease, self._store.usual_rate)
        self._backoff = Backoff(context.settings.max_in_flight)
        self._nudge = asyncio.Event()
        self._dispatcher = Dispatcher(lease, self._rate_limiter, self._backoff, self._nudge.set)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"ledger-{lease.sender_id}")
        self._senders = contextlib.AsyncExitStack()
        self._account: Account | None = None
        self._glanced_at = self._exchanged_at = 0.0
        self._speed = 0.0  # answers a second, lately
        self._express_at = -LINGER  # when a single message last went out
        self._tried_at = 0.0  # when the end was last looked for
        self._look = True  # whether a claim may find rows
        self._in_doubt = False  # a commit failed, and nobody knows whether it happened
        self._is_timeless = False  # this server's answers carry no time
        self._ledger_pause = _LEDGER_RETRY[0]
        self._ending: Ending | None = None

    async def run(self) -> Ending:
        """All tasks until the end."""
        try:
            async with self._senders:
                await self._connect()
                self._dispatcher.reconnect = self._connect
                self._dispatcher.may_be_asked_again = self._may_be_asked_again
                await self._work()
        except Exception:
            # Every request has been cut off, so the next holder need not wait for this lease to run out.
            await self._in_thread(lambda: self._store.release_when_done(leaving=True))
            raise
        finally:
            self._thread.shutdown(wait=False)
        assert self._ending is not None  # noqa: S101 - `_work` ends with one
        return self._ending

    async def _work(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            settings = self._context.settings
            reconciler = Reconciler(
                settings.settle_seconds,
                self._store,
                self._in_thread,
                self._sender,
                self._context.clock,
                answers_within=settings.request_timeout,
            )
            tasks.create_task(reconciler.work(lambda: self._ending is not None or self._dispatcher.is_closing))
            await self._keep_going(tasks)

    async def _keep_going(self, tasks: asyncio.TaskGroup) -> None:
        posters: list[asyncio.Task[None]] = []
        while self._ending is None:
            while len(posters) < self._backoff.limit:
                posters.append(tasks.create_task(self._dispatcher.work(len(posters))))
            await self._wait()
            try:
                await self._once()
            except DBAPIError as error:
                await self._ledger_failed(error)
        self._dispatcher.close()
        for poster in posters:
            poster.cancel()

    async def _once(self) -> None:
        """One look at what is to be done."""
        if self._context.stopping.is_set():
            await self._leave(Ending.LEAVING)
        elif self._exchange_is_due():
            await self._exchange()
        elif time.monotonic() - self._glanced_at >= self._glance_every:
            await self._glance()
        if self._ending is None and self._may_finish():
            await self._finish()

    @property
    def _glance_every(self) -> float:
        return TICK if self._is_idle() else GLANCE_EVERY

    def _may_finish(self) -> bool:
        now = time.monotonic()
        return self._is_idle() and now - self._express_at > LINGER and now - self._tried_at > FINISH_EVERY

    def _is_idle(self) -> bool:
        return not (self._dispatcher.waiting or self._dispatcher.flying or self._dispatcher.results)

    def _exchange_is_due(self) -> bool:
        dispatcher = self._dispatcher
        if not self._lease.is_young or dispatcher.is_urgent or (self._look and self._room() > 0):
            return True
        if not dispatcher.results:
            return False
        age = time.monotonic() - dispatcher.first_result_at
        return (
            age >= RECORD_EVERY
            or len(dispatcher.results) >= RECORD_ROWS
            or not (dispatcher.waiting or dispatcher.flying)
        )

    def _room(self) -> int:
        """How many rows to claim; 0 while enough are waiting."""
        wanted = self._wanted_rows()
        waiting = len(self._dispatcher.waiting)
        return wanted - waiting if waiting <= wanted // 2 and not self._backoff.wait else 0

    def _wanted_rows(self) -> int:
        if self._rate_limiter.rate > 0:
            return max(1, int(self._rate_limiter.rate * CLAIM_SECONDS))
        at_least = 2 * self._backoff.limit
        return int(min(LARGEST_CLAIM, max(at_least, self._speed * UNPACED_CLAIM_SECONDS)))

    async def _exchange(self) -> None:
        dispatcher, room = self._dispatcher, self._room()
        if room and not await self._knows_the_time():
            room = 0
        if self._in_doubt:
            in_hand = frozenset([*(row.id for row in dispatcher.waiting), *dispatcher.flying, *self._unrecorded()])
            await self._in_thread(lambda: self._store.give_back_lost(in_hand))
            self._in_doubt = False
        results, dispatcher.results, dispatcher.is_urgent = dispatcher.results, [], False
        try:
            provider_now = self._context.clock.now()
            given = await self._in_thread(lambda: self._store.exchange(results, room, provider_now))
        except DBAPIError:
            dispatcher.results = results + dispatcher.results
            raise
        self._ledger_pause = _LEDGER_RETRY[0]
        self._measure()
        if not given.holds:
            await self._leave(Ending.FENCED)
            return
        self._look = len(given.rows) == room > 0 or (room == 0 and self._look)
        self._rate_limiter.rate = given.rate
        self._backoff.limit = given.max_in_flight
        dispatcher.keep_only(given.live)
        dispatcher.feed(given.rows)
        if given.to_look_back:
            await self._look_back(given.to_look_back)
        if any(row.is_express for row in given.rows):
            self._express_at = time.monotonic()
        if self._backoff.gives_up and self._backoff.trouble:
            await self._give_up(Reason(self._backoff.trouble))

    async def _knows_the_time(self) -> bool:
        """Twilio's time is asked for before rows are claimed: without it nothing could be concluded about them.

        A server that tells no time is sent to all the same: rows without an answer are then left to a person.
        """
        if self._context.clock.now() is not None or self._is_timeless:
            return True
        try:
            await self._sender().ask_for_the_time()
        except ProviderError as error:
            if self._context.clock.now() is None and error.code == "no_answer":
                self._backoff.not_connected()
                await self._connect()
                return False
        self._is_timeless = self._context.clock.now() is None
        return True

    async def _look_back(self, begun: Sequence[Begun]) -> None:
        """Nothing leaves for campaigns from before this process until Twilio's log was read since they began."""
        provider_now = self._context.clock.now()
        if provider_now is None:
            if self._is_timeless:
                self._store.skip_looking_back(begun)
            elif not await self._knows_the_time():
                return
            self._look = True
            return
        since = await self._in_thread(lambda: self._store.look_back_since(begun, provider_now))
        try:
            excerpt = await self._read_log(begun, since)
        except ProviderError as error:
            if error.code != "forbidden":
                self._backoff.not_connected()
                await asyncio.sleep(TICK)
                return
            self._store.skip_looking_back(begun)  # a key that may not read the log: nobody can know
        else:
            await self._in_thread(lambda: self._store.looked_back(begun, excerpt))
        self._look = True

    async def _read_log(self, begun: Sequence[Begun], since: float) -> LogExcerpt:
        """However long it takes, the lease is kept: nobody else need begin the same anew."""
        read = [0]
        reading = asyncio.create_task(self._sender().messages_since(since, lambda count: read.__setitem__(0, count)))
        try:
            while not (await asyncio.wait({reading}, timeout=LEASE / 4))[0]:
                await self._in_thread(lambda: self._store.looks_back(begun, read[0]))
            return reading.result()
        finally:
            reading.cancel()

    async def _may_be_asked_again(self, row: ClaimedRow) -> bool:
        """The look just before a row is asked for again whose answer was lost once, however long ago."""
        try:
            excerpt = await self._sender().messages_to(row.recipient, (row.asked_from or 0.0) - MARGIN)
        except ProviderError:
            return row.on_a_persons_word
        doubt = self._store.doubt_about(row)
        speaks_against = says_the_same if row.on_a_persons_word else may_be
        sids = [message.sid for message in excerpt.messages if speaks_against(doubt, message)]
        is_free = await self._in_thread(lambda: self._store.may_be_asked_now(row.id, sids))
        return is_free and (excerpt.is_whole or row.on_a_persons_word)

    def _unrecorded(self) -> list[int]:
        return [result.row.id for result in self._dispatcher.results]

    def _measure(self) -> None:
        now, answered = time.monotonic(), self._dispatcher.answered
        if self._exchanged_at:
            self._speed = 0.5 * self._speed + 0.5 * answered / max(0.001, now - self._exchanged_at)
        self._dispatcher.answered, self._exchanged_at, self._glanced_at = 0, now, now

    async def _glance(self) -> None:
        live, may_find = await self._in_thread(self._store.glance)
        self._glanced_at = time.monotonic()
        self._dispatcher.keep_only(live)
        self._look = self._look or may_find

    async def _give_up(self, trouble: Reason) -> None:
        """A person should know: every campaign that could send stops, its rows stay ready."""
        stop = Stop(0, trouble, _TROUBLE[trouble])
        await self._in_thread(lambda: self._store.stop(stop, self._dispatcher.live))
        self._dispatcher.keep_only(frozenset())
        self._backoff.start_anew()

    async def _finish(self) -> None:
        self._tried_at = time.monotonic()
        if await self._in_thread(lambda: self._store.release_when_done(leaving=False)):
            self._ending = Ending.DONE
        self._look = True

    async def _leave(self, ending: Ending) -> None:
        """Post nothing new, wait a little for answers, write everything down, give the lease back."""
        self._dispatcher.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_WITHIN):
                await self._dispatcher.landed()
        self._dispatcher.lose_all()
        results = self._dispatcher.results
        await self._in_thread(lambda: self._store.exchange(results, 0))
        await self._in_thread(lambda: self._store.release_when_done(leaving=True))
        self._ending = ending

    async def _ledger_failed(self, error: DBAPIError) -> None:
        """Nothing is lost: results stay here, posting ends with the lease. Retried for ever, ever more slowly."""
        what = "The disk is full" if "full" in str(error.orig) else "The database cannot be written"
        _log.error("%s (%s); sending waits, nothing is lost", what, type(error.orig).__name__)
        self._in_doubt = True
        if self._context.stopping.is_set():
            self._dispatcher.close()
            self._ending = Ending.LEAVING
            return
        await asyncio.sleep(self._ledger_pause)
        self._ledger_pause = min(_LEDGER_RETRY[1], 2 * self._ledger_pause)

    async def _wait(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._nudge.wait(), TICK)
        self._nudge.clear()

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _connect(self) -> None:
        """(Re)open the way to Twilio; in practice mode the stand-in may have moved to another port."""
        account = await asyncio.to_thread(self._context.account_for, self._context.settings)
        if account == self._account:
            return
        settings = self._context.settings
        callback = f"{settings.public_base_url}/twilio/status" if settings.public_base_url else None
        sender = MessageSender(
            account,
            self._store.sender.address,
            timeout=settings.request_timeout,
            status_callback=callback,
            clock=self._context.clock,
        )
        self._dispatcher.sender = await self._senders.enter_async_context(sender)
        self._account = account

    def _sender(self) -> MessageSender:
        assert self._dispatcher.sender is not None  # noqa: S101 - connected before anything is asked
        return self._dispatcher.sender


def _rate_limiter(context: WorkerContext, lease: Lease, rate: float) -> RateLimiter:
    """The pace of this sender's last run here if nobody held the lease in between, else a rested new one."""
    fence, rate_limiter = context.rate_limiters.get(lease.sender_id, (0, RateLimiter()))
    if fence != lease.fence - 1:
        rate_limiter = RateLimiter(rate)
        rate_limiter.rest(max(1.0, 1.0 / rate if rate else 0.0) - lease.rested)
    context.rate_limiters[lease.sender_id] = (lease.fence, rate_limiter)
    return rate_limiter
