"""Any sequence of events, through the functions that write states: every row stands where it may, nobody twice.

The machine plays Twilio, too: it knows which requests arrived. Its log tells the truth, and tells it only about
requests that are over (what makes that so is tested in `test_evidence.py`).
"""

import json
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from mms.campaigns import controls
from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.delivery.queue.conclusion import conclude
from mms.delivery.queue.sender_queue import live_campaigns, take_turn
from mms.delivery.reconciliation.manual_resolution import Decision, reconcile, resolve_unknown
from mms.delivery.reconciliation.unknown_rows import Findings, MessageTexts, open_questions, write_findings
from mms.delivery.sending.campaign_cursor import CampaignCursor
from mms.delivery.sending.claims import ClaimedRow, ClaimFrom, claim
from mms.delivery.sending.lease import Lease, acquire
from mms.delivery.sending.results import Outcome, Result, record
from mms.errors import CampaignError
from mms.ledger import Ledger, open_ledger
from mms.ledger.tables import campaigns, rows
from mms.receipts.callbacks import record_callback, sweep_early
from mms.roles import LOCAL_ADMIN
from mms.send_options import SendOptions
from mms.settings import settings_from
from mms.states import ROW_MOVES, TWILIO_MAY_KNOW_BETTER, CampaignState, RowState
from mms.twilio_client import Accepted, Busy, NoAnswer, NotAsked, Refused, Withheld
from mms.twilio_client.provider_message import ProviderMessage

SENDER = "+12055550100"
PEOPLE = [f"+120555501{n:02}" for n in range(1, 5)]
DROPPED = 30036  # Twilio let it lie too long and did not send it
SURELY_NOT_SENT = (Busy(), NotAsked("refused"), Withheld(), Refused(21614, 400), Refused(20003, 401))
ANY = st.integers(0, 1000)
STEERED = (controls.resume, controls.resume, reconcile, controls.pause, controls.cancel)  # mostly it is to go on


@dataclass
class Request:
    """One create that may be on its way; the row is in the hand of whoever holds this fence."""

    row: ClaimedRow
    fence: int


@dataclass
class Message:
    """What Twilio has."""

    sid: str
    row_id: int
    to: str
    status: str = "queued"
    error_code: int | None = None


