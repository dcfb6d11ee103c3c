"""`GET Messages.json`: Twilio's filters, newest `DateSent` first, pages chained by `next_page_uri`."""

import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mms.practice.api.asked import practice_of, whole_number
from mms.practice.messages.create_request import e164
from mms.practice.messages.faults import Plan
from mms.practice.messages.message import as_json
from mms.practice.messages.refusals import Refusal
from mms.practice.messages.shown import HIDDEN, shown

MAX_PAGE = 1000
DEFAULT_PAGE = 50


async def list_messages(request: Request) -> Response:
    """One page. The token of the next one is the place after the last message, so new messages cause no repeats."""
    practice, now, query = practice_of(request), time.time(), request.query_params
    plan = practice.faults.plan
    practice.calls["list"] += 1
    if practice.faults.random.random() < plan.lists_failing:
        raise Refusal(20500)
    size = _page_size(request)
    where, values = _filters(query, now, plan)
    found = practice.log.select(where, values, limit=size + 1)
    page, more = found[:size], len(found) > size
    return JSONResponse(
        {
            "messages": [shown(as_json(message, now), plan) for _, message in page],
            "page": whole_number(request, "Page", 0),
            "page_size": size,
            "uri": _uri(request, query),
            "first_page_uri": _uri(request, {**query, "Page": "0", "PageToken": ""}),
            "previous_page_uri": None,
            "next_page_uri": _next_page(request, page[-1]) if more else None,
        }
    )


def _filters(query: Mapping[str, str], now: float, plan: Plan) -> tuple[str, list[Any]]:
    terms: list[tuple[str, tuple[Any, ...]]] = [("created_at <= ?", (now - plan.list_lag,))]
    if query.get("To") and plan.redact_log and plan.redact_filter:
        terms.append(("substr(to_number, 1, length(to_number) - 4) || ? = ?", (HIDDEN, query["To"])))
    elif query.get("To"):
        terms.append(("to_number = ?", (e164(query["To"]),)))
    if query.get("From"):
        # Nobody is `from` before the service has chosen.
        terms.append(("from_number = ? AND queued_at <= ?", (e164(query["From"]), now)))
    terms += _dates(query, now)
    if query.get("PageToken"):
        terms.append(("(sent_at, id) < (?, ?)", _place(query["PageToken"])))
    return " AND ".join(term for term, _ in terms), [value for _, values in terms for value in values]


def _dates(query: Mapping[str, str], now: float) -> list[tuple[str, tuple[Any, ...]]]:
    """Whole days of GMT, the documented grain. A message that was not sent yet has no DateSent and is in no day."""
    terms: list[tuple[str, tuple[Any, ...]]] = []
    if day := query.get("DateSent"):
        start = _day(day)
        terms.append(("sent_at >= ? AND sent_at < ?", (_epoch(start), _epoch(start + timedelta(1)))))
    if day := query.get("DateSent<"):
        terms.append(("sent_at < ?", (_epoch(_day(day) + timedelta(1)),)))
    if day := query.get("DateSent>"):
        terms.append(("sent_at >= ?", (_epoch(_day(day)),)))
    return [*terms, ("sent_at <= ? AND canceled_at IS NULL", (now,))] if terms else []


def _day(text: str) -> date:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise Refusal(20001) from None


def _epoch(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _page_size(request: Request) -> int:
    size = whole_number(request, "PageSize", DEFAULT_PAGE)
    if not size:
        raise Refusal(20001)
    return min(size, MAX_PAGE)


def _place(token: str) -> tuple[float, int]:
    sent_at, _, row_id = token.removeprefix("PA").partition("_")
    try:
        return float.fromhex(sent_at), int(row_id)
    except ValueError:
        raise Refusal(20001) from None


def _next_page(request: Request, last: tuple[int, Any]) -> str:
    row_id, message = last
    query = request.query_params
    page = str(whole_number(request, "Page", 0) + 1)
    token = f"PA{message.sent_at.hex()}_{row_id}"
    return _uri(request, {**query, "Page": page, "PageToken": token})


def _uri(request: Request, query: Mapping[str, str]) -> str:
    return f"{request.url.path}?{urlencode({k: v for k, v in query.items() if v})}"
