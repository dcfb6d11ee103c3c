"""Calls whose turn comes late, and asking what became of messages: the API as an outbox."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from http_tools import until
from installation import installation_settings, listening, serve, worker

from mms.practice.testing import PracticeServer

SINCE = datetime.now(UTC)


@pytest.fixture
def paced(tmp_path):
    """An installation whose senders take four messages a second."""
    with PracticeServer(tmp_path, time_scale=0.2) as practice, listening() as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = replace(installation_settings(tmp_path, url), rate=4.0)
        practice.address.write(tmp_path)
        with worker(settings), serve(settings, practice, listener) as served:
            yield served


def test_calls_whose_turn_comes_late_are_queued_and_all_sent_once(paced):
    answers = []

    def call(number):
        answers.append(paced.send(body=f"late {number}", to=f"+120255501{number:02}", reference=f"order-{number}"))

    callers = [threading.Thread(target=call, args=[number]) for number in range(60)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    queued = [answer for answer in answers if answer.status_code == 202]
    assert {answer.status_code for answer in answers} <= {200, 202}
    assert len(queued) >= 10, "beyond ten seconds of this pace nobody waits"
    said = queued[0].json()
    assert said == {
        "success": True,
        "message": "MMS queued successfully.",
        "id": said["id"],
        "status": "queued",
        "reference": said["reference"],
    }
    assert int(queued[0].headers["Retry-After"]) >= 1
    assert queued[0].headers["Location"] == f"/messages/{said['id']}"
    for answer in queued:
        until(lambda place=answer.headers["Location"]: _sid(paced, place))
    assert all(len(paced.arrived(f"late {number}")) == 1 for number in range(60))
    one = paced.get(f"/messages?reference={said['reference']}").json()["messages"]
    assert [(found["id"], found["reference"]) for found in one] == [(said["id"], said["reference"])]


def _sid(installation, place):
    installation.context.rate_limit._free_at.clear()
    return installation.get(place).json().get("sid")


def test_same_idempotency_key_finds_the_queued_message_again(quick):
    headers = {"Prefer": "respond-async", "Idempotency-Key": "queued-once"}
    first, second = (quick.send(body="queued once", headers=headers) for _ in range(2))
    assert (first.status_code, first.json()) == (202, second.json())
    found = quick.get("/messages?idempotencyKey=queued-once").json()["messages"]
    assert [one["id"] for one in found] == [first.json()["id"]]
    until(lambda: len(quick.arrived("queued once")) == 1)


def test_reference_comes_back_in_every_answer(quick):
    said = quick.send(reference="invoice 7").json()
    assert said["reference"] == "invoice 7"
    assert quick.get(f"/messages/{said['sid']}").json()["reference"] == "invoice 7"
    refused = quick.send(reference="invoice 8", to="nonsense")
    assert (refused.status_code, refused.json()["reference"]) == (400, "invoice 8")
    assert "reference" not in quick.send(to="nonsense").json()


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        pytest.param("to=%2B12025550111", True, id="the recipient"),
        pytest.param("to=(202)%20555-0111", True, id="as people write it"),
        pytest.param("to=%2B12025550178", False, id="somebody else"),
        pytest.param("to=nonsense", False, id="nobody"),
        pytest.param(f"since={(SINCE - timedelta(days=1)).isoformat()}", True, id="since yesterday, plus as a space"),
        pytest.param("since=2100-01-01", False, id="since a later day"),
        pytest.param("status=refused", False, id="another status"),
    ],
)
def test_list_is_filtered(quick, query, holds):
    sid = quick.send(to="+12025550111", body="to be listed").json()["sid"]
    listed = quick.get(f"/messages?{query}").json()["messages"]
    assert (sid in [one["sid"] for one in listed]) is holds


def test_pages_of_the_list_hold_everything_once(quick, monkeypatch):
    monkeypatch.setattr("mms.http.routes.messages._PAGE", 3)
    mine = [quick.send(to="+12025550112", body=f"page {number}").json()["sid"] for number in range(7)]
    seen, cursor = [], ""
    while cursor is not None:
        page = quick.get(f"/messages?to=%2B12025550112{cursor and f'&cursor={cursor}'}").json()
        seen += [one["sid"] for one in page["messages"]]
        cursor = page["next"]
    assert seen == mine[::-1]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        pytest.param("colour=red", "colour", id="unknown"),
        pytest.param("since=yesterday", "since", id="no time"),
        pytest.param("cursor=-1", "cursor", id="no cursor of ours"),
        pytest.param("cursor=" + "9" * 20, "cursor", id="too large"),
    ],
)
def test_unfit_query_is_refused_and_named(quick, query, named):
    answer = quick.get(f"/messages?{query}")
    assert (answer.status_code, answer.json()["fields"]) == (400, [named])


def test_unknown_query_is_refused_at_calls_with_a_body_too(quick):
    answer = quick.get("/messages/1?dry_run=1")
    assert (answer.status_code, answer.json()["fields"]) == (400, ["dry_run"])
