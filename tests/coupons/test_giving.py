"""Each code is given to one person, in the launch's own transaction, and comes back only when nothing went out."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from giving_tools import content, coupon_template, people
from sqlalchemy import select, update

from mms.campaigns.launch.submission import check_options
from mms.campaigns.retry import retry_campaign
from mms.coupons.giving import put_back
from mms.coupons.pools import add_codes, all_pools, pool_named
from mms.errors import CampaignError, NotAllowed
from mms.ledger.tables import campaigns, coupon_codes, rows
from mms.recipients import check, read_upload
from mms.roles import LOCAL_ADMIN, Role, User
from mms.states import CampaignState, RowState
from tests.campaigns.launching import launch as launch_list

SENDER = "+12025550199"


def launch(settings, ledger, count=4, key="key", first=0):
    said = content(ledger)
    upload = read_upload(people(count, first).encode(), file_name="list.csv")
    checked = check(upload, check_options(settings, ledger, senders=(SENDER,), message=said.template))
    return launch_list(ledger, checked, said, key=key, settings=settings)


def coupons(ledger, campaign_id):
    with ledger.read() as connection:
        query = select(rows.c.coupon).where(rows.c.campaign_id == campaign_id).order_by(rows.c.row_number)
        return list(connection.execute(query).scalars())


def pool(ledger):
    with ledger.read() as connection:
        return pool_named(connection, "Spring")


def set_rows(ledger, campaign_id, states, campaign_state=CampaignState.FINISHED):
    """What sending would leave behind."""
    with ledger.write() as connection:
        query = select(rows.c.id).where(rows.c.campaign_id == campaign_id).order_by(rows.c.row_number)
        for row_id, (state, reason) in zip(connection.execute(query).scalars().all(), states, strict=True):
            values = {"state": state.value, "reason": reason, "error_code": 30003}
            connection.execute(update(rows).where(rows.c.id == row_id).values(values))
        connection.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(state=campaign_state.value))
        return put_back(connection, now=ledger.now(connection))


def test_every_ready_row_has_one_code_and_no_two_have_the_same(settings, ledger):
    coupon_template(ledger, codes=10)
    first, second = launch(settings, ledger), launch(settings, ledger, key="other", first=50)
    given = [*coupons(ledger, first), *coupons(ledger, second)]
    assert given == [f"CODE-{number:04d}" for number in range(8)]
    assert (pool(ledger).given, pool(ledger).left) == (8, 2)


def test_the_same_click_twice_gives_the_same_codes(settings, ledger):
    coupon_template(ledger)
    assert launch(settings, ledger) == launch(settings, ledger)
    assert pool(ledger).given == 4


def test_a_launch_that_was_killed_between_begins_anew_without_losing_a_code(settings, ledger, monkeypatch):
    """Killed after the rows and their codes were written, before the start: the same click finishes it."""
    coupon_template(ledger)

    class Killed(BaseException):
        pass

    def die(*_arguments):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("mms.campaigns.launch.launching._start", die)
        with pytest.raises(Killed):
            launch(settings, ledger)
    assert pool(ledger).given == 4
    campaign_id = launch(settings, ledger)
    assert len(set(coupons(ledger, campaign_id))) == 4
    assert (pool(ledger).given, pool(ledger).left) == (4, 6)


def test_a_pool_too_small_launches_nothing_and_keeps_its_codes(settings, ledger):
    coupon_template(ledger, codes=3)
    with pytest.raises(CampaignError, match="3 coupon codes left"):
        launch(settings, ledger)
    assert (pool(ledger).given, pool(ledger).left) == (0, 3)
    with ledger.read() as connection:
        assert connection.execute(select(campaigns.c.id)).first() is None


def test_two_launches_at_once_never_share_a_code(settings, ledger):
    coupon_template(ledger, codes=60)
    with ThreadPoolExecutor(5) as threads:
        made = list(
            threads.map(
                lambda number: launch(settings, ledger, count=10, key=f"key-{number}", first=10 * number),
                range(5),
            )
        )
    given = [code for campaign_id in made for code in coupons(ledger, campaign_id)]
    assert len(given) == len(set(given)) == 50


S = RowState


@pytest.mark.parametrize(
    ("states", "campaign_state", "back"),
    [
        ([(S.DELIVERED, None), (S.REFUSED, None), (S.SKIPPED, "opted_out"), (S.CANCELED, None)], "finished", 3),
        ([(S.FAILED, None), (S.UNDELIVERED, None), (S.ACCEPTED, None), (S.SENT, None)], "finished", 0),
        ([(S.CANCELED, "person_give_up")] * 4, "finished", 0),
        ([(S.CANCELED, None)] * 4, "canceled", 4),
        ([(S.CANCELED, None)] * 4, "paused", 0),
        ([(S.UNKNOWN, None), (S.SENDING, None), (S.READY, None), (S.CANCELED, None)], "canceled", 1),
    ],
)
def test_codes_come_back_only_when_the_row_surely_did_not_go_out(settings, ledger, states, campaign_state, back):
    coupon_template(ledger, codes=4)
    campaign_id = launch(settings, ledger)
    assert set_rows(ledger, campaign_id, states, CampaignState(campaign_state)) == back
    assert (pool(ledger).left, pool(ledger).put_back) == (back, back)
    kept = [code for code in coupons(ledger, campaign_id) if code]
    with ledger.read() as connection:
        held = select(coupon_codes.c.code).where(coupon_codes.c.campaign_id == campaign_id)
        assert sorted(connection.execute(held).scalars()) == sorted(kept)


def test_a_retry_keeps_the_code_of_its_row(settings, ledger):
    coupon_template(ledger, codes=10)
    first = launch(settings, ledger)
    before = coupons(ledger, first)
    set_rows(ledger, first, [(S.DELIVERED, None), (S.UNDELIVERED, None), (S.UNDELIVERED, None), (S.DELIVERED, None)])
    again = retry_campaign(ledger, first, by=LOCAL_ADMIN)
    assert coupons(ledger, again) == before[1:3]
    assert pool(ledger).given == 4
    # the first message failed at the carrier, so the code may be on a phone: it stays with the person
    assert set_rows(ledger, again, [(S.CANCELED, None)] * 2) == 0


def test_codes_of_a_file_are_taken_once(ledger):
    added = add_codes(ledger, "Till", ["A1", "A2", "A1", "", "x" * 201], by=LOCAL_ADMIN)
    assert (added.added, added.known, added.refused) == (2, 1, 2)
    again = add_codes(ledger, "till", ["A2", "A3"], by=LOCAL_ADMIN)
    assert (again.added, again.known) == (1, 1)
    other = add_codes(ledger, "Other", ["A1"], by=LOCAL_ADMIN)
    assert (other.added, other.known) == (0, 1)
    with ledger.read() as connection:
        assert [(one.name, one.left, one.runs_dry) for one in all_pools(connection)] == [
            ("Other", 0, True),
            ("Till", 3, True),
        ]


def test_a_viewer_adds_no_codes(ledger):
    with pytest.raises(NotAllowed):
        add_codes(ledger, "Till", ["A1"], by=User("Vera", None, Role.VIEWER))
