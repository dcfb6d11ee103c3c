"""Whatever was checked before a launch is asked again in it: two in the same moment are one."""

import threading
from datetime import UTC, datetime

import pytest
from launching import SAID, checked_list, place_of, rows_of, said
from sqlalchemy import select

from mms.access.approvals import set_approval_above
from mms.campaigns import controls
from mms.campaigns.launch.checklist import CheckedDraft
from mms.campaigns.launch.repeat_check import EarlierCampaign
from mms.campaigns.launch.submission import NO_REPEATS, Content, Repeats
from mms.campaigns.launch.submit import submit
from mms.campaigns.retry import retry_campaign
from mms.errors import CampaignError, MmsError
from mms.ledger import dead_numbers, open_ledger, opt_outs
from mms.ledger.tables import campaigns, rows
from mms.roles import LOCAL_ADMIN, Role, User
from mms.states import CampaignState

CONTENT = Content("Hi {Name}")
LIST = "Phone,Name\n" + "\n".join(f"+1202555{n:04d},Ann" for n in range(100, 140))


def launching(ledger, checked, key, decided=SAID, content=CONTENT, same=()):
    known = Repeats(same, frozenset(), {}) if same else NO_REPEATS
    draft = CheckedDraft(said=decided, content=content, checked=checked, known=known)
    return submit(place_of(ledger), draft, by=LOCAL_ADMIN, request_key=key)


def together(*works):
    """Their results or CampaignErrors, all begun at the same moment."""
    start, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        start.wait()
        try:
            results[place] = work()
        except MmsError as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def states(ledger, campaign_id):
    return [(row.state, row.reason) for row in rows_of(ledger, campaign_id)]


@pytest.mark.parametrize("later", [None, 4_000_000_000.0])
def test_two_browsers_at_once_make_one_campaign_and_one_sentence(settings, ledger, later):
    checked = checked_list(settings, ledger, LIST, CONTENT)
    others = [open_ledger(settings) for _ in range(4)]  # a Services of its own each
    chosen = SAID
    if later:
        chosen = said(start="later", start_at=datetime.fromtimestamp(later, UTC).isoformat())
    results = together(
        *(lambda one=one, n=n: launching(one, checked, f"tab-{n}", chosen) for n, one in enumerate(others))
    )
    for one in others:
        one.close()
    made = [one for one in results if isinstance(one, int)]
    refused = [one for one in results if isinstance(one, CampaignError)]
    assert (len(made), {one.code for one in refused}) == (1, {"already_sent"})
    assert all(f"campaign {made[0]} " in one.message for one in refused)
    with ledger.read() as connection:
        assert connection.execute(select(campaigns.c.id)).scalars().all() == made
        assert set(connection.execute(select(rows.c.campaign_id)).scalars()) == set(made)


def test_whoever_agreed_to_repeat_one_campaign_has_not_agreed_to_the_next(settings, ledger):
    checked = checked_list(settings, ledger, LIST, CONTENT)
    first = launching(ledger, checked, "a")
    same = (EarlierCampaign(first, "Spring", CampaignState.RUNNING, 1.0),)
    second = launching(ledger, checked, "b", said(allow_repeat=True), same=same)
    with pytest.raises(CampaignError, match=f"campaign {second} "):
        launching(ledger, checked, "c", said(allow_repeat=True), same=same)


def test_what_became_true_since_the_check_holds(settings, ledger):
    checked = checked_list(settings, ledger, LIST, CONTENT)
    with ledger.write() as connection:
        opt_outs.add(connection, ["+12025550100"], source="by_hand", at=1.0)
        dead_numbers.remember(connection, "+12025550101", 30006, at=1.0)
    choices = said(skip_dead=True)
    found = states(ledger, launching(ledger, checked, "a", choices))
    assert found[:3] == [("skipped", "opted_out"), ("skipped", "not_mended"), ("ready", None)]


