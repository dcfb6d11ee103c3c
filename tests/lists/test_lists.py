"""Lists that stay: what a file does to a list, and who fulfils a segment's conditions."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select

from mms.errors import CampaignError, NotAllowed
from mms.ledger import opt_outs
from mms.ledger.tables import campaigns, list_people, replies, rows, senders
from mms.lists.audience import list_csv, upload_of_list, upload_of_segment
from mms.lists.conditions import Asks, Condition, Moment
from mms.lists.merging import MergeMode, merge_into, preview_merge, save_new_list
from mms.lists.people import people_of
from mms.lists.saved_lists import delete_list, list_named, rename_list, saved_list, saved_lists
from mms.lists.segments import all_segments, count_people, moment_of, save_segment, segment_named
from mms.recipients import CheckOptions, check, read_upload
from mms.roles import LOCAL_ADMIN, Role, User

VIEWER = User("Vera", None, Role.VIEWER)
FIRST = (
    "Name,Mobile,City,Birthday,SMS consent date\n"
    "Ana,+12125550101,Denver,2/29/1992,2024-05-01\nBen,+12125550102,Boston,,\n"
)
LATER = (
    "Name,Mobile,City,Store,SMS consent date\n"
    "Ana,212-555-0101,,North,2026-01-01\n"  # a blank cell, and a later consent: both say less
    "Cleo,212-555-0103,Denver,South,yes\n"
    "Cleo again,212-555-0103,Denver,South,\n"
    "Nobody,12,Denver,South,\n"
)


def checked(text: str, opted_out: frozenset[str] = frozenset()) -> Any:
    upload = read_upload(text.encode(), file_name="members.csv")
    return check(upload, CheckOptions(phone_column="Mobile", allow_fictional=True, opted_out=opted_out))


@pytest.fixture
def members(ledger: Any) -> int:
    return save_new_list(ledger, checked(FIRST), "Members", by=LOCAL_ADMIN)


def at(ledger: Any) -> Moment:
    with ledger.read() as connection:
        return moment_of(ledger.now(connection), "practice")


def names(ledger: Any, list_id: int, *conditions: Condition, moment: Moment | None = None) -> list[str]:
    with ledger.read() as connection:
        found = people_of(connection, list_id, moment or at(ledger), conditions=conditions)
    return [one.cells["Name"] for one in found]


def person(ledger: Any, list_id: int, name: str) -> Any:
    with ledger.read() as connection:
        return next(one for one in people_of(connection, list_id, at(ledger)) if one.cells["Name"] == name)


def test_a_merge_is_shown_and_then_done_exactly_so(ledger, members):
    preview = preview_merge(ledger, checked(LATER), members)
    assert (preview.new, preview.changed, preview.unchanged, preview.gone, preview.left_out) == (1, 1, 0, 1, 2)
    assert {(one.column, one.before, one.after) for one in preview.changes} == {
        ("Store", "", "North"),
        ("SMS consent date", "2024-05-01", "2026-01-01"),
    }
    done = merge_into(
        ledger, checked(LATER), members, MergeMode.MERGE, by=LOCAL_ADMIN, expected_version=preview.version
    )
    assert (done.new, done.changed, done.gone) == (preview.new, preview.changed, preview.gone)
    assert names(ledger, members) == ["Ana", "Ben", "Cleo"]
    assert person(ledger, members, "Ana").cells["City"] == "Denver"  # a blank cell says nothing
    with ledger.read() as connection:
        found = saved_list(connection, members)
    assert found.columns == ("Mobile", "Name", "City", "Birthday", "SMS consent date", "Store")
    assert (found.people, found.version) == (3, 2)


def test_consent_once_noted_keeps_its_time_and_words(ledger, members):
    before = person(ledger, members, "Ana")
    merge_into(ledger, checked(LATER), members, MergeMode.MERGE, by=LOCAL_ADMIN)
    after = person(ledger, members, "Ana")
    assert (after.consent_at, after.consent_text) == (before.consent_at, "2024-05-01")
    assert before.consent_at == datetime(2024, 5, 1, tzinfo=UTC).timestamp()
    assert (person(ledger, members, "Cleo").consent_at, person(ledger, members, "Cleo").consent_text) == (None, "yes")


def test_replace_takes_out_who_is_not_in_the_file(ledger, members):
    merge_into(ledger, checked(LATER), members, MergeMode.REPLACE, by=LOCAL_ADMIN)
    assert names(ledger, members) == ["Ana", "Cleo"]


def test_what_was_agreed_to_is_what_is_done(ledger, members):
    preview = preview_merge(ledger, checked(LATER), members)
    merge_into(ledger, checked(FIRST), members, MergeMode.MERGE, by=LOCAL_ADMIN)
    with pytest.raises(CampaignError, match="Somebody changed this list"):
        merge_into(ledger, checked(LATER), members, MergeMode.MERGE, by=LOCAL_ADMIN, expected_version=preview.version)
    assert names(ledger, members) == ["Ana", "Ben"]


def test_who_opted_out_stays_in_the_list_and_stays_opted_out(ledger, members):
    with ledger.write() as connection:
        opt_outs.add(connection, ["+12125550102"], source="reply", at=1.0)
    merge_into(ledger, checked(FIRST, frozenset({"+12125550102"})), members, MergeMode.REPLACE, by=LOCAL_ADMIN)
    assert {one: person(ledger, members, one).state for one in ("Ana", "Ben")} == {
        "Ana": "reachable",
        "Ben": "opted_out",
    }
    with ledger.read() as connection:
        found = count_people(connection, members, (), at(ledger))
    assert (found.people, found.reachable) == (2, 1)


def test_a_list_goes_out_and_comes_back_the_same(ledger, members):
    with ledger.read() as connection:
        data = list_csv(connection, saved_list(connection, members))
        sent = upload_of_list(connection, saved_list(connection, members), at(ledger))
    again = check(read_upload(data), CheckOptions(phone_column="Mobile", allow_fictional=True))
    assert [number for _, number in again.ready_numbers()] == ["+12125550101", "+12125550102"]
    assert sent.cells(2) == {"Mobile": "+12125550101", "Name": "Ana", "City": "Denver", "Birthday": "2/29/1992",
                             "SMS consent date": "2024-05-01"}  # fmt: skip


def test_names_of_lists_are_one_each(ledger, members):
    other = save_new_list(ledger, checked(LATER), "Guests", by=LOCAL_ADMIN)
    with pytest.raises(CampaignError, match="already"):
        rename_list(ledger, other, "MEMBERS ", by=LOCAL_ADMIN)
    delete_list(ledger, members, by=LOCAL_ADMIN)
    rename_list(ledger, other, "Members", by=LOCAL_ADMIN)
    with ledger.read() as connection:
        assert [one.name for one in saved_lists(connection)] == ["Members"]
        assert list_named(connection, "members").id == other
        assert set(connection.execute(select(list_people.c.list_id)).scalars()) == {other}


def test_names_and_cells_are_found_in_any_case_beyond_ascii_too(ledger):
    guests = save_new_list(ledger, checked("Name,Mobile,City\nAna,+12125550101,ZÜRICH\n"), "Gäste", by=LOCAL_ADMIN)
    with ledger.read() as connection:
        assert list_named(connection, "GÄSTE").id == guests
    assert names(ledger, guests, Condition(Asks.COLUMN_IS, "City", "Zürich")) == ["Ana"]


@pytest.mark.parametrize(
    "write",
    [
        lambda ledger, one: save_new_list(ledger, checked(LATER), "New", by=VIEWER),
        lambda ledger, one: merge_into(ledger, checked(LATER), one, MergeMode.MERGE, by=VIEWER),
        lambda ledger, one: rename_list(ledger, one, "New", by=VIEWER),
        lambda ledger, one: delete_list(ledger, one, by=VIEWER),
        lambda ledger, one: save_segment(ledger, "S", one, [Condition(Asks.HAS_CONSENT)], by=VIEWER),
    ],
    ids=["save", "merge", "rename", "delete", "segment"],
)
def test_a_viewer_changes_nothing(ledger, members, write):
    with pytest.raises(NotAllowed):
        write(ledger, members)
    assert names(ledger, members) == ["Ana", "Ben"]


@pytest.fixture
def history(ledger: Any, members: int) -> int:
    """Ana got and answered campaign 1 ten days ago; Ben's message failed with a code worth another try."""
    merge_into(ledger, checked(LATER), members, MergeMode.MERGE, by=LOCAL_ADMIN)
    with ledger.write() as connection:
        now = ledger.now(connection)
        sender = connection.execute(
            insert(senders).values(account_sid="AC" + "0" * 32, address="+12125550199", kind="long_code")
            .returning(senders.c.id)
        ).scalar_one()  # fmt: skip
        campaign = connection.execute(
            insert(campaigns)
            .values(name="April", kind="campaign", mode="practice", state="finished", want="run", sender_id=sender,
                    sender_address="+12125550199", body="Hi", media_urls=[], columns=[], options={}, row_count=2,
                    tags=[], content_hash="x", created_at=now, queue_position=1)
            .returning(campaigns.c.id)
        ).scalar_one()  # fmt: skip
        shared = {"campaign_id": campaign, "cells": "[]", "updated_at": now - 10 * 86_400, "sent_at": now - 10 * 86_400}
        sent = [
            {**shared, "row_number": 2, "recipient": "+12125550101", "state": "delivered", "error_code": None},
            {**shared, "row_number": 3, "recipient": "+12125550102", "state": "undelivered", "error_code": 30003},
        ]
        connection.execute(insert(rows), sent)
        connection.execute(
            insert(replies).values(
                message_sid="SM1", sender="+12125550101", address="+12125550199", body="Thanks", at=now
            )
        )
    return int(campaign)


