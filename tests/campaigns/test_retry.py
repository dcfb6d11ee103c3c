"""Trying again: only what is worth it, linked to the first campaign, and no row twice however often one clicks."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from launching import checked_list, launch, rows_of
from sqlalchemy import select, update

from mms.campaigns.launch.submission import Content
from mms.campaigns.retry import retry_campaign, retry_choice
from mms.errors import CampaignError
from mms.ledger import opt_outs
from mms.ledger.tables import campaigns, rows
from mms.roles import LOCAL_ADMIN


def test_retry_takes_what_is_worth_it_and_links_back(settings, ledger):
    content = Content("Hi")
    checked = checked_list(settings, ledger, "Mobile\n2025550101\n2025550102\n2025550103\n2025550104\n", content)
    first = launch(ledger, checked, content)
    codes = {"+12025550101": 30008, "+12025550102": 30005, "+12025550103": 30003}
    with ledger.write() as connection:
        for number, code in codes.items():
            this = rows.c.recipient == number
            connection.execute(update(rows).where(this).values(state="undelivered", error_code=code))
        opt_outs.add(connection, ["+12025550103"], source=opt_outs.REPLY, at=1.0)
    with ledger.read() as connection:
        choice = retry_choice(connection, first)
    assert (choice.worth, choice.left_out) == ({30008: 1, 30003: 1}, {30005: 1})
    again = retry_campaign(ledger, first, by=LOCAL_ADMIN)
    found = rows_of(ledger, again)
    assert [(row.row_number, row.state, row.reason) for row in found] == [
        (2, "ready", None),
        (4, "skipped", "opted_out"),
    ]
    with ledger.read() as connection:
        query = select(campaigns.c.parent_id).where(campaigns.c.id == again)
        assert connection.execute(query).scalar_one() == first
    assert retry_campaign(ledger, first, by=LOCAL_ADMIN) == again


@pytest.fixture
def with_failures(settings, ledger):
    """A campaign of three rows; `fail(row=code)` lets further ones fail."""
    content = Content("Hi")
    first = launch(
        ledger, checked_list(settings, ledger, "Mobile\n2025550101\n2025550102\n2025550103\n", content), content
    )

    def fail(codes):
        with ledger.write() as connection:
            for number, code in codes.items():
                this = (rows.c.campaign_id == first) & (rows.c.row_number == number)
                connection.execute(update(rows).where(this).values(state="undelivered", error_code=code))
        return first

    return fail


def _row_numbers(ledger, campaign_id):
    return [row.row_number for row in rows_of(ledger, campaign_id)]


def test_failures_after_a_retry_make_another_and_no_row_is_in_both(ledger, with_failures):
    first = with_failures({2: 30008})
    made = [retry_campaign(ledger, first, by=LOCAL_ADMIN)]
    with_failures({4: 30003})
    with ledger.read() as connection:
        assert retry_choice(connection, first).worth == {30003: 1}
    made.append(retry_campaign(ledger, first, by=LOCAL_ADMIN))
    assert [_row_numbers(ledger, one) for one in made] == [[2], [4]]


def test_reasons_left_out_at_first_can_be_tried_later(ledger, with_failures):
    first = with_failures({2: 30008, 3: 30003})
    some = retry_campaign(ledger, first, by=LOCAL_ADMIN, codes=[30008])
    rest = retry_campaign(ledger, first, by=LOCAL_ADMIN)
    assert (_row_numbers(ledger, some), _row_numbers(ledger, rest)) == ([2], [3])
    assert retry_campaign(ledger, first, by=LOCAL_ADMIN, codes=[30008]) == some


@pytest.mark.parametrize(
    ("reason", "made_anew"), [(None, True), ("person_give_up", False)], ids=["taken back", "may have gone out"]
)
def test_rows_of_a_cancelled_retry(ledger, with_failures, reason, made_anew):
    first = with_failures({2: 30008})
    again = retry_campaign(ledger, first, by=LOCAL_ADMIN)
    with ledger.write() as connection:
        of_it = rows.c.campaign_id == again
        connection.execute(update(rows).where(of_it).values(state="canceled", reason=reason))
    assert (retry_campaign(ledger, first, by=LOCAL_ADMIN) != again) is made_anew


def test_two_retries_at_the_same_moment_are_one(ledger, with_failures):
    first = with_failures({2: 30008, 3: 30003})
    with ThreadPoolExecutor() as pool:
        made = set(
            pool.map(lambda codes: retry_campaign(ledger, first, by=LOCAL_ADMIN, codes=codes), [[30008], None] * 4)
        )
    everyone = [number for one in made for number in _row_numbers(ledger, one)]
    assert len(everyone) == len(set(everyone))


def test_nothing_worth_trying_again_is_said(settings, ledger):
    content = Content("Hi")
    made = launch(ledger, checked_list(settings, ledger, "Mobile\n2025550101\n", content), content)
    with pytest.raises(CampaignError, match="worth trying"):
        retry_campaign(ledger, made, by=LOCAL_ADMIN)
