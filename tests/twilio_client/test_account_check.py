"""Looking at the account, whatever answers at its address: a sentence, never an exception."""

from collections.abc import Callable
from typing import Any

import pytest
from odd_twilio import HTML, OddTwilio

from mms.twilio_client import check_account, sign_in_problem

NOT_TWILIO = [HTML, "", "[]", "null", "5", "[" * 100_000, b"\xff"]


@pytest.mark.parametrize("body", NOT_TWILIO)
@pytest.mark.parametrize("status", [200, 302])
def test_an_answer_that_is_not_twilios_is_said_to_be(
    odd_twilio: Callable[..., OddTwilio], status: int, body: Any
) -> None:
    account = odd_twilio(lambda _method, _target: (status, body, {})).account
    assert sign_in_problem(account) is None  # it says nothing about sending
    (problem,) = check_account(account).problems
    assert "is not Twilio" in problem


@pytest.mark.parametrize("body", [HTML, "", {"code": 20003, "message": "no"}])
def test_a_closed_door_is_said_to_be(odd_twilio: Callable[..., OddTwilio], body: Any) -> None:
    account = odd_twilio(lambda _method, _target: (401, body, {})).account
    problem = sign_in_problem(account)
    assert problem is not None
    assert "does not accept" in problem
    assert check_account(account).problems == (problem,)