class AnyOrder(RuleBasedStateMachine):
    """Two campaigns to the same four people from one sender of an account of their own."""

    ledger: ClassVar[Ledger]

    @initialize()
    def start(self) -> None:
        self.account = f"AC{uuid.uuid4().hex}"
        self.under_way: list[Request] = []
        self.messages: list[Message] = []
        self.may_have_gone_out: set[int] = set()
        self.campaigns = [self._launch(name) for name in ("spring", "summer")]
        self.sender_id = self._one(select(campaigns.c.sender_id).where(campaigns.c.id == self.campaigns[0]))
        self.known = self._states()
        self._take_over()

    @rule()
    def the_worker_is_killed(self) -> None:
        """Its requests stay under way; whoever takes over has a new fence."""
        self._take_over()

    @rule(room=st.integers(1, 4))
    def claim_rows(self, room: int) -> None:
        with self.ledger.write() as connection:
            now = self.ledger.now(connection)
            wanted = live_campaigns(connection, self.sender_id, now)
            for campaign in [one for one in wanted if one.may_send]:
                source = ClaimFrom(
                    campaign.id,
                    self.account,
                    self.lease.fence,
                    CampaignCursor.load(connection, campaign).renderer,
                    False,
                )
                claimed = claim(connection, source, after=0, room=room, now=now).rows
                if claimed:
                    take_turn(connection, campaign, wanted, now)
                    break
                conclude(connection, campaign, now)
            else:
                return
        for row in claimed:
            assert row.id not in self.may_have_gone_out, "asked again although it may have gone out"
            assert row.recipient not in {one.row.recipient for one in self.under_way if not self._is_decided(one)}
            self.may_have_gone_out.add(row.id)
        self.under_way += [Request(row, self.lease.fence) for row in claimed]

    @rule(room=st.integers(1, 4))
    def claim_some_more(self, room: int) -> None:
        """What happens most often."""
        self.claim_rows(room)

    @precondition(lambda self: self.under_way)
    @rule(which=ANY, has_arrived=st.booleans())
    def no_answer_comes(self, which: int, has_arrived: bool) -> None:
        self.the_answer_is_lost(which, has_arrived, is_noticed=True)
        self.claim_rows(4)

    @precondition(lambda self: self.under_way)
    @rule(which=ANY)
    def twilio_accepts(self, which: int) -> None:
        request = self._taken(which)
        message = self._arrives(request)
        self._answered(request, Accepted(message.sid, "queued"))

    @precondition(lambda self: self.under_way)
    @rule(which=ANY, outcome=st.sampled_from(SURELY_NOT_SENT))
    def it_was_not_sent(self, which: int, outcome: Outcome) -> None:
        request = self._taken(which)
        self._not_out(request.row.id)
        self._answered(request, outcome)

    @precondition(lambda self: self.under_way)
    @rule(which=ANY, has_arrived=st.booleans(), is_noticed=st.booleans())
    def the_answer_is_lost(self, which: int, has_arrived: bool, is_noticed: bool) -> None:
        """Noticed by the worker, or only by whoever takes over from it."""
        request = self._taken(which)
        if has_arrived:
            self._arrives(request)
        else:
            self._not_out(request.row.id)
        if is_noticed:
            self._answered(request, NoAnswer())
        else:
            self._take_over()

    @precondition(lambda self: self.messages)
    @rule(
        which=ANY,
        status=st.sampled_from(("queued", "sending", "sent", "delivered", "undelivered", "failed")),
        names_the_row=st.booleans(),
    )
    def a_receipt_comes(self, which: int, status: str, names_the_row: bool) -> None:
        """In any order, any number of times."""
        message = self.messages[which % len(self.messages)]
        code = message.error_code
        self._receipt(message, "failed" if code else status, code, names_the_row)

    @precondition(lambda self: any(one.status == "queued" and not one.error_code for one in self.messages))
    @rule(which=ANY, names_the_row=st.booleans())
    def twilio_drops_one_unsent(self, which: int, names_the_row: bool) -> None:
        waiting = [one for one in self.messages if not one.error_code and one.status == "queued"]
        message = waiting[which % len(waiting)]
        message.status, message.error_code = "failed", DROPPED
        self._not_out(message.row_id)
        self._receipt(message, "failed", DROPPED, names_the_row)

    @rule()
    def early_receipts_are_swept(self) -> None:
        sweep_early(self.ledger)

    @rule(which=ANY, is_sure=st.booleans())
    def twilios_log_is_asked(self, which: int, is_sure: bool) -> None:
        with self.ledger.write() as connection:
            questions = open_questions(connection, self.sender_id, MessageTexts(), room=50, ahead=0.0)
            questions = [one for one in questions if not self._is_under_way(one.row_id)]
            if not questions:
                return
            question, findings = questions[which % len(questions)], Findings()
            owned = set(connection.execute(select(rows.c.message_sid)).scalars())
            theirs = [one for one in self.messages if one.row_id == question.row_id and one.sid not in owned]
            if theirs:
                findings.found.append((question, _in_the_log(theirs[0])))
            elif is_sure and question.row_id not in self.may_have_gone_out:
                findings.absent.append(question)
            else:
                findings.unsettled.append(question)
            write_findings(connection, findings, self.ledger.now(connection))

    @rule(which=ANY, decision=st.sampled_from(Decision))
    def a_person_decides(self, which: int, decision: Decision) -> None:
        unknown = [row_id for row_id, state in self._states().items() if state is RowState.UNKNOWN]
        if not unknown:
            return
        row_id = unknown[which % len(unknown)]
        try:
            resolve_unknown(self.ledger, row_id, decision, by=LOCAL_ADMIN)
        except CampaignError:
            return  # still being looked for
        if decision is Decision.SEND_AGAIN:
            self.may_have_gone_out.discard(row_id)  # twice is better than not at all, this person says

    @rule(which=ANY, how=st.sampled_from(STEERED))
    def a_person_steers(self, which: int, how: Any) -> None:
        with suppress(CampaignError):  # not in this state
            how(self.ledger, self.campaigns[which % 2], by=LOCAL_ADMIN)

    @invariant()
    def every_row_stands_where_the_table_allows(self) -> None:
        states = self._states()
        assert states.keys() == self.known.keys()
        for row_id, state in states.items():
            assert state in _reachable(self.known[row_id]), f"{self.known[row_id]} became {state}"
        self.known = states

    @invariant()
    def the_counts_add_up(self) -> None:
        assert sum(Counter(self.known.values()).values()) == len(self.campaigns) * len(PEOPLE)
        with self.ledger.read() as connection:
            query = select(campaigns.c.id, campaigns.c.state, campaigns.c.row_count)
            found = connection.execute(query.where(campaigns.c.id.in_(self.campaigns))).all()
            ready = rows.c.state.in_((RowState.READY, RowState.SENDING))
            unfinished = set(connection.execute(select(rows.c.campaign_id).where(ready)).scalars())
        assert all(one.row_count == len(PEOPLE) for one in found)
        assert not [one.id for one in found if one.state == CampaignState.FINISHED and one.id in unfinished]

    @invariant()
    def no_two_rows_own_one_message(self) -> None:
        with self.ledger.read() as connection:
            sids = connection.execute(select(rows.c.message_sid).where(rows.c.message_sid.is_not(None))).scalars().all()
        assert len(sids) == len(set(sids))

    def _take_over(self) -> None:
        lease = acquire(self.ledger, self.sender_id, "tests", is_dead=lambda _: True, stopping=Event())
        assert lease is not None
        self.lease: Lease = lease

    def _launch(self, name: str) -> int:
        new = NewCampaign(
            request_key=uuid.uuid4().hex,
            name=name,
            body="Hello {Name}",
            media_urls=("https://example.com/sale.jpg",),
            columns=("Mobile", "Name"),
            phone_column="Mobile",
            sender_address=SENDER,
            account_sid=self.account,
            mode="live",
            content_hash=name,
            options=SendOptions(any_hour=True),
        )
        return launch(self.ledger, new, [PlannedRow(n, json.dumps([to, "Ann"]), to) for n, to in enumerate(PEOPLE, 2)])

    def _states(self) -> dict[int, RowState]:
        with self.ledger.read() as connection:
            query = select(rows.c.id, rows.c.state).where(rows.c.campaign_id.in_(self.campaigns))
            return {row_id: RowState(state) for row_id, state in connection.execute(query)}

    def _one(self, query: Any) -> Any:
        with self.ledger.read() as connection:
            return connection.execute(query).scalar_one()

    def _taken(self, which: int) -> Request:
        return self.under_way.pop(which % len(self.under_way))

    def _is_under_way(self, row_id: int) -> bool:
        return any(one.row.id == row_id for one in self.under_way)

    def _is_decided(self, request: Request) -> bool:
        """A person, or Twilio itself, has said what became of this row while its answer was still out."""
        return self.known[request.row.id] not in (RowState.SENDING, RowState.UNKNOWN)

    def _arrives(self, request: Request) -> Message:
        message = Message(f"MM{uuid.uuid4().hex}", request.row.id, request.row.recipient)
        self.messages.append(message)
        self.may_have_gone_out.add(request.row.id)
        return message

    def _not_out(self, row_id: int) -> None:
        """One request of this row came to nothing; another may be under way, or may have arrived."""
        arrived = any(one.row_id == row_id and one.error_code != DROPPED for one in self.messages)
        if not arrived and not self._is_under_way(row_id):
            self.may_have_gone_out.discard(row_id)

    def _answered(self, request: Request, outcome: Outcome) -> None:
        with self.ledger.write() as connection:
            record(connection, request.fence, [Result(request.row, outcome)], self.ledger.now(connection))

    def _receipt(self, message: Message, status: str, code: int | None, names_the_row: bool) -> None:
        if not code:
            message.status = status
        form = {"MessageSid": message.sid, "MessageStatus": status, "To": message.to, "ErrorCode": str(code or "")}
        record_callback(self.ledger, form, message.row_id if names_the_row else None)


def _in_the_log(message: Message) -> ProviderMessage:
    seen = ProviderMessage(message.sid, message.status, "outbound-api", message.to, SENDER, None, None, 1, time.time())
    return replace(seen, error_code=message.error_code)


def _reachable(state: RowState) -> set[RowState]:
    """By moves of the table; a callback that names the row may correct what was concluded."""
    reached, new = {state}, {state}
    while new:
        new = {later for one in new for later in ROW_MOVES.get(one, frozenset())}
        new |= {RowState.ACCEPTED} if state in TWILIO_MAY_KNOW_BETTER else set()
        new -= reached
        reached |= new
    return reached


@pytest.fixture
def one_ledger(tmp_path: Path) -> Iterator[Ledger]:
    url = f"sqlite:///{(tmp_path / 'mms.db').as_posix()}"
    ledger = open_ledger(settings_from({"MMS_DATA_DIR": str(tmp_path), "DATABASE_URL": url}))
    yield ledger
    ledger.close()


def test_any_order_of_events_leaves_every_row_accounted_for(one_ledger: Ledger) -> None:
    AnyOrder.ledger = one_ledger
    slow_is_fine = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=slow_is_fine),
    )
