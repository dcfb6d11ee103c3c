"""How the calls stand in /openapi.json: every answer that a caller may get, in one table."""

from typing import Any

from mms.http.routes.models import MessagePage, MessageStatus, Problem, Queued, Waiting

PROBLEMS = {
    400: "A field is missing or invalid (`fields` names it), or Twilio refused the message (`twilio_code`)",
    401: "No key, or one that is not known (also Twilio's 401, with `twilio_code`)",
    403: "Twilio refused: not allowed (`twilio_code`)",
    404: "Not found",
    405: "Method not allowed",
    408: "The body of the call came too slowly",
    409: "The Idempotency-Key was used for another message",
    413: "The body of the call is too large",
    415: "Not JSON, or compressed",
    422: "The recipient has opted out: nothing was sent",
    429: "This key calls too often; `Retry-After` says when to go on",
    503: "Nothing was sent, and asking again is safe; or no key exists yet (`no_keys`)",
    504: "Twilio did not answer: the message may have gone out (`status` is `unknown`)",
}
_RETRY_AFTER = {"description": "Seconds to wait before the next call.", "schema": {"type": "integer"}}
_REQUEST_ID = {
    "description": "Names this call in the installation's log: yours when you sent one, else a made one.",
    "schema": {"type": "string"},
}
_WITH_WAIT = frozenset({202, 429, 503})


def answers(*statuses: int, **others: Any) -> dict[int | str, dict[str, Any]]:
    """The problems that a call may end with, and what every answer's head holds; `others` are more answers."""
    described: dict[int | str, dict[str, Any]] = {
        status: {"model": Problem, "description": PROBLEMS[status]} for status in statuses
    }
    described |= {int(status.removeprefix("on_")): answer for status, answer in others.items()}
    for status, answer in described.items():
        waits = {"Retry-After": _RETRY_AFTER} if status in _WITH_WAIT else {}
        answer["headers"] = {"X-Request-Id": _REQUEST_ID, **waits}
    return described


_KEYED = (400, 401, 404, 405, 415, 429, 503)  # of every call behind a key
SEND_MMS: dict[str, Any] = {
    "operation_id": "sendMms",
    "response_model": Queued,
    "response_model_exclude_none": True,
    "summary": "Send one picture message",
    "tags": ["Messages"],
    "responses": answers(
        *_KEYED,
        *(403, 408, 409, 413, 422, 504),
        on_202={"model": Waiting, "description": "Committed; it is sent in its turn. `Retry-After`: when, about"},
    ),
}
MESSAGE: dict[str, Any] = {
    "operation_id": "getMessage",
    "response_model": MessageStatus,
    "response_model_exclude_none": True,
    "summary": "Last known status of a message",
    "tags": ["Messages"],
    "responses": answers(*_KEYED),
}
MESSAGES: dict[str, Any] = {
    "operation_id": "listMessages",
    "response_model": MessagePage,
    "summary": "Messages, newest first",
    "tags": ["Messages"],
    "responses": answers(*_KEYED),
}
