"""Asks Twilio's log about rows without an answer, beside the sending: found, not there, or a person decides.

Time is counted from when this process first knew of the doubt, by a clock that nobody can set: a jump of the
wall clock must not make a message look older than it is. A restart begins the looks anew.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from sqlalchemy.exc import DBAPIError

from mms.delivery.reconciliation.evidence import CLOCK_SKEW, UnknownRow, matching
from mms.delivery.reconciliation.unknown_rows import Findings
from mms.errors import ProviderError
from mms.twilio_client import LogExcerpt

_log = logging.getLogger("mms.delivery")
LOOKS = (1 / 60, 3 / 60, 8 / 60, 20 / 60, 40 / 60, 1.0)
"""When Twilio's log is asked, in shares of the settling time; its lag is not published, so more than once."""

PATIENCE = 10.0  # settling times for which a log that does not answer is asked again
AT_ONCE = 8
_MOST_QUESTIONS = 500


class UnknownRowStore(Protocol):
    """The part of the ledger's side that settling needs."""

    def questions(self, room: int) -> list[UnknownRow]:
        """Rows in doubt."""

    def adopted_among(self, sids: Sequence[str]) -> frozenset[str]:
        """SIDs that belong to a row already."""

    def settle(self, findings: Findings) -> None:
        """Write what was found out."""


@dataclass(slots=True)
class _Watch:
    """One row's doubt, as long as this process has known of it."""

    since: float
    looks: int = 0
    silent_since: float | None = None  # the log has not answered since
    next_try: float = 0.0

    def is_due(self, now: float, seconds: float) -> bool:
        return now >= max(self.next_try, self.since + LOOKS[self.looks] * seconds)


class Reconciler:
    """Settles one sender's rows while its run lasts."""

    def __init__(
        self,
        seconds: float,
        store: UnknownRowStore,
        in_thread: Callable[[Callable[[], object]], Awaitable[object]],
        ask: Callable[[str, float], Awaitable[LogExcerpt]],
    ) -> None:
        self._seconds, self._store, self._in_thread, self._ask = seconds, store, in_thread, ask
        self._watches: dict[tuple[int, int], _Watch] = {}
        self._gate = asyncio.Semaphore(AT_ONCE)

    @property
    def _pause(self) -> float:
        return min(1.0, max(0.05, self._seconds / 60))

    async def work(self, is_over: Callable[[], bool]) -> None:
        """Look after rows in doubt until the run ends."""
        while not is_over():
            try:
                await self.look()
            except DBAPIError as error:
                # Sending waits for the database, too; whatever was found out is found out again.
                _log.warning("Rows in doubt cannot be looked after (%s)", type(error.orig).__name__)
            await asyncio.sleep(self._pause)

    async def look(self) -> None:
        """One round: ask about every row whose time has come."""
        questions: list[UnknownRow] = []
        await self._in_thread(lambda: questions.extend(self._store.questions(_MOST_QUESTIONS)))
        now = time.monotonic()
        self._watches = {(q.row_id, q.fence): self._watch(q, now) for q in questions}
        due = [q for q in questions if self._watches[q.row_id, q.fence].is_due(now, self._seconds)]
        answers = await asyncio.gather(*(self._answer(q) for q in due))
        if due:
            await self._in_thread(lambda: self._conclude(list(zip(due, answers, strict=True))))

    def _watch(self, question: UnknownRow, now: float) -> _Watch:
        known = self._watches.get((question.row_id, question.fence))
        if known is None or question.looks < known.looks:  # a person asked for new looks
            return _Watch(now)
        return known

    async def _answer(self, question: UnknownRow) -> LogExcerpt | ProviderError:
        async with self._gate:
            try:
                return await self._ask(question.recipient, question.claimed_at - CLOCK_SKEW)
            except ProviderError as error:
                return error

    def _conclude(self, answers: Sequence[tuple[UnknownRow, LogExcerpt | ProviderError]]) -> None:
        findings = Findings()
        adopted = self._store.adopted_among(
            [message.sid for _, log in answers if isinstance(log, LogExcerpt) for message in log.messages]
        )
        taken = set(adopted)
        for question, log in answers:
            watch = self._watches[question.row_id, question.fence]
            if isinstance(log, ProviderError):
                self._not_answered(question, watch, log.code, findings)
                continue
            found = matching(question, log.messages, taken)
            if found:
                taken.add(found.sid)
                findings.found.append((question, found))
            elif not log.is_whole:
                self._not_answered(question, watch, "no_answer", findings)
            else:
                self._not_found(question, watch, findings)
        if findings:
            self._store.settle(findings)

    def _not_found(self, question: UnknownRow, watch: _Watch, findings: Findings) -> None:
        watch.silent_since = None
        watch.looks += 1
        if watch.looks < len(LOOKS):
            findings.looked.append(replace(question, looks=watch.looks))
        else:
            findings.absent.append(question)

    def _not_answered(self, question: UnknownRow, watch: _Watch, code: str, findings: Findings) -> None:
        now = time.monotonic()
        watch.silent_since = watch.silent_since or now
        watch.next_try = now + self._seconds / 12
        if code == "forbidden" or now - watch.silent_since > PATIENCE * self._seconds:
            findings.unsettled.append(question)
