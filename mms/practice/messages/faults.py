"""Faults on demand, for tests: what goes wrong, how often, in which order. Nothing is wrong unless asked for."""

import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Self


class Kind(StrEnum):
    """What can happen to a create. `after`: the message was accepted all the same."""

    OK = "ok"
    BUSY = "429"
    BUSY_RETRY_AFTER = "429_retry_after"
    ERROR_BEFORE = "500_before"
    ERROR_AFTER = "500_after"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    HANG_BEFORE = "hang_before"
    HANG_AFTER = "hang_after"
    BROKEN_JSON = "broken_json"
    HTML = "html"
    SLOW_BEFORE = "slow_before"
    SLOW_AFTER = "slow_after"
    LANDS_LATE = "lands_late"


_KINDS = frozenset(Kind)

# These end before the message is looked at, so it is never accepted.
NEVER_ACCEPTED = frozenset({Kind.BUSY, Kind.BUSY_RETRY_AFTER, Kind.ERROR_BEFORE, Kind.RESET_BEFORE, Kind.HANG_BEFORE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A fault plan; also the JSON of `POST /practice/faults`. Times are seconds unless the name says otherwise."""

    script: tuple[str, ...] = ()  # kinds, or Twilio codes such as "code:21606", one per create, in order
    shares: Mapping[str, float] = field(default_factory=dict)  # after the script: chance of each kind
    seed: int = 0
    delay_ms: float = 0.0  # before every answer to a create
    slow_ms: float = 2000.0  # for the kinds slow_before and slow_after
    retry_after: int = 1
    hang_seconds: float = 600.0
    concurrency_limit: int = 0  # creates at once before 20429; 0 is no limit
    list_lag: float = 0.0  # seconds until a message shows up in lists
    lists_failing: float = 0.0  # share
    lands_after: float = 2.0  # for the kind lands_late: the connection dies, the message is accepted so much later
    redact_log: bool = False  # Message Redaction: no texts, and numbers that end in XXXX
    redact_filter: bool = False  # with it, the filter `To` knows only the numbers as they are shown
    recode_log: bool = False  # Smart Encoding: look-alike characters in the texts of the log
    shorten_links: bool = False  # links in the texts of the log are replaced by short ones
    queue_seconds: float = 0.0  # messages wait so long at Twilio; with a shorter ValidityPeriod they end as 30036
    clock_ahead: float = 0.0  # Twilio's clock against ours: header `Date` and all times of messages
    auth_failing: bool = False
    account_suspended: bool = False
    hosting_forbidden: bool = False  # a restricted key: 403 on everything of Serverless
    services_full: bool = False  # 10 services are there
    builds_used_up: bool = False  # 100 builds in this hour
    builds_failing: bool = False
    registration_state: str = "verified"  # or pending, failed, missing, forbidden
    balance: str = "25.00"  # of the account, in dollars
    callbacks_lost: float = 0.0  # share
    callbacks_doubled: float = 0.0  # share
    callbacks_shuffled: float = 0.0  # each is late by up to this many seconds

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read a plan. Raises ValueError naming what it does not know."""
        unknown = sorted(values.keys() - {f.name for f in fields(cls)})
        plan = cls(**{name: value for name, value in values.items() if name not in unknown})
        unknown += [kind for kind in (*plan.script, *plan.shares) if not _is_known(kind)]
        if unknown:
            raise ValueError(f"Not known: {', '.join(unknown)}")
        return plan


class Faults:
    """Draws the fault of each create from a plan."""

    def __init__(self, plan: Plan | None = None) -> None:
        self.use(plan or Plan())

    def use(self, plan: Plan) -> None:
        """Start on a plan from its beginning."""
        self.plan = plan
        self.random = random.Random(plan.seed)
        self._script = deque(plan.script)

    def next_for_create(self, in_flight: int) -> str:
        """The fault of the next create: a `Kind`, or `code:` with the code to refuse it with."""
        limit = self.plan.concurrency_limit
        if limit and in_flight > limit:
            return Kind.BUSY
        if self._script:
            return self._script.popleft()
        if not self.plan.shares:
            return Kind.OK
        draw = self.random.random()
        for kind, share in self.plan.shares.items():
            draw -= share
            if draw < 0:
                return kind
        return Kind.OK


def refusal_code(fault: str) -> int | None:
    """The Twilio code of a scripted refusal."""
    return int(fault.removeprefix("code:")) if fault.startswith("code:") else None


def _is_known(kind: str) -> bool:
    return kind in _KINDS or (kind.startswith("code:") and kind.removeprefix("code:").isdecimal())
