"""Answers get lost, and the log is not what one would wish: nobody gets a second message, and nobody is forgotten."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from mms.delivery.queue.watchfulness import clock_ahead
from mms.delivery.reconciliation.late_looks import look_for_undecided
from mms.ledger.tables import rows
from mms.receipts import AccountLog, record_callback
from mms.twilio_client import check_account, clock_warning

PEOPLE, LOST = 10, 5
SETTLE = {"MMS_SETTLE_SECONDS": 1.2, "MMS_REQUEST_TIMEOUT": 0.6}

LOGS = [
    pytest.param({"redact_log": True}, id="redacted"),
    pytest.param({"recode_log": True}, id="other characters"),
    pytest.param({"shorten_links": True, "recode_log": True}, id="short links"),
    pytest.param({"clock_ahead": 660.0}, id="our clock 11 minutes behind"),
    pytest.param({"clock_ahead": -660.0}, id="our clock 11 minutes ahead"),
    pytest.param({"clock_ahead": -3600.0}, id="our clock an hour ahead"),
    pytest.param({"clock_ahead": -3600.0, "redact_log": True, "list_lag": 0.6}, id="all at once"),
]


@pytest.mark.parametrize("log", LOGS)
def test_lost_answers_are_found_whatever_the_log_shows(stage: Any, log: dict[str, Any]) -> None:
    stage.server.remote.set_faults(script=["reset_after"] * LOST, **log)
    campaign = stage.launch(PEOPLE, breaker_share=1)
    stage.run()
    assert stage.texts_per_person().total() == len(stage.texts_per_person()) == PEOPLE
    assert stage.campaign(campaign) == ("finished", None)
    assert stage.events(campaign)["settled_found"] == LOST


def test_a_log_that_cannot_tell_neighbours_apart_is_left_to_a_person(stage: Any) -> None:
    """Redacted, and its filter knows only what is shown: five messages could be of any of five people."""
    stage.server.remote.set_faults(script=["reset_after"] * LOST, redact_log=True, redact_filter=True)
    campaign = stage.launch(PEOPLE, breaker_share=1)
    stage.run()
    assert stage.texts_per_person().total() == len(stage.texts_per_person()) == PEOPLE
    assert stage.campaign(campaign) == ("stopped", "unknown_rows")
    assert stage.states(campaign)["unknown"] == LOST


def test_a_request_that_lands_after_its_connection_died_is_found(stage: Any) -> None:
    stage.server.remote.set_faults(script=["lands_late"] * LOST, lands_after=0.8)
    campaign = stage.launch(PEOPLE, breaker_share=1)
    stage.run()
    assert stage.texts_per_person().total() == len(stage.texts_per_person()) == PEOPLE
    assert stage.campaign(campaign) == ("finished", None)


def test_looks_that_nobody_answered_are_none(stage: Any, eventually: Callable[..., None]) -> None:
    """The log is away for longer than the settling time; when it is back, the message is not in it yet."""
    stage.server.remote.set_faults(script=["reset_after"] * LOST, lists_failing=1.0, list_lag=2.2)
    stage.context.clock.heard(http_now())
    campaign = stage.launch(LOST, breaker_share=1)
    run = threading.Thread(target=stage.run)
    run.start()
    eventually(lambda: stage.server.remote.calls().get("list", 0) > 4 * LOST)  # several rounds in vain
    eventually(lambda: stage.one(select(rows.c.updated_at).limit(1)) < stage_now(stage) - 1.5)
    stage.server.remote.set_faults(list_lag=2.2)
    run.join()
    assert set(stage.texts_per_person().values()) == {1}
    assert stage.campaign(campaign) == ("finished", None)


def http_now() -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())


def stage_now(stage: Any) -> float:
    with stage.ledger.read() as connection:
        return float(stage.ledger.now(connection))


@pytest.fixture
def put_back(stage: Any) -> Callable[..., tuple[int, int]]:
    """A campaign of one, whose row was settled as absent and waits to be asked again."""

    def make() -> tuple[int, int]:
        campaign = stage.launch(1)
        row = int(stage.one(select(rows.c.id)))
        stage.change(rows, rows.c.id == row, asked_from=time.time() - 30, fence=0)
        return campaign, row

    return make


@pytest.mark.parametrize("body", ["Hello Ann 0, our autumn sale starts today.", "Hello Ann", ""])
def test_one_more_look_just_before_a_row_is_asked_again(
    stage: Any, put_back: Callable[..., tuple[int, int]], body: str
) -> None:
    campaign, row = put_back()
    to, ours = stage.one(select(rows.c.recipient)), stage.server.address.phone_number
    sent = twilio_takes(stage, to, ours, body)
    stage.run()
    assert stage.texts_per_person() == {to: 1}
    assert stage.one(select(rows.c.message_sid).where(rows.c.id == row)) == sent
    assert stage.campaign(campaign)[0] == "finished"


def test_a_row_that_nothing_speaks_against_is_asked_again(stage: Any, put_back: Callable[..., tuple[int, int]]) -> None:
    campaign, _row = put_back()
    stage.run()
    assert stage.texts_per_person().total() == 1
    assert stage.campaign(campaign)[0] == "finished"


def twilio_takes(stage: Any, to: str, sender: str, body: str) -> str:
    import requests

    address = stage.server.address
    answer = requests.post(
        f"{address.base_url}/2010-04-01/Accounts/{address.account_sid}/Messages.json",
        data={"To": to, "From": sender, "Body": body, "MediaUrl": "https://example.com/sale.jpg"},
        auth=address.auth,
        timeout=10,
    )
    return str(answer.json()["sid"])


@pytest.mark.parametrize("state", ["ready", "sending", "unknown", "canceled"])
def test_a_callback_that_names_the_row_counts_whatever_its_state(stage: Any, state: str) -> None:
    stage.launch(1)
    row = int(stage.one(select(rows.c.id)))
    stage.change(rows, rows.c.id == row, state=state, fence=0)
    form = {"MessageSid": "MM" + "e" * 32, "MessageStatus": "delivered", "To": stage.one(select(rows.c.recipient))}
    record_callback(stage.ledger, form, row)
    stage.run()
    assert stage.one(select(rows.c.state)) == "delivered"
    assert stage.texts_per_person().total() == 0


def test_rows_left_to_a_person_are_looked_for_on_and_on(stage: Any) -> None:
    """The log is away until a person is asked; when it is back, what it shows is taken without anybody's click."""
    stage.server.remote.set_faults(script=["reset_after"] * LOST, lists_failing=1.0)
    stage.context.clock.heard(http_now())
    campaign = stage.launch(PEOPLE, breaker_share=1)
    stage.run()
    assert stage.campaign(campaign) == ("stopped", "unknown_rows")
    log = AccountLog(stage.account_for(stage.settings))
    assert look_for_undecided(stage.ledger, log.page, log.account.account_sid, log.clock) == LOST
    stage.server.remote.set_faults(recode_log=True)
    assert look_for_undecided(stage.ledger, log.page, log.account.account_sid, log.clock) == 0
    assert stage.campaign(campaign)[0] == "finished"
    assert set(stage.texts_per_person().values()) == {1}


def test_a_clock_that_is_off_is_measured_and_told(stage: Any) -> None:
    stage.server.remote.set_faults(clock_ahead=-3600.0)
    stage.launch(2)
    stage.run()
    with stage.ledger.read() as connection:
        ahead = clock_ahead(connection, stage.server.address.account_sid)
    assert clock_warning(ahead) is not None
    report = check_account(stage.account_for(stage.settings), stage.settings.senders)
    assert "60 minutes ahead" in str(clock_warning(report.clock_ahead))
