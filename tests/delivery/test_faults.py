"""After any fault every row is accounted for, and nobody is texted twice."""

from collections.abc import Callable
from typing import Any

import pytest

PEOPLE = 12

# What goes wrong for some creates, and what the ledger must have seen of it.
FAULTS = [
    pytest.param({"script": ["429"] * 3}, "busy", id="too many requests at once"),
    pytest.param({"script": ["429_retry_after"] * 3}, "busy", id="too many requests, with Retry-After"),
    pytest.param({"script": ["500_before"] * 2}, "no_answer", id="500, never accepted"),
    pytest.param({"script": ["500_after"] * 2}, "no_answer", id="500 although accepted"),
    pytest.param({"script": ["reset_before"] * 2}, "no_answer", id="connection reset, never accepted"),
    pytest.param({"script": ["reset_after"] * 2}, "no_answer", id="connection reset after acceptance"),
    pytest.param({"script": ["hang_before"] * 2}, "no_answer", id="no answer, never accepted"),
    pytest.param({"script": ["hang_after"] * 2}, "no_answer", id="no answer although accepted"),
    pytest.param({"script": ["broken_json"] * 2}, "no_answer", id="spoilt answer"),
    pytest.param({"script": ["html"] * 2}, "no_answer", id="a web page for an answer"),
    pytest.param({"script": ["slow_before"] * 2, "slow_ms": 1000}, "no_answer", id="accepted after we gave up"),
    pytest.param({"script": ["slow_after"] * 2, "slow_ms": 1000}, "no_answer", id="accepted, answered too late"),
    pytest.param({"script": ["reset_after"] * 2, "list_lag": 0.6}, "no_answer", id="log that lags behind"),
    pytest.param(
        {"shares": {"429": 0.1, "500_before": 0.1, "500_after": 0.1, "reset_after": 0.1, "html": 0.1}, "seed": 4},
        "no_answer",
        id="half of all requests fail",
    ),
]


@pytest.mark.parametrize(("plan", "seen"), FAULTS)
def test_each_person_gets_exactly_one_message(stage: Any, plan: dict[str, Any], seen: str) -> None:
    stage.server.remote.set_faults(**plan)
    campaign = stage.launch(PEOPLE, breaker_share=1)
    stage.run()
    assert stage.campaign(campaign) == ("finished", None)
    assert set(stage.states(campaign)) <= {"accepted", "sent", "delivered", "undelivered"}
    assert set(stage.texts_per_person().values()) == {1}
    assert len(stage.texts_per_person()) == PEOPLE
    assert stage.events(campaign)[seen] >= 1


@pytest.mark.parametrize("plan", [{"script": ["reset_after"] * 3}, {"script": ["reset_before"] * 3}])
def test_a_person_twice_on_the_list_gets_both_messages_and_no_third(stage: Any, plan: dict[str, Any]) -> None:
    stage.server.remote.set_faults(**plan)
    twice = "+12055550111"
    campaign = stage.launch([twice, "+12055550112", twice, "+12055550113"], breaker_share=1)
    stage.run()
    assert stage.campaign(campaign)[0] == "finished"
    assert stage.texts_per_person() == {twice: 2, "+12055550112": 1, "+12055550113": 1}


def test_the_same_holds_on_either_database(stage_on: Callable[..., Any], database_url: str) -> None:
    stage = stage_on(database_url)
    stage.server.remote.set_faults(shares={"429": 0.1, "500_before": 0.1, "reset_after": 0.2}, seed=1)
    campaign = stage.launch(40, breaker_share=1)
    stage.run()
    assert stage.campaign(campaign) == ("finished", None)
    assert set(stage.texts_per_person().values()) == {1}
    assert len(stage.texts_per_person()) == 40


@pytest.mark.parametrize("fault", ["broken_json", "html"])
def test_whoever_got_a_yes_that_cannot_be_read_is_never_texted_again(stage: Any, fault: str) -> None:
    """The message exists; only its SID is lost. A log that does not show it must not talk us out of that."""
    stage.server.remote.set_faults(script=[fault], list_lag=3600)
    campaign = stage.launch(3)
    stage.run()
    assert set(stage.texts_per_person().values()) == {1}
    assert stage.campaign(campaign) == ("stopped", "unknown_rows")


def test_no_connection_loses_nothing(stage_on: Callable[..., Any], tmp_path: Any) -> None:
    stage = stage_on(f"sqlite:///{tmp_path / 'mms.db'}")
    right = stage.context.account_for
    tries = iter([False, False, False])

    def account_for(settings: Any) -> Any:
        account = right(settings)
        if next(tries, True):
            return account
        return type(account)("http://127.0.0.1:9", account.account_sid, account.username, account.secret)

    stage.context.account_for = account_for
    campaign = stage.launch(5)
    stage.run()
    assert stage.campaign(campaign) == ("finished", None)
    assert next(tries, None) is None  # each was used up
    assert set(stage.texts_per_person().values()) == {1}
    assert len(stage.texts_per_person()) == 5
