"""Asks Twilio's log about rows without an answer, beside the sending: found, not there, or a person decides.

Time is counted from when this process first knew of the doubt, by a clock that nobody can set: a jump of the
wall clock must not make a message look older than it is. A restart begins the looks anew.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlalchemy.exc import DBAPIError

from mms.delivery.reconciliation.evidence import Evidence, Verdict, verdict
from mms.delivery.reconciliation.matching import MARGIN, Match, UnknownRow, matches
from mms.delivery.reconciliation.unknown_rows import Findings, History
from mms.errors import ProviderError
from mms.twilio_client import LogExcerpt, ProviderClock, ProviderMessage

_log = logging.getLogger("mms.delivery")
LOOKS = (1 / 60, 3 / 60, 8 / 60, 20 / 60, 40 / 60, 1.0)
"""When Twilio's log is asked, in shares of the settling time; its lag is not published, so more than once."""

AT_ONCE = 8
_MOST_QUESTIONS = 500
_RECORDED_WITHIN = 3.0  # seconds from an answer until its row owns the message, and what two clocks differ
_LONGEST_PAUSE = 30.0  # seconds between two rounds while the ledger does not answer


class UnknownRowStore(Protocol):
    """The part of the ledger's side that settling needs."""

    def questions(self, room: int, provider_now: float | None) -> list[UnknownRow]:
        """Rows in doubt."""

    def owned_among(self, sids: Sequence[str]) -> frozenset[str]:
        """SIDs that belong to a row already."""

    def histories(self, questions: Sequence[UnknownRow]) -> Mapping[int, History]:
        """What was tried before for these rows, by row id."""

    def settle(self, findings: Findings) -> None:
        """Write what was found out."""


class MessageLog(Protocol):
    """Twilio's log. Raises ProviderError with code `forbidden` or `no_answer`."""

    async def messages_to(self, to: str, since: float) -> LogExcerpt:
        """What went to one number."""

    async def messages_since(self, since: float) -> LogExcerpt:
        """What went to anybody."""


@dataclass(slots=True)
class _Watch:
    """One row's doubt, as long as this process has known of it."""

    since: float
    looks: int = 0  # that were answered
    first_answer: float | None = None
    last_answer: float | None = None
    next_try: float = 0.0

    def is_due(self, now: float, seconds: float) -> bool:
        """After an outage the looks are spread anew: those that nobody answered were none."""
        begun = self.since if self.first_answer is None else self.first_answer
        return now >= max(self.next_try, begun + LOOKS[min(self.looks, len(LOOKS) - 1)] * seconds)


@dataclass(slots=True)
class _Round:
    """What one round of looking brought."""

    due: list[UnknownRow]
    logs: dict[int, Sequence[ProviderMessage]] = field(default_factory=dict)  # by row id
    errors: dict[int, str] = field(default_factory=dict)  # code of why a look was not answered
    hides_numbers: bool = False  # the log redacts, and we knew it before this round


