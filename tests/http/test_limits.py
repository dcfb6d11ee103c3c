"""Slow bodies are given up, stopping servers let callers go, busy databases are said as such."""

import asyncio
import json
import threading

import pytest

from mms.http.middleware.body_limits import BodyLimits
from mms.http.middleware.rate_limit import RateLimit
from mms.http.send_results import Outcomes
from mms.http.work_threads import Overloaded, TookTooLong, WorkThreads
from mms.ledger import open_ledger
from mms.settings import settings_from


def test_body_that_comes_too_slowly_is_given_up():
    async def never(_scope, _receive, _send):
        pytest.fail("the application must not see it")

    answers = []

    async def receive():
        await asyncio.sleep(30)

    async def send(message):
        answers.append(message)

    scope = {"type": "http", "method": "POST", "path": "/send-mms", "headers": []}
    limits = BodyLimits(never, paths=frozenset({"/send-mms"}), seconds=0.05)
    asyncio.run(limits(scope, receive, send))
    assert answers[0]["status"] == 408
    assert (b"connection", b"close") in answers[0]["headers"]
    assert json.loads(answers[1]["body"])["code"] == "too_slow"


def test_body_of_other_paths_and_methods_passes_untouched():
    seen = []

    async def app(_scope, receive, _send):
        seen.append(await receive())

    async def receive():
        return {"type": "http.request", "body": b"x" * 10**6}

    limits = BodyLimits(app, paths=frozenset({"/send-mms"}))
    for method, path in (("POST", "/_stcore/upload_file"), ("GET", "/send-mms")):
        asyncio.run(limits({"type": "http", "method": method, "path": path, "headers": []}, receive, None))
    assert [len(message["body"]) for message in seen] == [10**6] * 2


def test_those_who_wait_for_twilio_are_let_go_when_the_server_stops(tmp_path):
    ledger = open_ledger(settings_from({"MMS_DATA_DIR": str(tmp_path)}))
    threads = WorkThreads()

    async def wait_and_stop():
        outcomes = Outcomes(ledger, threads)
        waiting = [asyncio.create_task(outcomes.of(number, 60)) for number in (1, 2, 2)]
        await asyncio.sleep(0)
        outcomes.stop()
        return [await asyncio.wait_for(task, 5) for task in waiting] + [await outcomes.of(3, 60)]

    assert asyncio.run(wait_and_stop()) == [None] * 4
    threads.close()
    ledger.close()


def test_work_that_cannot_begin_in_time_was_not_begun():
    gate, begun = threading.Event(), []

    async def crowd():
        threads = WorkThreads()
        blocking = [asyncio.create_task(threads.run(gate.wait, seconds=30)) for _ in range(8)]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await threads.run(begun.append, 1, seconds=0.05)
        gate.set()
        await asyncio.gather(*blocking)
        threads.close()

    asyncio.run(crowd())
    assert begun == []


def test_work_that_runs_too_long_is_said_to_be_open():
    gate = threading.Event()

    async def slow():
        threads = WorkThreads()
        with pytest.raises(TookTooLong):
            await threads.run(gate.wait, seconds=0.05)
        gate.set()
        threads.close()

    asyncio.run(slow())


@pytest.mark.parametrize(
    ("calls_per_minute", "at", "waits"),
    [
        pytest.param(60, [0.0] * 61, 1.0, id="a minute's worth at once"),
        pytest.param(60, [0.0] * 60 + [1.0], 0.0, id="then one a second"),
        pytest.param(2, [0.0, 0.0, 29.0], 1.0, id="the next one is not due yet"),
        pytest.param(2, [0.0, 0.0, 30.0], 0.0, id="the next one is due"),
        pytest.param(2, [0.0, 0.0, 0.0, 0.0, 30.0], 0.0, id="refused calls cost nothing"),
    ],
)
def test_rate_of_a_key(calls_per_minute, at, waits):
    moments = iter(at)
    limit = RateLimit(clock=lambda: next(moments))
    assert [limit.wait("shop", calls_per_minute) for _ in at][-1] == pytest.approx(waits)
