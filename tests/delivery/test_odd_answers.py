"""What a campaign makes of answers that Twilio itself would hardly give."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from odd_twilio import HTML, OddTwilio
from sqlalchemy import select

from mms.ledger.tables import opt_outs, rows

PEOPLE = 6


@pytest.fixture
def stage_at(stage_on: Callable[..., Any], tmp_path: Path) -> Callable[[OddTwilio], Any]:
    """A stage whose messages go to an odd server."""
    return lambda odd, **values: stage_on(
        f"sqlite:///{tmp_path / 'mms.db'}", TWILIO_API_BASE_URL=odd.base_url, MMS_MAX_IN_FLIGHT=1, **values
    )


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        pytest.param(401, HTML, "twilio_401", id="signed out by a web page"),
        pytest.param(401, {"code": 20003, "message": "no"}, "twilio_20003", id="signed out"),
        pytest.param(403, {"message": "Forbidden"}, "twilio_403", id="an API's 403 without a code"),
    ],
)
def test_a_closed_door_stops_the_campaign_and_keeps_every_row(
    odd_twilio: Callable[..., OddTwilio], stage_at: Callable[..., Any], status: int, body: Any, reason: str
) -> None:
    odd = odd_twilio(lambda _method, _target: (status, body, {}))
    stage = stage_at(odd)
    campaign = stage.launch(PEOPLE)
    stage.run()
    assert stage.campaign(campaign) == ("stopped", reason)
    assert stage.states(campaign) == {"ready": PEOPLE}
    assert len(odd.forms) == 1


def test_a_message_that_failed_at_once_keeps_its_reason(
    odd_twilio: Callable[..., OddTwilio], stage_at: Callable[..., Any]
) -> None:
    number = itertools.count()
    stage = stage_at(
        odd_twilio(
            lambda _method, _target: (
                201,
                {"sid": f"SM{next(number):032x}", "status": "failed", "error_code": 21610},
                {},
            )
        )
    )
    campaign = stage.launch(2)
    stage.run()
    assert stage.states(campaign) == {"failed": 2}
    with stage.ledger.read() as connection:
        assert set(connection.execute(select(rows.c.error_code)).scalars()) == {21610}
        assert len(connection.execute(select(opt_outs)).all()) == 2
