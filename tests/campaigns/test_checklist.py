"""One list of what must be true before a launch: each item alone keeps a draft back, and the launch asks it, too."""

import ast
from pathlib import Path

import pytest
from launching import LIVE, Place, checked_list, place_of, rows_of, said

import mms
from mms.access.approvals import set_approval_above
from mms.campaigns.drafts import decisions
from mms.campaigns.launch.checklist import ALL_PROBLEMS, CheckedDraft, Item, agreement, checklist
from mms.campaigns.launch.repeat_check import EarlierCampaign
from mms.campaigns.launch.submission import Content, Repeats
from mms.campaigns.launch.submit import submit
from mms.campaigns.pictures.media_check import MediaFindings, RowMediaProblem
from mms.errors import MmsError, NotAllowed
from mms.media.check.verdict import MediaProblem
from mms.problems import MediaCode
from mms.roles import LOCAL_ADMIN, Role, User
from mms.settings import settings_from
from mms.states import CampaignState

CONTENT = Content("Hi {Name}")
LIST = "Mobile,Name\n2025550101,Ann\n2025550102,Ben\n202555010,Dee\n"
SENDER_USER = User("sue@shop.example", "sue@shop.example", Role.SENDER)
ADMIN = User("ann@shop.example", "ann@shop.example", Role.ADMIN)
BROKEN = MediaProblem(MediaCode.NOT_FOUND, "The picture is not there.", "Choose another.")
ROW = RowMediaProblem(2, "https://example.com/a.jpg", MediaCode.NOT_FOUND, "The picture is not there.")
SAME = Repeats((EarlierCampaign(7, "Spring", CampaignState.RUNNING, 1.0),), frozenset(), {})
MISSES = {
    Item.NAME: {"said": {"name": "  "}},
    Item.SENDER: {"said": {"sender": "Shop"}},
    Item.PROBLEMS: {"said": {"skip_problems": None}},
    Item.PICTURES: {"findings": MediaFindings(for_all=(BROKEN,))},
    Item.OWN_PICTURE: {"own_problem": "There is no picture template called “Coupon”."},
    Item.LINKS: {"said": {"links": "own"}},
    Item.REPEAT: {"known": SAME},
    Item.START: {"said": {"start": "later"}},
    Item.LAST_MOMENT: {"said": {"ends": True, "not_after": "2020-06-01T20:00:00+00:00"}},
    Item.CONSENT: {"said": {"consent": False}},
    Item.APPROVAL: {"by": ADMIN},
    Item.BUDGET: {"by": SENDER_USER},
}
CODES = {
    Item.PROBLEMS: "rows_to_mend",
    Item.SENDER: "bad_sender",
    Item.PICTURES: "media_not_found",
    Item.OWN_PICTURE: "picture_template",
    Item.LINKS: "no_public_address",
    Item.REPEAT: "already_sent",
    Item.LAST_MOMENT: "not_after",
    Item.APPROVAL: "needs_approval",
    Item.BUDGET: "over_budget",
}


@pytest.fixture
def place(ledger, database_url):
    """A live installation with a budget of one cent."""
    return Place(settings_from({**LIVE, "DATABASE_URL": database_url, "MMS_MONTHLY_BUDGET": "0.01"}), ledger)


def draft_of(place, **changes):
    decided = said(**changes.pop("said", {}))
    practice = settings_from({})  # live, a made-up number is a row to mend
    checked = checked_list(practice, place.ledger, LIST, CONTENT)
    return CheckedDraft(said=decided, content=CONTENT, checked=checked, **changes)


def test_every_item_has_a_case():
    assert set(MISSES) == set(Item)


def test_a_whole_draft_misses_nothing(place):
    assert checklist(place, draft_of(place), by=LOCAL_ADMIN) == ()


@pytest.mark.parametrize("item", Item)
def test_what_is_missing_is_said_and_the_launch_refuses_it(place, item):
    if item is Item.APPROVAL:
        set_approval_above(place.ledger, ADMIN, 1)
    changes = dict(MISSES[item])
    by = changes.pop("by", LOCAL_ADMIN)
    draft = draft_of(place, **changes)
    found = checklist(place, draft, by=by)
    assert [one.item for one in found] == [item]
    assert found[0].sentence.endswith(".")
    with pytest.raises(MmsError) as refused:
        submit(place, draft, by=by, request_key="key")
    assert refused.value.code == CODES.get(item, item.value)
    assert (refused.type is NotAllowed) is (item is Item.APPROVAL)


@pytest.mark.parametrize("agreed", [pytest.param("these", id="these very rows"), pytest.param(ALL_PROBLEMS, id="all")])
def test_rows_to_mend_are_left_out_by_agreement_to_these_rows(settings, ledger, agreed):
    place = place_of(ledger)
    draft = draft_of(place)
    name = agreement(draft.to_mend) if agreed == "these" else agreed
    asked = [one.item for one in checklist(place, draft_of(place, said={"skip_problems": name}), by=LOCAL_ADMIN)]
    with_picture = draft_of(place, said={"skip_problems": name}, findings=MediaFindings(by_row={2: ROW}))
    asked_again = [one.item for one in checklist(place, with_picture, by=LOCAL_ADMIN)]
    assert (asked, asked_again) == ([], [] if agreed == ALL_PROBLEMS else [Item.PROBLEMS])


def test_the_same_request_a_second_time_is_not_asked_again(settings, ledger):
    place = place_of(ledger)
    draft = draft_of(place)
    first = submit(place, draft, by=LOCAL_ADMIN, request_key="key")
    again = draft_of(place, known=SAME, said={"consent": False})
    assert submit(place, again, by=LOCAL_ADMIN, request_key="key") == first
    assert [row.state for row in rows_of(ledger, first)] == ["ready", "ready", "skipped"]


def test_a_time_with_its_offset_is_the_moment_and_a_local_one_belongs_to_its_zone():
    there = {"start": "later", "zone": "America/New_York"}
    local = said(**there, start_at="2030-06-01T09:00:00")
    moment = said(start="later", start_at="2030-06-01T09:00:00-04:00")
    assert decisions.start_at(local) == decisions.start_at(moment)
    assert (decisions.start_local(local).stored, decisions.start_local(moment)) == ("2030-06-01T09:00:00", None)


WAYS_TO_A_CAMPAIGN = {
    "campaigns/launch/submit.py",
    "campaigns/retry.py",
    "campaigns/single_message.py",
}


def test_only_these_make_campaigns():
    """Whoever else wants one submits a draft, and so is asked the checklist."""
    root = Path(mms.__file__).parent
    found = set()
    for folder in (root, root.parent / "pages"):
        for path in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                is_import = isinstance(node, ast.ImportFrom) and node.module == "mms.campaigns.launch.launching"
                if is_import and {"launch", "launch_within"} & {one.name for one in node.names}:
                    found.add(path.relative_to(folder).as_posix())
    assert found == WAYS_TO_A_CAMPAIGN
