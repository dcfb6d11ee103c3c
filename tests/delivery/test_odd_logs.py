"""Rows in doubt are settled with logs that differ from Twilio's: nobody gets a second message for it."""

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from odd_twilio import HTML, OddTwilio
from sqlalchemy import select

from mms.ledger.tables import opt_outs, rows

PEOPLE = 9
PAGE = 2
LOST = 3  # the first answers get lost, so that these messages stand at the far end of the list, newest first


class LosingTwilio:
    """Takes every message, loses the first answers, and shows its log in pages of two without looking at `To`."""

    def __init__(self, changed: Callable[[dict[str, Any]], dict[str, Any]]):
        self.log: list[dict[str, Any]] = []
        self.changed = changed
        self.numbers = itertools.count()

    def answer(self, odd: OddTwilio, method: str, target: str) -> tuple[int, Any, dict[str, str]]:
        if method == "POST":
            return self.create(odd.forms[-1])
        page = int(parse_qs(urlsplit(target).query).get("Page", ["0"])[0])
        found = [self.changed(one) for one in reversed(self.log)][page * PAGE :][:PAGE]
        more = (page + 1) * PAGE < len(self.log)
        following = f"{urlsplit(target).path}?Page={page + 1}" if more else ""
        return 200, {"messages": found, "next_page_uri": following}, {}

    def create(self, form: dict[str, list[str]]) -> tuple[int, Any, dict[str, str]]:
        message = {
            "sid": f"MM{next(self.numbers):032x}",
            "status": "sent",
            "direction": "outbound-api",
            "to": form["To"][0],
            "from": form["From"][0],
            "body": form["Body"][0],
            "num_media": str(len(form.get("MediaUrl", []))),
            "date_created": format_datetime(datetime.now(UTC)),
        }
        self.log.append(message)
        return (500, HTML, {}) if len(self.log) <= LOST else (201, message, {})

    def messages_per_person(self) -> Counter[str]:
        return Counter(one["to"] for one in self.log)


def without(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda message: {name: value for name, value in message.items() if name not in names}


def iso_dates(message: dict[str, Any]) -> dict[str, Any]:
    return {**message, "date_created": datetime.now(UTC).isoformat()}


@pytest.fixture
def stage_at(
    odd_twilio: Callable[..., OddTwilio], stage_on: Callable[..., Any], tmp_path: Path
) -> Callable[[LosingTwilio], Any]:
    """A stage whose messages go to such a server, one at a time."""

    def make(losing: LosingTwilio, **values: Any) -> Any:
        odd = odd_twilio(lambda method, target: losing.answer(odd, method, target))
        url = f"sqlite:///{tmp_path / 'mms.db'}"
        return stage_on(url, TWILIO_API_BASE_URL=odd.base_url, MMS_MAX_IN_FLIGHT=1, MMS_REQUEST_TIMEOUT=20, **values)

    return make


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(without(), id="pages of two"),
        pytest.param(without("direction"), id="no direction"),
        pytest.param(without("from"), id="no sender"),
        pytest.param(without("body", "num_media"), id="no content"),
        pytest.param(iso_dates, id="ISO 8601"),
    ],
)
def test_a_message_far_back_in_the_log_is_found(stage_at: Callable[..., Any], changed: Any) -> None:
    losing = LosingTwilio(changed)
    stage = stage_at(losing)
    campaign = stage.launch(PEOPLE, breaker_share=1)
    stage.run()
    assert set(losing.messages_per_person().values()) == {1}
    assert stage.campaign(campaign) == ("finished", None)
    assert stage.states(campaign) == {"sent": PEOPLE}
    assert stage.events(campaign)["settled_found"] == LOST


@pytest.mark.parametrize(
    "losing",
    [
        pytest.param(LosingTwilio(without("sid")), id="entries without SID"),
        pytest.param(LosingTwilio(without("to")), id="entries without recipient"),
        pytest.param(LosingTwilio(without("date_created")), id="entries without date"),
    ],
)
def test_a_log_that_cannot_be_read_is_left_to_a_person(stage_at: Callable[..., Any], losing: LosingTwilio) -> None:
    stage = stage_at(losing, MMS_SETTLE_SECONDS=0.3)
    campaign = stage.launch(PEOPLE, breaker_share=1)
    stage.run()
    assert set(losing.messages_per_person().values()) == {1}
    assert stage.states(campaign) == {"unknown": LOST, "sent": PEOPLE - LOST}
    with stage.ledger.read() as connection:
        reasons = connection.execute(select(rows.c.reason).where(rows.c.state == "unknown")).scalars()
        assert set(reasons) == {"unsettled"}


def test_an_opt_out_that_only_the_log_tells_of_is_remembered(stage_at: Callable[..., Any]) -> None:
    losing = LosingTwilio(lambda message: {**message, "status": "failed", "error_code": 21610})
    stage = stage_at(losing)
    campaign = stage.launch(LOST, breaker_share=1)
    stage.run()
    assert stage.states(campaign) == {"failed": LOST}
    with stage.ledger.read() as connection:
        assert len(connection.execute(select(opt_outs)).all()) == LOST
