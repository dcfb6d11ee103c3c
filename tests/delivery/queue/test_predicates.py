"""One table for every question about the queue: each state, reason, start, next look and wish, on both databases."""

from collections.abc import Callable
from itertools import product
from typing import NamedTuple

import pytest
from sqlalchemy import ColumnElement, Connection, delete, insert, select

from mms.delivery.queue import predicates
from mms.delivery.queue.sender_queue import live_campaigns
from mms.delivery.queue.watchfulness import is_anything_ahead
from mms.ledger import Ledger
from mms.ledger.tables import campaigns, rows, senders
from mms.send_options import SendOptions
from mms.states import AttemptEvent, CampaignKind, CampaignState, Reason, RowState, TwilioReason, Want

NOW = 1_000.0
TIMES = {"never": None, "past": NOW - 1, "now": NOW, "future": NOW + 1}
REASONS: tuple[str | None, ...] = (None, *Reason, TwilioReason(20003))
ANY_REASON = frozenset(REASONS)
ANY_TIME = frozenset(TIMES)
COME = frozenset({"past", "now"})
NOT_YET_QUEUED = ANY_REASON - {Reason.QUEUED, Reason.PICTURES}
OPEN_WINDOW = frozenset({"never", "past", "now"})


class Case(NamedTuple):
    """How one campaign stands."""

    state: CampaignState
    reason: str | None
    start: str
    look: str
    want: Want


class Line(NamedTuple):
    """A line of the table: the campaigns to which the answer is yes. A person must want them sent."""

    state: CampaignState
    reasons: frozenset[str | None] = ANY_REASON
    starts: frozenset[str] = ANY_TIME
    looks: frozenset[str] = ANY_TIME

    def holds(self, case: Case) -> bool:
        return (
            case.want is Want.RUN
            and case.state is self.state
            and case.reason in self.reasons
            and case.start in self.starts
            and case.look in self.looks
        )


SCHEDULED, RUNNING, WAITING = CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.WAITING
QUEUED, PICTURES = frozenset({Reason.QUEUED}), frozenset({Reason.PICTURES})
BEHIND_ALL = (9.0, 10**9)
TABLE: dict[str, tuple[Callable[[], ColumnElement[bool]], tuple[Line, ...]]] = {
    "is wanted": (predicates.is_wanted, (Line(SCHEDULED), Line(RUNNING), Line(WAITING))),
    "may send now": (
        lambda: predicates.may_send_now(NOW),
        (
            Line(RUNNING),
            Line(WAITING, looks=OPEN_WINDOW),
            Line(SCHEDULED, QUEUED),
            Line(SCHEDULED, ANY_REASON - PICTURES, frozenset({"never"})),
        ),
    ),
    "is due": (lambda: predicates.is_due(NOW), (Line(SCHEDULED, NOT_YET_QUEUED, COME),)),
    "its pictures are due": (
        lambda: predicates.pictures_are_due(NOW),
        (Line(SCHEDULED, PICTURES), Line(SCHEDULED, starts=COME)),
    ),
    "goes before": (
        lambda: predicates.goes_before(1, BEHIND_ALL, NOW),
        (
            Line(RUNNING, ANY_REASON - {Reason.SETTLING}),
            Line(WAITING, looks=OPEN_WINDOW),
            Line(SCHEDULED, QUEUED | PICTURES),
            Line(SCHEDULED, starts=frozenset({"never", "past", "now"})),
        ),
    ),
}
CASES = [Case(*one) for one in product(CampaignState, REASONS, TIMES, TIMES, Want)]


def test_the_table(ledger: Ledger) -> None:
    """A campaign for every case; its number is the case's place in the list, and one."""
    with ledger.write() as connection:
        add_sender(connection, 1)
        connection.execute(insert(campaigns), [columns_of(number, case) for number, case in enumerate(CASES, 1)])
        found = {question: _found(connection, predicate()) for question, (predicate, _) in TABLE.items()}
        seen_by_a_run = {one.id for one in live_campaigns(connection, 1, NOW) if one.may_send}
    expected = {
        question: {number for number, case in enumerate(CASES, 1) if any(line.holds(case) for line in lines)}
        for question, (_, lines) in TABLE.items()
    }
    wrong = [(question, CASES[one - 1]) for question in TABLE for one in found[question] ^ expected[question]]
    assert wrong == []
    assert seen_by_a_run == found["may send now"]


