"""Versions of a message: who was drawn gets theirs, the rest waits and gets the chosen one, and nobody gets two."""

import json
import time
import uuid
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from mms.campaigns import controls
from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.delivery.queue.canary import a_rule_decides
from mms.delivery.queue.version_test import choose_by_rule
from mms.errors import CampaignError
from mms.ledger.tables import campaigns, replies, rows
from mms.roles import LOCAL_ADMIN
from mms.send_options import SendOptions
from mms.versions.results import version_results
from mms.versions.version import Version

VERSIONS = (Version("A", "Hi {Name}, ten off"), Version("B", "{Name}: one free", ("https://example.com/b.jpg",)))


def tried(stage: Any, people: int = 20, test: int = 8, **options: Any) -> int:
    """A campaign of so many people; the last ones try the versions in turn."""
    new = NewCampaign(
        request_key=uuid.uuid4().hex,
        name="Test",
        body=VERSIONS[0].body,
        media_urls=(),
        columns=("Mobile", "Name"),
        phone_column="Mobile",
        sender_address=stage.server.address.phone_number,
        account_sid=stage.server.address.account_sid,
        mode="live",
        content_hash="test",
        options=SendOptions(any_hour=True, test_share=0.4, **options),
        versions=VERSIONS,
    )
    planned = [
        PlannedRow(
            n + 2,
            json.dumps([to, f"Ann{n}"]),
            to,
            version=None if n < people - test else "AB"[n % 2],
        )
        for n, to in enumerate(f"+1205555{100 + n:04}" for n in range(people))
    ]
    return launch(stage.ledger, new, planned)


def texts(stage: Any) -> Counter[str]:
    """How many messages of each version reached the stand-in."""
    bodies = [one["form"]["Body"][0] for one in stage.server.remote.requests()]
    return Counter("A" if body.endswith("ten off") else "B" for body in bodies)


def reply_of(stage: Any, campaign: int, row_number: int, keyword: str | None = None) -> None:
    with stage.ledger.write() as connection:
        query = select(rows.c.id, rows.c.recipient).where(rows.c.campaign_id == campaign)
        row = connection.execute(query.where(rows.c.row_number == row_number)).one()
        values = {"message_sid": f"SM{uuid.uuid4().hex}", "sender": row.recipient, "address": "+1", "at": time.time()}
        connection.execute(
            replies.insert().values(campaign_id=campaign, row_id=row.id, body="yes", keyword=keyword, **values)
        )


def test_the_rest_waits_for_a_choice_and_gets_the_chosen_version(stage: Any) -> None:
    campaign = tried(stage)
    stage.run()
    assert stage.campaign(campaign) == ("paused", "canary")
    assert texts(stage) == {"A": 4, "B": 4}
    with pytest.raises(CampaignError, match="Choose first"):
        controls.resume(stage.ledger, campaign, by=LOCAL_ADMIN)
    with pytest.raises(CampaignError, match="no version C"):
        controls.choose_version(stage.ledger, campaign, "C", by=LOCAL_ADMIN)
    controls.choose_version(stage.ledger, campaign, "B", by=LOCAL_ADMIN)
    stage.run()
    assert stage.campaign(campaign) == ("finished", None)
    assert texts(stage) == {"A": 4, "B": 16}
    assert set(stage.texts_per_person().values()) == {1}
    with pytest.raises(CampaignError, match="no choice"):
        controls.choose_version(stage.ledger, campaign, "A", by=LOCAL_ADMIN)


def test_each_person_counts_for_the_version_that_they_got(stage: Any) -> None:
    campaign = tried(stage)
    stage.run()
    for row_number in (14, 16, 16):  # of version A; one person wrote twice
        reply_of(stage, campaign, row_number)
    reply_of(stage, campaign, 15, "stop")
    controls.choose_version(stage.ledger, campaign, "B", by=LOCAL_ADMIN)
    stage.run()
    reply_of(stage, campaign, 2)  # of the rest: no part of the comparison
    with stage.ledger.read() as connection:
        found = version_results(connection, campaign)
    assert [(one.name, one.drawn, one.handed_over, one.replies, one.opt_outs) for one in found] == [
        ("A", 4, 4, 2, 0),
        ("B", 4, 4, 0, 1),
    ]


@pytest.mark.parametrize(
    ("answers", "state", "winner"),
    [
        pytest.param(20, ("running", None), "B", id="surely better"),
        pytest.param(2, ("paused", "test_undecided"), None, id="too few to tell"),
    ],
)
def test_the_rule_chooses_at_its_time_and_only_when_it_is_sure(
    stage: Any, answers: int, state: Any, winner: Any
) -> None:
    campaign = tried(stage, people=60, test=50, test_rule="replies", test_hours=4.0)
    stage.run()
    for number in range(answers):
        reply_of(stage, campaign, 13 + 2 * number)  # odd rows try B
    with stage.ledger.read() as connection:
        assert a_rule_decides(connection)
    with stage.ledger.write() as connection:
        choose_by_rule(connection, time.time() + 3.9 * 3600)
    assert stage.campaign(campaign) == ("paused", "canary")
    with stage.ledger.write() as connection:
        choose_by_rule(connection, time.time() + 4.1 * 3600)
    assert stage.campaign(campaign) == state
    assert stage.one(select(campaigns.c.winner)) == winner
    if winner:
        stage.run()
        assert texts(stage) == {"A": 25, "B": 35}


def test_without_an_answer_a_row_is_looked_for_with_the_text_of_its_version(stage: Any) -> None:
    stage.server.remote.set_faults(shares={"reset_after": 0.5}, seed=5)
    campaign = tried(stage, people=16, test=16)
    stage.run()
    assert stage.states(campaign)["ready"] == 0
    assert set(stage.texts_per_person().values()) == {1}
    assert texts(stage) == {"A": 8, "B": 8}
