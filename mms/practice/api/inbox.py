"""`/practice/messages`: the log as the dashboard's practice inbox shows it, and the button that empties it."""

import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mms.practice.account import MAIN
from mms.practice.api.asked import practice_of, whole_number
from mms.practice.messages.create_request import e164
from mms.practice.messages.message import as_json

MAX_PAGE = 500


async def messages(request: Request) -> Response:
    """Newest first. `search`: part of a number or text; `number`: one person's conversation; `offset`, `limit`."""
    practice, query, now = practice_of(request), request.query_params, time.time()
    where, values = _wanted(query.get("number", ""), query.get("search", ""))
    limit, offset = min(whole_number(request, "limit", 50), MAX_PAGE), whole_number(request, "offset", 0)
    found = practice.log.select(where, values, limit=limit, offset=offset)
    shown = [{**as_json(m, now), "media_urls": m.media_urls} for _, m in found]
    return JSONResponse({"messages": shown, "total": practice.log.count(where, values)})


async def conversations(request: Request) -> Response:
    """One entry per person, the one who was texted last first; `search`, `offset`, `limit` as for messages."""
    practice, now = practice_of(request), time.time()
    where, values = _wanted("", request.query_params.get("search", ""))
    limit, offset = min(whole_number(request, "limit", 50), MAX_PAGE), whole_number(request, "offset", 0)
    found = practice.log.conversations(where, values, limit=limit, offset=offset)
    shown = [
        {"number": person, "messages": count, "last": {**as_json(m, now), "media_urls": m.media_urls}}
        for person, count, m in found
    ]
    return JSONResponse({"conversations": shown})


async def inbound(request: Request) -> Response:
    """`POST {"from", "body", "to"?, "url"?, "media"?}`: a person texts the account's number, the main one without `to`.

    `media` are addresses of the files that come with it. `url` is told instead of the configured inbound webhook; the
    answer has the webhook's status.
    """
    practice, sent = practice_of(request), await request.json()
    message, status = await practice.replies.receive(
        e164(sent["from"]),
        e164(sent.get("to", MAIN.number)),
        sent["body"],
        sent.get("url", practice.inbound_url),
        [str(url) for url in sent.get("media", ())],
    )
    return JSONResponse({"message": as_json(message, time.time()), "webhook_status": status}, 201)


async def clear(request: Request) -> Response:
    """Forget all messages, requests and opt-outs."""
    practice = practice_of(request)
    practice.log.clear()
    practice.opt_outs.clear()
    practice.hosted_files.clear()
    practice.calls.clear()
    return Response(status_code=204)


def _wanted(number: str, search: str) -> tuple[str, list[Any]]:
    if number:
        return "(to_number = ? OR from_number = ?)", [number, number]
    if search:
        part = f"%{search.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
        return "(to_number LIKE ? ESCAPE '!' OR from_number LIKE ? ESCAPE '!' OR body LIKE ? ESCAPE '!')", [part] * 3
    return "1", []
