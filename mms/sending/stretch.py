"""One run of a sender: holds its lease and keeps sending until nothing is left, asked to stop, or taken over."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Event
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from mms.ledger import Ledger
from mms.pace import Pace
from mms.sender import Account, LogExcerpt, MessageSender
from mms.sending.desk import Desk
from mms.sending.lease import Lease, acquire
from mms.sending.posting import Posting
from mms.sending.records import Stop
from mms.sending.settler import Settler
from mms.sending.throttle import Throttle
from mms.settings import Settings

_log = logging.getLogger("mms.sending")
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
    "busy": "Twilio has asked us to slow down for five minutes. Resume the campaign later.",
    "unreachable": "Twilio could not be reached for five minutes. Check the network, then resume.",
}


class Ending(StrEnum):
    """Why a run ended."""

    DONE = "done"
    LEAVING = "leaving"  # this process stops; the lease is released
    FENCED = "fenced"  # another holder has taken over


@dataclass(slots=True)
class Surroundings:
    """What runs of one worker process share."""

    ledger: Ledger
    settings: Settings
    account_for: Callable[[Settings], Account]
    holder: str  # this process, as the lease and the liveness lock name it
    is_dead: Callable[[str], bool]  # whether the process of that name is proved dead
    stopping: Event
    paces: dict[int, tuple[int, Pace]] = field(default_factory=dict)  # by sender: its last fence here, and its pace


def run_sender(surroundings: Surroundings, sender_id: int) -> Ending:
    """Send whatever is due from this sender. Blocks for as long as there is something to do."""
    lease = acquire(
        surroundings.ledger,
        sender_id,
        surroundings.holder,
        is_dead=surroundings.is_dead,
        stopping=surroundings.stopping,
    )
    if lease is None:
        return Ending.LEAVING
    return asyncio.run(_Stretch(surroundings, lease).run())


class _Stretch:
    """The tasks of one run and what they share."""

    def __init__(self, surroundings: Surroundings, lease: Lease) -> None:
        self._around = surroundings
        self._lease = lease
        self._desk = Desk(surroundings.ledger, surroundings.settings, lease)
        self._pace = _pace(surroundings, lease, self._desk.usual_rate)
        self._throttle = Throttle(surroundings.settings.max_in_flight)
        self._nudge = asyncio.Event()
        self._posting = Posting(lease, self._pace, self._throttle, self._nudge.set)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"ledger-{lease.sender_id}")
        self._senders = contextlib.AsyncExitStack()
        self._account: Account | None = None
        self._glanced_at = self._exchanged_at = 0.0
        self._speed = 0.0  # answers a second, lately
        self._express_at = -LINGER  # when a single message last went out
        self._tried_at = 0.0  # when the end was last looked for
        self._look = True  # whether a claim may find rows
        self._in_doubt = False  # a commit failed, and nobody knows whether it happened
        self._ledger_pause = _LEDGER_RETRY[0]
        self._ending: Ending | None = None

    async def run(self) -> Ending:
        """All tasks until the end."""
        try:
            async with self._senders:
                await self._connect()
                self._posting.reconnect = self._connect
                await self._work()
        except Exception:
            # Every request has been cut off, so the next holder need not wait for this lease to run out.
            await self._in_thread(lambda: self._desk.release_when_done(leaving=True))
            raise
        finally:
            self._thread.shutdown(wait=False)
        assert self._ending is not None  # noqa: S101 - `_work` ends with one
        return self._ending

    async def _work(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            settler = Settler(self._around.settings.settle_seconds, self._desk, self._in_thread, self._messages_to)
            tasks.create_task(settler.work(lambda: self._ending is not None or self._posting.is_closing))
            await self._keep_going(tasks)

    async def _keep_going(self, tasks: asyncio.TaskGroup) -> None:
        posters: list[asyncio.Task[None]] = []
        while self._ending is None:
            while len(posters) < self._throttle.limit:
                posters.append(tasks.create_task(self._posting.work(len(posters))))
            await self._wait()
            try:
                await self._once()
            except DBAPIError as error:
                await self._ledger_failed(error)
        self._posting.close()
        for poster in posters:
            poster.cancel()

    async def _once(self) -> None:
        """One look at what is to be done."""
        if self._around.stopping.is_set():
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
        return not (self._posting.waiting or self._posting.flying or self._posting.results)

    def _exchange_is_due(self) -> bool:
        posting = self._posting
        if not self._lease.is_young or posting.is_urgent or (self._look and self._room() > 0):
            return True
        if not posting.results:
            return False
        age = time.monotonic() - posting.first_result_at
        return age >= RECORD_EVERY or len(posting.results) >= RECORD_ROWS or not (posting.waiting or posting.flying)

    def _room(self) -> int:
        """How many rows to claim; 0 while enough are waiting."""
        wanted = self._wanted_rows()
        waiting = len(self._posting.waiting)
        return wanted - waiting if waiting <= wanted // 2 and not self._throttle.wait else 0

    def _wanted_rows(self) -> int:
        if self._pace.rate > 0:
            return max(1, int(self._pace.rate * CLAIM_SECONDS))
        at_least = 2 * self._throttle.limit
        return int(min(LARGEST_CLAIM, max(at_least, self._speed * UNPACED_CLAIM_SECONDS)))

    async def _exchange(self) -> None:
        posting, room = self._posting, self._room()
        if self._in_doubt:
            in_hand = frozenset([*(row.id for row in posting.waiting), *posting.flying, *self._unrecorded()])
            await self._in_thread(lambda: self._desk.give_back_lost(in_hand))
            self._in_doubt = False
        results, posting.results, posting.is_urgent = posting.results, [], False
        try:
            given = await self._in_thread(lambda: self._desk.exchange(results, room))
        except DBAPIError:
            posting.results = results + posting.results
            raise
        self._ledger_pause = _LEDGER_RETRY[0]
        self._measure()
        if not given.holds:
            await self._leave(Ending.FENCED)
            return
        self._look = len(given.rows) == room > 0 or (room == 0 and self._look)
        self._pace.rate = given.rate
        self._throttle.limit = given.max_in_flight
        posting.keep_only(given.live)
        posting.feed(given.rows)
        if any(row.is_express for row in given.rows):
            self._express_at = time.monotonic()
        if self._throttle.gives_up and self._throttle.trouble:
            await self._give_up(self._throttle.trouble)

    def _unrecorded(self) -> list[int]:
        return [result.row.id for result in self._posting.results]

    def _measure(self) -> None:
        now, answered = time.monotonic(), self._posting.answered
        if self._exchanged_at:
            self._speed = 0.5 * self._speed + 0.5 * answered / max(0.001, now - self._exchanged_at)
        self._posting.answered, self._exchanged_at, self._glanced_at = 0, now, now

    async def _glance(self) -> None:
        live, may_find = await self._in_thread(self._desk.glance)
        self._glanced_at = time.monotonic()
        self._posting.keep_only(live)
        self._look = self._look or may_find

    async def _give_up(self, trouble: str) -> None:
        """A person should know: every campaign that could send stops, its rows stay ready."""
        stop = Stop(0, trouble, _TROUBLE[trouble])
        await self._in_thread(lambda: self._desk.stop(stop, self._posting.live))
        self._posting.keep_only(frozenset())
        self._throttle.start_anew()

    async def _finish(self) -> None:
        self._tried_at = time.monotonic()
        if await self._in_thread(lambda: self._desk.release_when_done(leaving=False)):
            self._ending = Ending.DONE
        self._look = True

    async def _leave(self, ending: Ending) -> None:
        """Post nothing new, wait a little for answers, write everything down, give the lease back."""
        self._posting.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_WITHIN):
                await self._posting.landed()
        self._posting.lose_all()
        results = self._posting.results
        await self._in_thread(lambda: self._desk.exchange(results, 0))
        await self._in_thread(lambda: self._desk.release_when_done(leaving=True))
        self._ending = ending

    async def _ledger_failed(self, error: DBAPIError) -> None:
        """Nothing is lost: results stay here, posting ends with the lease. Retried for ever, ever more slowly."""
        what = "The disk is full" if "full" in str(error.orig) else "The database cannot be written"
        _log.error("%s (%s); sending waits, nothing is lost", what, type(error.orig).__name__)
        self._in_doubt = True
        if self._around.stopping.is_set():
            self._posting.close()
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
        account = await asyncio.to_thread(self._around.account_for, self._around.settings)
        if account == self._account:
            return
        settings = self._around.settings
        callback = f"{settings.public_base_url}/twilio/status" if settings.public_base_url else None
        sender = MessageSender(
            account, self._desk.sender.address, timeout=settings.request_timeout, status_callback=callback
        )
        self._posting.sender = await self._senders.enter_async_context(sender)
        self._account = account

    async def _messages_to(self, to: str, since: float) -> LogExcerpt:
        assert self._posting.sender is not None  # noqa: S101 - connected before anything is asked
        return await self._posting.sender.messages_to(to, since)


def _pace(surroundings: Surroundings, lease: Lease, rate: float) -> Pace:
    """The pace of this sender's last run here if nobody held the lease in between, else a rested new one."""
    fence, pace = surroundings.paces.get(lease.sender_id, (0, Pace()))
    if fence != lease.fence - 1:
        pace = Pace(rate)
        pace.rest(max(1.0, 1.0 / rate if rate else 0.0) - lease.rested)
    surroundings.paces[lease.sender_id] = (lease.fence, pace)
    return pace
