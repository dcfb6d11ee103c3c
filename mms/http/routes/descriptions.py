"""How the calls stand in /openapi.json: every answer that a caller may get, in one table."""

from typing import Any

from mms.http.routes.models import MessageStatus, Problem, Queued

_PROBLEMS = {
    400: "A field is missing or invalid (`fields` names it), or Twilio refused the message (`twilio_code`)",
    401: "No key, or one that is not known (also Twilio's 401, with `twilio_code`)",
    403: "Twilio refused: not allowed (`twilio_code`)",
    404: "Not found",
    405: "Method not allowed",
    408: "The body of the call came too slowly",
    409: "The Idempotency-Key was used for another message",
    413: "The body of the call is too large",
    422: "The recipient has opted out: nothing was sent",
    429: "This key calls too often; `Retry-After` says when to go on",
    503: "Nothing was sent, and asking again is safe; or no key exists yet (`no_keys`)",
    504: "Twilio did not answer: the message may have gone out (`status` is `unknown`)",
}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait before the next call.", "schema": {"type": "integer"}}}


def _answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    answers: dict[int | str, dict[str, Any]] = {
        status: {"model": Problem, "description": _PROBLEMS[status]} for status in statuses
    }
    answers[429]["headers"] = _RETRY_AFTER
    return answers


SEND_MMS: dict[str, Any] = {
    "response_model": Queued,
    "response_model_exclude_none": True,
    "summary": "Send one picture message",
    "tags": ["Messages"],
    "responses": _answers(400, 401, 403, 404, 405, 408, 409, 413, 422, 429, 503, 504),
}
MESSAGE: dict[str, Any] = {
    "response_model": MessageStatus,
    "response_model_exclude_none": True,
    "summary": "Last known status of a message",
    "tags": ["Messages"],
    "responses": _answers(401, 404, 405, 429, 503),
}