class Reconciler:
    """Settles one sender's rows while its run lasts."""

    def __init__(
        self,
        seconds: float,
        store: UnknownRowStore,
        in_thread: Callable[[Callable[[], object]], Awaitable[object]],
        log: Callable[[], MessageLog],
        clock: ProviderClock,
        *,
        answers_within: float,
    ) -> None:
        self._seconds, self._store, self._in_thread = seconds, store, in_thread
        self._message_log, self._clock = log, clock
        self._answers_within = answers_within  # seconds: the longest that a request may be under way
        self._watches: dict[tuple[int, int], _Watch] = {}
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._hides_numbers = False

    @property
    def _pause(self) -> float:
        return min(1.0, max(0.05, self._seconds / 60))

    async def work(self, is_over: Callable[[], bool]) -> None:
        """Look after rows in doubt until the run ends."""
        pause = self._pause
        while not is_over():
            try:
                await self.look()
                pause = self._pause
            except DBAPIError as error:
                # Sending waits for the database, too; whatever was found out is found out again.
                _log.warning("Rows in doubt cannot be looked after (%s)", type(error.orig).__name__)
                pause = min(_LONGEST_PAUSE, 2 * pause)
            await _sleep(pause, is_over)

    async def look(self) -> None:
        """One round: ask about every row whose time has come."""
        questions: list[UnknownRow] = []
        provider_now = self._clock.now()
        await self._in_thread(lambda: questions.extend(self._store.questions(_MOST_QUESTIONS, provider_now)))
        now = time.monotonic()
        self._watches = {(q.row_id, q.fence): self._watch(q, now) for q in questions}
        due = self._due(questions, now)
        if not due:
            return
        this = _Round(due, hides_numbers=self._hides_numbers)
        await self._ask_by_number(this)
        found = await self._matched(this)
        last = [q for q in due if not found[q.row_id].candidates and self._is_last_look(this, q)]
        if last:
            await self._ask_once_more(this, last)
            found = await self._matched(this)
        await self._in_thread(lambda: self._conclude(this, found))

    def _due(self, questions: Sequence[UnknownRow], now: float) -> list[UnknownRow]:
        """Rows of one number are looked at together; where the log hides numbers, all that it cannot tell apart."""
        due = {self._group(q) for q in questions if self._watches[q.row_id, q.fence].is_due(now, self._seconds)}
        return [q for q in questions if self._group(q) in due]

    def _group(self, question: UnknownRow) -> str:
        return question.recipient[:-4] if self._hides_numbers else question.recipient

    def _watch(self, question: UnknownRow, now: float) -> _Watch:
        known = self._watches.get((question.row_id, question.fence))
        if known is None or question.looks < known.looks:  # a person asked for new looks
            return _Watch(now)
        return known

    async def _ask_by_number(self, this: _Round) -> None:
        by_number: defaultdict[str, list[UnknownRow]] = defaultdict(list)
        for question in this.due:
            by_number[question.recipient].append(question)
        await asyncio.gather(*(self._ask(this, to, questions) for to, questions in by_number.items()))

    async def _ask(self, this: _Round, to: str, questions: Sequence[UnknownRow]) -> None:
        async with self._gate:
            await self._read(this, questions, lambda since: self._message_log().messages_to(to, since))

    async def _ask_once_more(self, this: _Round, last: Sequence[UnknownRow]) -> None:
        """Before a row may be asked again, the list without a filter by number is read, too."""
        await self._read(this, last, lambda since: self._message_log().messages_since(since))

    async def _read(
        self,
        this: _Round,
        questions: Sequence[UnknownRow],
        ask: Callable[[float], Awaitable[LogExcerpt]],
    ) -> None:
        known = [q.since for q in questions if q.since is not None]
        try:
            excerpt = await ask(min(known, default=0.0) - MARGIN)
        except ProviderError as error:
            this.errors.update(dict.fromkeys((q.row_id for q in questions), error.code))
            return
        self._hides_numbers = self._hides_numbers or any(one.hides_number for one in excerpt.messages)
        for question in questions:
            this.logs[question.row_id] = excerpt.messages
            if not excerpt.is_whole:
                this.errors[question.row_id] = "no_answer"

    async def _matched(self, this: _Round) -> dict[int, Match]:
        owned: set[str] = set()
        sids = sorted({message.sid for log in this.logs.values() for message in log})
        await self._in_thread(lambda: owned.update(self._store.owned_among(sids)))
        return matches(this.due, this.logs, owned)

    def _is_last_look(self, this: _Round, question: UnknownRow) -> bool:
        watch = self._watches[question.row_id, question.fence]
        return (
            question.row_id not in this.errors
            and watch.first_answer is not None
            and time.monotonic() - watch.first_answer >= self._seconds
        )

    def _conclude(self, this: _Round, found: Mapping[int, Match]) -> None:
        findings = Findings()
        histories = self._store.histories([q for q in this.due if self._is_last_look(this, q)])
        for question in this.due:
            match = found[question.row_id]
            seen = self._evidence(this, question, match, histories.get(question.row_id, History()))
            self._take(findings, verdict(seen, self._seconds), question, match)
        if findings:
            self._store.settle(findings)

    def _evidence(self, this: _Round, question: UnknownRow, match: Match, history: History) -> Evidence:
        now, watch = time.monotonic(), self._watches[question.row_id, question.fence]
        was_answered = question.row_id not in this.errors and not self._is_unripe(this, match)
        if was_answered and question.since is not None:
            watch.first_answer = now if watch.first_answer is None else watch.first_answer
            watch.last_answer, watch.looks = now, watch.looks + 1
        else:
            watch.next_try = now + self._seconds / 12
        return Evidence(
            is_time_known=question.since is not None,
            was_answered=was_answered,
            is_forbidden=this.errors.get(question.row_id) == "forbidden",
            has_same_text=match.has_same_text,
            candidates=0 if self._is_unripe(this, match) else match.candidates,
            doubts=match.doubts,
            answered_for=now - (now if watch.first_answer is None else watch.first_answer),
            silent_for=now - (watch.since if watch.last_answer is None else watch.last_answer),
            last_status=history.last_status,
            lost_requests=history.lost_requests,
            rounds=history.rounds,
        )

    def _is_unripe(self, this: _Round, match: Match) -> bool:
        """A message with half a number may be one of a neighbour's whose answer is still on its way to us."""
        if match.message is None or not match.message.hides_number:
            return False
        now = self._clock.now()
        return (
            not this.hides_numbers
            or now is None
            or now - match.message.created_at < self._answers_within + _RECORDED_WITHIN
        )

    def _take(self, findings: Findings, what: Verdict, question: UnknownRow, match: Match) -> None:
        match what:
            case Verdict.ADOPT if match.message is not None:
                findings.found.append((question, match.message))
            case Verdict.PERSON:
                findings.unsettled.append(question)
            case Verdict.ASK_AGAIN:
                findings.absent.append(question)
            case _:
                looks = self._watches[question.row_id, question.fence].looks
                if looks > question.looks:
                    findings.looked.append(replace(question, looks=looks))


async def _sleep(seconds: float, is_over: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while not is_over() and (left := end - time.monotonic()) > 0:  # noqa: ASYNC110 - the end of a run raises no event
        await asyncio.sleep(min(1.0, left))