def _found(connection: Connection, predicate: ColumnElement[bool]) -> set[int]:
    return set(connection.execute(select(campaigns.c.id).where(predicate)).scalars())


PLACES = (
    ("in front", 0.5, 1, CampaignKind.CAMPAIGN, True),
    ("the same position, an older number", 1.0, 1, CampaignKind.CAMPAIGN, True),
    ("behind", 2.0, 1, CampaignKind.CAMPAIGN, False),
    ("another sender's", 0.5, 2, CampaignKind.CAMPAIGN, False),
    ("a single message", 0.5, 1, CampaignKind.TEST, False),
)


def test_only_campaigns_in_front_on_the_same_sender_go_before(ledger: Ledger) -> None:
    with ledger.write() as connection:
        add_sender(connection, 1)
        add_sender(connection, 2)
        for number, (name, position, sender_id, kind, _) in enumerate(PLACES, 1):
            other = columns_of(number, Case(RUNNING, None, "never", "never", Want.RUN))
            place = {"name": name, "queue_position": position, "sender_id": sender_id, "kind": kind}
            connection.execute(insert(campaigns), [other | place])
        before = predicates.goes_before(1, (1.0, len(PLACES) + 1), NOW)
        found = connection.execute(select(campaigns.c.name).where(before)).scalars().all()
    assert set(found) == {name for name, *_, expected in PLACES if expected}


def test_open_rows_are_asked_about_or_left_to_a_person(ledger: Ledger) -> None:
    cases = list(product(RowState, (None, AttemptEvent.UNSETTLED, AttemptEvent.NO_ANSWER)))
    with ledger.write() as connection:
        add_sender(connection, 1)
        over = Case(CampaignState.CANCELED, None, "never", "never", Want.CANCEL)
        connection.execute(insert(campaigns), [columns_of(1, over)])
        for state, reason in cases:
            one = {"campaign_id": 1, "row_number": 2, "cells": "[]", "state": state, "reason": reason}
            connection.execute(insert(rows), [one | {"updated_at": NOW}])
            asked = connection.execute(select(rows.c.id).where(predicates.is_to_be_settled())).first() is not None
            left = connection.execute(select(rows.c.id).where(predicates.is_left_to_a_person())).first() is not None
            is_open, unsettled = state in (RowState.SENDING, RowState.UNKNOWN), reason == AttemptEvent.UNSETTLED
            assert (asked, left) == (is_open and not unsettled, is_open and unsettled), (state, reason)
            assert is_anything_ahead(connection, "AC1", NOW) is is_open, (state, reason)
            connection.execute(delete(rows))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_open_rows_are_found_by_their_own_small_index(ledger: Ledger) -> None:
    query = select(rows.c.id).where(predicates.is_to_be_settled())
    with ledger.read() as connection:
        written = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {written}").all()
    assert "ix_mms_rows_open" in str(plan)


def add_sender(connection: Connection, number: int) -> None:
    values = {"id": number, "account_sid": "AC1", "address": f"+1205555010{number}", "kind": "local"}
    connection.execute(insert(senders).values(**values))


def columns_of(number: int, case: Case) -> dict[str, object]:
    """A row of `mms_campaigns` at position 1 of sender 1."""
    fixed = {"name": "Spring", "mode": "practice", "sender_address": "+12055550101", "body": "Hi", "row_count": 0}
    empty = {"media_urls": [], "columns": [], "tags": [], "content_hash": "", "created_at": 0.0}
    return {
        **fixed,
        **empty,
        "id": number,
        "kind": CampaignKind.CAMPAIGN,
        "sender_id": 1,
        "options": SendOptions().to_json(),
        "queue_position": 1.0,
        "state": case.state,
        "want": case.want,
        "reason_code": case.reason,
        "start_at": TIMES[case.start],
        "next_look_at": TIMES[case.look],
    }