CONDITIONS = [
    ([Condition(Asks.COLUMN_IS, "City", " denver ")], ["Ana", "Cleo"]),
    ([Condition(Asks.COLUMN_IS_NOT, "City", "Denver")], ["Ben"]),
    ([Condition(Asks.COLUMN_CONTAINS, "Name", "LE")], ["Cleo"]),
    ([Condition(Asks.COLUMN_CONTAINS, "Name", "%")], []),
    ([Condition(Asks.COLUMN_IS_BLANK, "Store")], ["Ben"]),
    ([Condition(Asks.COLUMN_IS_FILLED, "Store")], ["Ana", "Cleo"]),
    ([Condition(Asks.COLUMN_IS, 'a"b', "x")], []),
    ([Condition(Asks.MESSAGE_WITHIN, value="30")], ["Ana", "Ben"]),
    ([Condition(Asks.NO_MESSAGE_WITHIN, value="5")], ["Ana", "Ben", "Cleo"]),
    ([Condition(Asks.NO_MESSAGE_WITHIN, value="30")], ["Cleo"]),
    ([Condition(Asks.LAST_ARRIVED)], ["Ana"]),
    ([Condition(Asks.LAST_FAILED)], ["Ben"]),
    ([Condition(Asks.WORTH_ANOTHER_TRY)], ["Ben"]),
    ([Condition(Asks.GOT_CAMPAIGN, value="1")], ["Ana"]),
    ([Condition(Asks.DID_NOT_GET_CAMPAIGN, value="1")], ["Ben", "Cleo"]),
    ([Condition(Asks.REPLIED)], ["Ana"]),
    ([Condition(Asks.DID_NOT_REPLY, value="3")], ["Ben", "Cleo"]),
    ([Condition(Asks.HAS_CONSENT)], ["Ana", "Cleo"]),
    ([Condition(Asks.COLUMN_IS, "City", "Denver"), Condition(Asks.NO_MESSAGE_WITHIN, value="30")], ["Cleo"]),
    ([Condition(Asks.COLUMN_IS, "City", "Denver"), Condition(Asks.LAST_ARRIVED)], ["Ana"]),
]