def test_two_lists_that_overlap_in_the_same_moment_message_nobody_twice_when_asked_to(settings, ledger):
    choices = said(skip_recent=True)
    lists = [checked_list(settings, ledger, LIST + more, CONTENT) for more in ("", "\n+12025550150,Bob")]
    made = together(*(lambda n=n: launching(ledger, lists[n], f"list-{n}", choices) for n in range(2)))
    numbers = [
        row.recipient for one in made if isinstance(one, int) for row in rows_of(ledger, one) if row.state == "ready"
    ]
    assert len(numbers) == len(set(numbers)) >= 40


def test_nobody_left_is_said_and_leaves_nothing_behind(settings, ledger):
    checked = checked_list(settings, ledger, LIST, CONTENT)
    with ledger.write() as connection:
        opt_outs.add(connection, [number for _, number in checked.ready_numbers()], source="by_hand", at=1.0)
    with pytest.raises(CampaignError) as caught:
        launching(ledger, checked, "a")
    assert caught.value.code == "nothing_to_send"
    with ledger.read() as connection:
        assert connection.execute(select(campaigns.c.id)).first() is None


def test_two_retries_in_the_same_moment_are_one(settings, ledger):
    first = launching(ledger, checked_list(settings, ledger, LIST, CONTENT), "a")
    with ledger.write() as connection:
        theirs = rows.c.campaign_id == first
        connection.execute(rows.update().where(theirs).values(state="failed", error_code=30008))
    made = together(*[lambda: retry_campaign(ledger, first, by=LOCAL_ADMIN)] * 3)
    assert len(set(made)) == 1
    assert len(rows_of(ledger, made[0])) == 40
    with ledger.read() as connection:
        found = connection.execute(
            select(campaigns.c.content_hash, campaigns.c.parent_id).order_by(campaigns.c.id)
        ).all()
    assert found == [
        (found[0].content_hash, None),
        (found[0].content_hash, first),
    ]  # the same message to the same people


def test_two_people_resume_and_one_cancels_in_the_same_moment(settings, ledger):
    first = launching(ledger, checked_list(settings, ledger, LIST, CONTENT), "a")
    controls.pause(ledger, first, by=LOCAL_ADMIN)
    resume = lambda: controls.resume(ledger, first, by=LOCAL_ADMIN)  # noqa: E731
    together(resume, resume, lambda: controls.cancel(ledger, first, by=LOCAL_ADMIN))
    with ledger.read() as connection:
        found = connection.execute(select(campaigns.c.state, campaigns.c.want)).one()
    # Cancelled is final, so whoever comes later is refused. (A cancel that met a resume is asked again.)
    assert tuple(found) in {("canceled", "cancel"), ("running", "run")}
    assert {state for state, _ in states(ledger, first)} == ({"canceled"} if found.want == "cancel" else {"ready"})


def test_two_launches_at_once_cannot_both_pass_below_the_limit_of_one_person(settings, ledger):
    """Each alone is below it, counted over a day; together they are above, so one of them needs a second person."""
    set_approval_above(ledger, User("ada", "ada@example.com", Role.ADMIN), 50)
    sam = User("sam", "sam@example.com", Role.SENDER)
    lists = [LIST, LIST.replace("+1202", "+1212")]
    drafts = [
        CheckedDraft(
            said=SAID, content=CONTENT, checked=checked_list(settings, ledger, text, CONTENT), known=NO_REPEATS,
            edited_by=(sam.name,),
        )
        for text in lists
    ]  # fmt: skip
    others = [open_ledger(settings) for _ in lists]
    made = together(
        *(
            lambda one=one, draft=draft: submit(place_of(one), draft, by=sam, request_key=draft.checked.upload.sha256)
            for one, draft in zip(others, drafts, strict=True)
        )
    )
    for one in others:
        one.close()
    assert sorted(isinstance(one, int) for one in made) == [False, True], made
    assert [one.code for one in made if not isinstance(one, int)] == ["needs_approval"]
    with ledger.read() as connection:
        assert len(connection.execute(select(campaigns.c.id)).all()) == 1
