"""`GET` and `HEAD /l/{code}`: a person's short link. Notes the visit and leads to where the text pointed."""

from functools import partial

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from mms.http.context import WEBHOOK_SECONDS, Context, context_of
from mms.http.middleware.error_responses import database_busy
from mms.http.work_threads import Overloaded, TookTooLong
from mms.links.clicks import Click
from mms.links.redirect import Target, target_of
from mms.links.visitors import Visit, Who, device_of, who_asks

# Never kept on the way, else the second visit would not be seen; and the next site does not learn the code.
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
_GONE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>This link leads nowhere</title>
<style>:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 32rem; margin: 12vh auto; padding: 0 1rem; }</style></head><body><main>
<h1>This link leads nowhere</h1><p>It is not complete, or the offer is over. Ask whoever sent you the message.</p>
</main></body></html>"""

log = structlog.get_logger(__name__)
router = APIRouter(include_in_schema=False)


@router.api_route("/l/{code}", methods=["GET", "HEAD"])
async def open_link(request: Request, code: str) -> Response:
    """302 to the link of the text; where the visit cannot be noted in time, the person goes on all the same."""
    context = context_of(request)
    try:
        target, now = await context.threads.run(partial(_find, context, code), seconds=WEBHOOK_SECONDS)
    except (Overloaded, TookTooLong):
        raise database_busy() from None
    if target is None:
        return HTMLResponse(_GONE, 404, headers=_HEADERS)
    await _note(context, target, Visit.of(request.method, request.headers), now)
    return Response(status_code=302, headers={**_HEADERS, "Location": target.url})


def _find(context: Context, code: str) -> tuple[Target | None, float]:
    with context.ledger.read() as connection:
        return target_of(connection, code), context.ledger.now(connection)


async def _note(context: Context, target: Target, visit: Visit, now: float) -> None:
    who = who_asks(visit, None if target.sent_at is None else now - target.sent_at)
    device = device_of(visit.agent) if who is Who.PERSON else None
    try:
        await context.clicks.do(Click(target.campaign_id, target.row_id, target.place, who, device))
    except (Overloaded, TookTooLong):
        log.warning("a visit of a link was not noted in time", campaign=target.campaign_id)
