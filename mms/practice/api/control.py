"""`/practice/health`, `/practice/requests`, `/practice/faults`, `/practice/settings`: for tests and benchmarks."""

import os
import time
from dataclasses import asdict
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mms.practice.api.asked import practice_of, whole_number
from mms.practice.messages.faults import Plan

PAGE = 10_000


async def health(request: Request) -> Response:
    """Alive; answers only to its own token, so the caller knows it is the right server."""
    calls = practice_of(request).calls
    return JSONResponse({"status": "UP", "pid": os.getpid(), "cpu_seconds": time.process_time(), "calls": calls})


async def stop(request: Request) -> Response:
    """`POST`: end this server once the requests under way are answered."""
    request.app.state.host.stop()
    return Response(status_code=204)


async def requests(request: Request) -> Response:
    """Every create that arrived, in order, up to 10,000 after `after`, with its fields as they came."""
    rows = practice_of(request).log.requests_after(whole_number(request, "after", 0), PAGE)
    found = [
        {"id": row_id, **record._asdict(), "form": parse_qs(record.form, keep_blank_values=True)}
        for row_id, record in rows
    ]
    return JSONResponse({"requests": found})


async def faults(request: Request) -> Response:
    """`POST` a plan (`{}` ends all faults); `GET` tells the plan in force."""
    current = practice_of(request).faults
    if request.method == "POST":
        try:
            current.use(Plan.from_json(await request.json()))
        except ValueError as error:
            return JSONResponse({"message": str(error)}, 400)
    return JSONResponse(asdict(current.plan))


async def settings(request: Request) -> Response:
    """`POST {"time_scale", "inbound_url", "click_share"}`; each may be left out."""
    practice, wanted = practice_of(request), await request.json()
    practice.time_scale = float(wanted.get("time_scale", practice.time_scale))
    practice.inbound_url = str(wanted.get("inbound_url", practice.inbound_url))
    practice.click_share = float(wanted.get("click_share", practice.click_share))
    names = ("time_scale", "inbound_url", "click_share")
    return JSONResponse({name: getattr(practice, name) for name in names})
