"""Receipts of a busy campaign come by the hundred: those that wait together are stored in one transaction."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from mms.http.threads import Overloaded, TookTooLong, WorkThreads
from mms.ledger import Ledger
from mms.receipts import Effect, record_callbacks

_AT_ONCE = 500
_MOST_WAITING = 5_000

Callback = tuple[Mapping[str, str], int | None]  # Twilio's fields, and the row that the address named


@dataclass(slots=True)
class CallbackBatches:
    """Lives on one event loop. One transaction at a time; whoever comes meanwhile shares the next."""

    ledger: Ledger
    threads: WorkThreads
    seconds: float
    _waiting: list[tuple[Callback, "asyncio.Future[Effect]"]] = field(default_factory=list)
    _storing: "asyncio.Task[None] | None" = None

    async def store(self, callback: Callback) -> Effect:
        """What the callback changed, once that is committed.

        Raises:
            TookTooLong: not committed in time; Overloaded: too many wait already. Twilio asks again.
        """
        if len(self._waiting) >= _MOST_WAITING:
            raise Overloaded
        future: asyncio.Future[Effect] = asyncio.get_running_loop().create_future()
        self._waiting.append((callback, future))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store())
        try:
            return await asyncio.wait_for(future, self.seconds)
        except TimeoutError:
            raise TookTooLong from None

    async def _store(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            callbacks = [callback for callback, _future in batch]
            try:
                effects = await self.threads.run(record_callbacks, self.ledger, callbacks, seconds=self.seconds)
            except (Overloaded, TookTooLong, SQLAlchemyError) as error:
                for _callback, future in batch:
                    if not future.done():
                        future.set_exception(TookTooLong() if isinstance(error, SQLAlchemyError) else error)
                continue
            for (_callback, future), effect in zip(batch, effects, strict=True):
                if not future.done():
                    future.set_result(effect)
