"""One person is found by whatever a list said about them."""

import json

import pytest
from sqlalchemy import insert

from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.ledger.tables import rows
from mms.reports.people.finding import find_people

PEOPLE = (("Zoë Müller", "+12125550123", "Denver"), ("Ann Lee", "+12125550177", "Boston"))


@pytest.fixture
def history(ledger):
    """Two campaigns with the same two people."""
    for key in ("Spring", "Summer"):
        new = NewCampaign(
            request_key=key,
            name=key,
            body="Hi",
            media_urls=(),
            columns=("Name", "Phone", "City"),
            phone_column="Phone",
            sender_address="+12025550100",
            account_sid="AC" + "0" * 32,
            mode="practice",
            content_hash=key,
        )
        planned = [PlannedRow(at, json.dumps([n, "x", c]), p) for at, (n, p, c) in enumerate(PEOPLE, start=2)]
        launch(ledger, new, planned)
    return ledger


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("zoë", ["Zoë Müller"], id="a name with an accent"),
        pytest.param("lee", ["Ann Lee"], id="a part of a name, in any case"),
        pytest.param("0123", ["Zoë Müller"], id="last four"),
        pytest.param("(212) 555-01", ["Ann Lee", "Zoë Müller"], id="a part of the number as people write it"),
        pytest.param("boston", ["Ann Lee"], id="the value of another column"),
        pytest.param("a", [], id="too short"),
        pytest.param("nobody", [], id="nobody"),
        pytest.param("%", [], id="no wildcard"),
    ],
)
def test_person_is_found_once_with_the_newest_campaign(history, text, names):
    with history.read() as connection:
        found = find_people(connection, text, "practice")
    assert sorted(one.cells["Name"] for one in found) == sorted(names)
    assert {one.campaign for one in found} <= {"Summer"}
    assert all("Phone" not in one.cells for one in found)


def test_other_modes_and_rows_without_a_number_are_not_found(history):
    with history.write() as connection:
        connection.execute(
            insert(rows).values(
                campaign_id=1,
                row_number=9,
                cells='["Zoe", "", "Denver"]',
                recipient=None,
                state="skipped",
                updated_at=1.0,
            )
        )
    with history.read() as connection:
        assert find_people(connection, "denver", "live") == []
        assert len(find_people(connection, "denver", "practice")) == 1
