"""`/practice/messages`: the log as the dashboard's practice inbox shows it, and the button that empties it."""

import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mms.practice.api.messages import practice_of
from mms.practice.message import as_json

MAX_PAGE = 500


async def messages(request: Request) -> Response:
    """Newest first. `search`: part of a number or text; `number`: one person's conversation; `offset`, `limit`."""
    practice, query, now = practice_of(request), request.query_params, time.time()
    where, values = _wanted(query.get("number", ""), query.get("search", ""))
    limit = min(int(query.get("limit", "50")), MAX_PAGE)
    found = practice.log.select(where, values, limit=limit, offset=int(query.get("offset", "0")))
    shown = [{**as_json(m, now), "media_urls": m.media_urls} for _, m in found]
    return JSONResponse({"messages": shown, "total": practice.log.count(where, values)})


async def clear(request: Request) -> Response:
    """Forget all messages, requests and opt-outs."""
    practice = practice_of(request)
    practice.log.clear()
    practice.opt_outs.clear()
    return Response(status_code=204)


def _wanted(number: str, search: str) -> tuple[str, list[Any]]:
    if number:
        return "(to_number = ? OR from_number = ?)", [number, number]
    if search:
        part = f"%{search.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
        return "(to_number LIKE ? ESCAPE '!' OR from_number LIKE ? ESCAPE '!' OR body LIKE ? ESCAPE '!')", [part] * 3
    return "1", []
