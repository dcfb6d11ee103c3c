"""Every error of our own routes in one form: `{"success": false, "message", "code"}`."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from mms.errors import MmsError, NotAllowed
from mms.http.routes.models import Problem
from mms.http.work_threads import Overloaded, TookTooLong
from mms.recipients import SeveralSheetsError

_STATUS_CODES = {404: ("not_found", "There is nothing here."), 405: ("method_not_allowed", "Not with this method.")}
_ERROR_STATUS = {
    "over_budget": 403,
    **dict.fromkeys(
        (
            "no_such_campaign",
            "no_such_list",
            "no_such_picture_template",
            "no_such_pool",
            "no_such_segment",
            "no_such_recurring",
            "no_such_word",
        ),
        404,
    ),
    **dict.fromkeys(("wrong_state", "already_sent", "word_taken", "nothing_to_retry", "idempotency_key_reused"), 409),
    **dict.fromkeys(("no_test", "no_such_version", "choose_version"), 409),
    **dict.fromkeys(("template", "bad_sender", "no_sender", "bad_number", "not_after"), 400),
}
_WORDS = {  # pydantic's kinds of error that say more than "is not valid"
    "missing": "is missing",
    "extra_forbidden": "is not a field of this call",
    "string_too_short": "is empty",
    "too_short": "is empty",
    "string_type": "must be text",
}


class ApiProblem(Exception):  # noqa: N818 - becomes an answer, not a traceback
    """An answer other than success, on its way out."""

    def __init__(self, status: int, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.code)
        self.status = status
        self.problem = problem
        self.headers = dict(headers or {})

    @classmethod
    def of(cls, http_status: int, code: str, message: str, **more: Any) -> "ApiProblem":
        """A problem of a code and a sentence."""
        return cls(http_status, Problem(code=code, message=message, **more))

    def about(self, reference: str | None) -> "ApiProblem":
        """The same, with the caller's own name for what was asked."""
        if reference is None:
            return self
        content = {**self.problem.model_dump(), "reference": reference}
        return ApiProblem(self.status, Problem.model_validate(content), self.headers)

    def response(self) -> Response:
        """The answer in the one form."""
        content = self.problem.model_dump(exclude_none=True)
        return JSONResponse(content, status_code=self.status, headers=self.headers)


def database_busy() -> ApiProblem:
    """Nothing was done, and asking again is safe."""
    message = "The database does not answer in time. Nothing was done; ask again in a moment."
    return ApiProblem(503, Problem(code="busy", message=message), {"Retry-After": "2"})


def install(app: FastAPI) -> None:
    """Give every error of `app` the one form."""

    @app.exception_handler(ApiProblem)
    async def _own(_request: Request, error: ApiProblem) -> Response:
        return error.response()

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        if any(one["loc"][0] == "path" for one in error.errors()):
            return ApiProblem.of(404, "not_found", "There is nothing with this number.").response()
        if not request.headers.get("Content-Type", "").lower().startswith("application/json"):
            return ApiProblem.of(
                415, "not_json", "Send JSON, with the header Content-Type: application/json."
            ).response()
        return _invalid_call(error.errors()).response()

    @app.exception_handler(MmsError)
    async def _refused(_request: Request, error: MmsError) -> Response:
        return _of_error(error).response()

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        code, message = _STATUS_CODES.get(error.status_code, ("invalid", "The call cannot be read."))
        headers = dict(error.headers or {})
        if error.status_code == 405 and (allowed := _allowed(request)):
            headers["Allow"] = allowed
        return ApiProblem(error.status_code, Problem(code=code, message=message), headers).response()

    @app.exception_handler(Overloaded)
    @app.exception_handler(TookTooLong)
    @app.exception_handler(SQLAlchemyError)
    async def _busy(_request: Request, _error: Exception) -> Response:
        return database_busy().response()


def _allowed(request: Request) -> str:
    """Every method that some route of this path has; the framework names those of the first route only."""
    described = request.app.openapi()["paths"]
    segments = request.url.path.split("/")
    matching = [
        calls
        for path, calls in described.items()
        if len(parts := path.split("/")) == len(segments)
        and all(part == segment or part.startswith("{") for part, segment in zip(parts, segments, strict=True))
    ]
    return ", ".join(sorted({method.upper() for calls in matching for method in calls}))


def _of_error(error: MmsError) -> ApiProblem:
    """What the rooms below refuse, in the API's form."""
    status = 403 if isinstance(error, NotAllowed) else _ERROR_STATUS.get(str(error.code), 422)
    sheets = [{"name": n, "rows": rows} for n, rows in error.sheets] if isinstance(error, SeveralSheetsError) else None
    more = {} if sheets is None else {"sheets": sheets}
    return ApiProblem.of(status, str(error.code), error.message, **more)


def _invalid_call(errors: Sequence[Any]) -> ApiProblem:
    if any(error["type"] == "json_invalid" for error in errors):
        return ApiProblem.of(400, "invalid_json", "The body of the call is not valid JSON.")
    kinds: dict[str, str] = {}
    for error in errors:
        kinds.setdefault(_field(error["loc"]), _what(error))
    if "" in kinds:
        return ApiProblem.of(400, "invalid", "The body of the call must be a JSON object.")
    sentence = "; ".join(f"{name} {what}" for name, what in kinds.items())
    missing = all(what == "is missing" for what in kinds.values())
    return ApiProblem.of(400, "missing_field" if missing else "invalid_field", f"{sentence}.", fields=list(kinds))


def _what(error: Any) -> str:
    if len(error["loc"]) > 2:  # one of several forms, or an entry of a list
        return "is not a web address, nor a list of up to ten"
    if "max_length" in error.get("ctx", {}):
        unit = "characters" if isinstance(error["input"], str) else "entries"
        return f"is too long: {len(error['input']):,} {unit}, at most {error['ctx']['max_length']:,}"
    return _WORDS.get(error["type"], "is not valid")


def _field(location: tuple[Any, ...]) -> str:
    """The field's name as the caller wrote it; values never come back, they may hold numbers."""
    if location[0] == "header":  # FastAPI names headers in lower case
        return str(location[1]).title()
    return str(location[1])[:60] if len(location) > 1 else ""
