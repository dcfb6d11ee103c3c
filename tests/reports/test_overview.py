"""Counts add up to the rows of the file; `show` is the contract's object."""

import pytest

from mms.errors import CampaignError
from mms.reports import campaign_counts, show
from mms.states import RowState


def test_counts_add_up_and_name_every_state(ledger, make_campaign):
    campaign_id = make_campaign([(["1", ""], {"state": s.value}) for s in RowState] + [(["1", ""], {})])
    with ledger.read() as connection:
        counts = campaign_counts(connection, campaign_id)
    assert counts == {state: 2 if state is RowState.READY else 1 for state in RowState}


def test_show_is_the_object_of_the_contract(ledger, make_campaign):
    campaign_id = make_campaign(
        [(["1", ""], {"state": "delivered"}), (["1", ""], {})],
        created_at=1_790_000_000,
        started_at=1_790_000_001.9,
        finished_at=None,
    )
    with ledger.read() as connection:
        shown = show(connection, campaign_id)
    counts = shown.pop("counts")
    assert shown == {
        "id": campaign_id,
        "name": "Spring sale",
        "state": "running",
        "mode": "practice",
        "from": "+12025550100",
        "created_at": "2026-09-21T14:13:20+00:00",
        "start_at": None,
        "started_at": "2026-09-21T14:13:21+00:00",
        "finished_at": None,
        "rows": 2,
    }
    assert {name: count for name, count in counts.items() if count} == {"delivered": 1, "ready": 1}
    assert sum(counts.values()) == 2


def test_show_says_that_there_is_no_such_campaign(ledger):
    with ledger.read() as connection, pytest.raises(CampaignError, match="no campaign number 7"):
        show(connection, 7)
