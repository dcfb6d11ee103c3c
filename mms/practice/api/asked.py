"""What a route reads from its request, and how it refuses what it cannot read."""

from starlette.requests import Request

from mms.practice.messages.refusals import Refusal
from mms.practice.state import Practice


def practice_of(request: Request) -> Practice:
    """The server's state."""
    practice: Practice = request.app.state.practice
    return practice


def whole_number(request: Request, name: str, default: int) -> int:
    """A query parameter that counts something; absent or empty means the default. Raises Refusal for other text."""
    text = request.query_params.get(name, "")
    if text and not text.isdecimal():
        raise Refusal(20001)
    return int(text) if text else default
