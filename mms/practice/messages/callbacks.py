"""Status callbacks and the replies of practice people: what happens to a message later and is told to somebody."""

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import count

from mms.practice.account import ACCOUNT_SID
from mms.practice.messages.faults import Faults
from mms.practice.messages.message import API_VERSION, FINAL, Message
from mms.practice.messages.message_log import MessageLog
from mms.practice.messages.webhooks import Webhooks

Event = Callable[[], Awaitable[object]]


class Agenda:
    """Runs events at their time, many at once. Nothing is kept over a restart."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Event]] = []
        self._numbers = count()
        self._changed = asyncio.Event()
        self._under_way: set[asyncio.Future[object]] = set()

    def at(self, moment: float, event: Event) -> None:
        """Run the event at this wall-clock time, in seconds since 1970."""
        heapq.heappush(self._due, (moment, next(self._numbers), event))
        self._changed.set()

    def is_empty(self) -> bool:
        """Whether nothing is left to happen."""
        return not (self._due or self._under_way)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._start_due(time.time())
            self._changed.clear()
            wait = self._due[0][0] - time.time() if self._due else None
            try:
                await asyncio.wait_for(self._changed.wait(), wait)
            except TimeoutError:
                continue

    def _start_due(self, now: float) -> None:
        while self._due and self._due[0][0] <= now:
            _, _, event = heapq.heappop(self._due)
            task = asyncio.ensure_future(event())
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)


class StatusCallbacks:
    """Tells the `StatusCallback` of a message each status after the first, the last one with its error code."""

    def __init__(self, agenda: Agenda, webhooks: Webhooks, log: MessageLog, faults: Faults) -> None:
        self._agenda, self._webhooks, self._log, self._faults = agenda, webhooks, log, faults

    def watch(self, message: Message, now: float) -> None:
        """Plan the callbacks that are still to come. Faults may lose, double or delay them."""
        if not message.callback:
            return
        chosen = {message.queued_at} if message.service_sid else set()  # otherwise `queued` is the first status
        for moment in sorted({*chosen, message.sent_at, message.final_at}):
            if moment >= now:
                self._plan(message.sid, moment)

    def watch_again(self, now: float) -> None:
        """After a restart: those of messages still on their way; what fell into the gap is lost, as at Twilio."""
        for _, message in self._log.select("callback <> '' AND final_at > ?", (now,), limit=-1):
            self.watch(message, now)

    def _plan(self, sid: str, moment: float) -> None:
        plan, chance = self._faults.plan, self._faults.random.random
        if chance() < plan.callbacks_lost:
            return
        for _ in range(2 if chance() < plan.callbacks_doubled else 1):
            late = plan.callbacks_shuffled * chance()
            self._agenda.at(moment + late, lambda: self.tell(sid, moment))

    async def tell(self, sid: str, moment: float) -> None:
        """Post the status that the message had at this moment, unless it was deleted or cancelled since."""
        message = self._log.find(sid)
        if message and (message.canceled_at is None or moment >= message.canceled_at):
            await self._webhooks.post(message.callback, _fields(message, moment))


def _fields(message: Message, moment: float) -> dict[str, str]:
    status = message.status(moment)
    fields = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageStatus": status,
        "SmsStatus": status,
        "AccountSid": ACCOUNT_SID,
        "From": message.from_number,
        "To": message.to_number,
        "ApiVersion": API_VERSION,
    }
    if message.service_sid:
        fields["MessagingServiceSid"] = message.service_sid
    if status in ("failed", "undelivered") and message.error_code:
        fields["ErrorCode"] = str(message.error_code)
    if status in FINAL:
        fields["RawDlrDoneDate"] = datetime.fromtimestamp(moment, UTC).strftime("%y%m%d%H%M")
    return fields
