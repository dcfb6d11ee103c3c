"""What a live launch asks, and the month's budget for programs."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from mms.campaigns.drafts.content import DraftContent
from mms.campaigns.launch.checklist import Sending
from mms.campaigns.launch.live_questions import Question, is_typed, questions
from mms.campaigns.launch.program_request import ProgramRequest, launch_for_program
from mms.errors import CampaignError
from mms.ledger.tables import campaigns
from mms.practice.account import ACCOUNT_SID, MAIN
from mms.recipients.read.records import upload_of_records
from mms.roles import Role, User
from mms.settings import Mode
from mms.twilio_client.registration import Light

KEY = User("API key shop", None, Role.SENDER)


@pytest.mark.parametrize(
    ("light", "is_tested", "people", "asked"),
    [
        pytest.param(Light.GREEN, True, 9, [], id="nothing speaks against it"),
        pytest.param(Light.AMBER, True, 9, [], id="not known is not blocked"),
        pytest.param(Light.RED, True, 9, [Question.BLOCKED], id="surely blocked"),
        pytest.param(Light.GREEN, False, 9, [Question.UNTESTED], id="first from this sender"),
        pytest.param(Light.GREEN, True, 10, [Question.NUMBER], id="as many as the limit"),
        pytest.param(Light.RED, False, 10, list(Question), id="all of it, in order"),
    ],
)
def test_questions_of_a_launch(light, is_tested, people, asked):
    assert list(questions(light, is_tested=is_tested, people=people, confirm_above=10)) == asked


@pytest.mark.parametrize(("typed", "right"), [("5232", True), ("5,232", True), (" 5 232 ", True), ("523", False)])
def test_number_is_typed_however_one_groups_it(typed, right):
    assert is_typed(5232, typed) is right


@pytest.mark.parametrize(
    ("budget", "by", "goes"),
    [
        pytest.param(None, KEY, True, id="no budget"),
        pytest.param("100", KEY, True, id="within it"),
        pytest.param("0.01", KEY, False, id="over it"),
        pytest.param("0.01", replace(KEY, role=Role.ADMIN), True, id="over it, by an admin"),
    ],
)
def test_program_keeps_to_the_months_budget(settings, ledger, budget, by, goes):
    live = replace(settings, mode=Mode.LIVE, monthly_budget=budget and Decimal(budget), allow_private_media=True)
    upload = upload_of_records([{"Phone": "+12125552368"}, {"Phone": "+13125552368"}], name="list")
    asked = ProgramRequest(upload, DraftContent(name="list", body="Hi", consent=True, any_hour=True), "key")
    sending = Sending(live, ledger, ACCOUNT_SID, (MAIN.number,))
    if goes:
        assert launch_for_program(sending, asked, by=by)
        return
    with pytest.raises(CampaignError) as refused:
        launch_for_program(sending, asked, by=by)
    assert refused.value.code == "over_budget"
    with ledger.read() as connection:
        assert connection.execute(select(func.count()).select_from(campaigns)).scalar_one() == 0
