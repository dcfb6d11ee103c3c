"""What one create came to, by what the server really answered."""

import asyncio
from collections.abc import Callable

import pytest
from odd_twilio import HTML, OddTwilio

from mms.twilio_client import Accepted, Account, Busy, NoAnswer, Outcome, Refused
from mms.twilio_client.message_sender import MessageSender
from mms.twilio_client.transport import retry_after

SID = "MM" + "0" * 32


class Open:
    """A gate that lets everything pass."""

    def passes(self) -> bool:
        return True

    def has_passed(self) -> None:
        pass


def problem(status: object, code: object) -> dict[str, object]:
    """RFC 9457, of which the SDK believes the status."""
    return {"type": "x", "title": "x", "status": status, "code": code}


ANSWERS = [
    pytest.param(201, {"sid": SID, "status": "queued"}, Accepted(SID, "queued"), id="created"),
    pytest.param(200, {"sid": SID, "status": "queued"}, Accepted(SID, "queued"), id="200 instead of 201"),
    pytest.param(201, {"sid": SID, "status": None}, Accepted(SID, "queued"), id="no status"),
    pytest.param(201, {"sid": "SM0001", "status": "queued"}, Accepted("SM0001", "queued"), id="a short SID"),
    pytest.param(
        201, {"sid": SID, "status": "failed", "error_code": 21610}, Accepted(SID, "failed", 21610), id="failed at once"
    ),
    pytest.param(
        201, {"sid": SID, "status": "failed", "error_code": "30005"}, Accepted(SID, "failed", 30005), id="code as text"
    ),
    pytest.param(201, {"sid": 5, "status": "queued"}, NoAnswer(201), id="number for a SID"),
    pytest.param(201, {"status": "queued"}, NoAnswer(201), id="no SID"),
    pytest.param(201, "null", NoAnswer(201), id="null"),
    pytest.param(201, [], NoAnswer(201), id="a list"),
    pytest.param(201, HTML, NoAnswer(201), id="a web page"),
    pytest.param(201, "[" * 100_000, NoAnswer(201), id="brackets without end"),
    pytest.param(201, '{"sid": "' + SID + '", "body": "\ufffd"}', Accepted(SID, "queued"), id="odd text"),
    pytest.param(
        201, b'{"sid": "' + SID.encode() + b'", "body": "\xff\xfe"}', Accepted(SID, "queued"), id="spoilt text"
    ),
    pytest.param(302, "", NoAnswer(302), id="redirect"),
    pytest.param(400, {"code": 21211, "message": "no", "status": 400}, Refused(21211, 400), id="refused"),
    pytest.param(400, {"code": "21211", "message": "no"}, Refused(21211, 400), id="refused, code as text"),
    pytest.param(400, problem(400, 21211), Refused(21211, 400), id="refused in the newer form"),
    pytest.param(400, problem("400", 21211), Refused(21211, 400), id="status as text"),
    pytest.param(400, problem(500, 21211), Refused(21211, 400), id="body claims 500"),
    pytest.param(500, problem(400, 21211), NoAnswer(500), id="500 whose body claims 400"),
    pytest.param(500, problem("400", 21211), NoAnswer(500), id="500 whose body claims 400 as text"),
    pytest.param(500, {"code": 20500, "message": "no", "status": 500}, NoAnswer(500), id="500"),
    pytest.param(500, "null", NoAnswer(500), id="500 null"),
    pytest.param(500, "[1]", NoAnswer(500), id="500 list"),
    pytest.param(500, "[" * 100_000, NoAnswer(500), id="500 brackets without end"),
    pytest.param(502, HTML, NoAnswer(502), id="502"),
    pytest.param(401, {"code": 20003, "message": "no", "status": 401}, Refused(20003, 401), id="signed out"),
    pytest.param(401, HTML, Refused(None, 401), id="signed out with a web page"),
    pytest.param(401, "", Refused(None, 401), id="signed out without a word"),
    pytest.param(400, {"message": "bad", "status": 400}, Refused(None, 400), id="an API's no without a code"),
    pytest.param(400, HTML, NoAnswer(400), id="400 of who knows whom"),
    pytest.param(403, HTML, NoAnswer(403), id="403 of who knows whom"),
    pytest.param(404, HTML, NoAnswer(404), id="404 of who knows whom"),
    pytest.param(408, {"message": "timed out"}, NoAnswer(408), id="408"),
    pytest.param(409, {"message": "conflict"}, NoAnswer(409), id="409"),
    pytest.param(429, HTML, Busy(), id="429"),
]


@pytest.mark.parametrize(("status", "body", "outcome"), ANSWERS)
def test_the_answer_is_judged_by_its_http_status(
    odd_twilio: Callable[..., OddTwilio], status: int, body: object, outcome: Outcome
) -> None:
    odd = odd_twilio(lambda _method, _target: (status, body, {}))
    assert post(odd.account) == outcome
    assert len(odd.asked) == 1


@pytest.mark.parametrize("header", ["gzip", "br"])
def test_bytes_that_cannot_be_unpacked_are_no_answer(odd_twilio: Callable[..., OddTwilio], header: str) -> None:
    odd = odd_twilio(lambda _method, _target: (201, b"not packed", {"Content-Encoding": header}))
    assert isinstance(post(odd.account), NoAnswer)


DATE = "Wed, 25 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        pytest.param(None, None, id="none"),
        pytest.param("7", 7.0, id="seconds"),
        pytest.param(" 1.5 ", 1.5, id="fraction"),
        pytest.param("Wed, 25 Nov 2026 12:00:09 GMT", 9.0, id="date"),
        pytest.param("Wed, 25 Nov 2026 12:00:09 -0000", 9.0, id="date without zone"),
        pytest.param("Wed, 25 Nov 2026 11:00:00 GMT", 0.0, id="past"),
        pytest.param("-3", None, id="negative"),
        pytest.param("inf", None, id="endless"),
        pytest.param("soon", None, id="words"),
        pytest.param("", None, id="empty"),
    ],
)
def test_retry_after_is_read_in_every_form(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, DATE) == seconds


def test_the_wait_that_a_busy_server_asks_for_is_heard(odd_twilio: Callable[..., OddTwilio]) -> None:
    odd = odd_twilio(lambda _method, _target: (429, HTML, {"Retry-After": "2.5"}))
    assert post(odd.account) == Busy(2.5)


def post(account: Account) -> Outcome:
    async def once() -> Outcome:
        async with MessageSender(account, "+12025550100", timeout=20) as sender:
            return await sender.post(1, "+12025550101", "Hello", [], Open())

    return asyncio.run(once())