@pytest.mark.parametrize(("conditions", "who"), CONDITIONS, ids=lambda value: str(value)[:40])
def test_a_condition_finds_who_fulfils_it(ledger, members, history, conditions, who):
    assert history == 1
    assert names(ledger, members, *conditions) == who


def test_what_was_practised_says_nothing_about_live_messages(ledger, members, history):
    live = Moment(at(ledger).now, at(ledger).today, "live")
    assert names(ledger, members, Condition(Asks.LAST_ARRIVED), moment=live) == []


@pytest.mark.parametrize(
    ("today", "in_days", "found"),
    [("2028-02-29", "", True), ("2027-02-28", "", True), ("2028-02-28", "", False), ("2027-02-21", "7", True),
     ("2027-03-01", "", False)],
)  # fmt: skip
def test_a_leap_day_comes_every_year(ledger, members, today, in_days, found):
    moment = Moment(at(ledger).now, datetime.fromisoformat(today).replace(tzinfo=UTC).date(), "practice")
    assert names(ledger, members, Condition(Asks.DAY_IS, "Birthday", in_days), moment=moment) == ["Ana"] * found


def test_a_segment_is_asked_anew_each_time(ledger, members):
    save_segment(ledger, "Denver", members, [Condition(Asks.COLUMN_IS, "City", "Denver")], by=LOCAL_ADMIN)
    merge_into(ledger, checked(LATER), members, MergeMode.MERGE, by=LOCAL_ADMIN)
    with ledger.read() as connection:
        upload = upload_of_segment(connection, segment_named(connection, "denver"), at(ledger))
        assert [one.name for one in all_segments(connection, members)] == ["Denver"]
    assert [cells[1] for _, cells in upload.rows()] == ["Ana", "Cleo"]


def test_a_segment_of_nobody_is_said(ledger, members):
    save_segment(ledger, "Paris", members, [Condition(Asks.COLUMN_IS, "City", "Paris")], by=LOCAL_ADMIN)
    with ledger.read() as connection, pytest.raises(CampaignError, match="Nobody is in “Paris”"):
        upload_of_segment(connection, segment_named(connection, "Paris"), at(ledger))
