"""`GET /reports/{id}.csv|.xlsx|.html?token=`: a campaign's report past the page, by a link that the page signed."""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, StreamingResponse
from starlette.background import BackgroundTask

from mms.access.sign_in import admitted
from mms.access.signed_links import is_signed
from mms.access.traces import REPORT, trace
from mms.errors import CampaignError, NotAllowed
from mms.http.context import Context, context_of
from mms.http.middleware.error_responses import ApiProblem
from mms.ledger import Ledger
from mms.reports.files.report import write_csv, write_xlsx
from mms.reports.files.separators import separator_of_upload
from mms.reports.files.summary import summary_html
from mms.roles import Permission, User, require

REPORT_SECONDS = 300.0
router = APIRouter(include_in_schema=False)


@router.get("/reports/{campaign_id}.{ending}")
async def report(request: Request, campaign_id: int, ending: str, token: str = "") -> Response:
    """The report as a download, or as a page to print."""
    context = context_of(request)
    threads = context.threads
    reader = await threads.run(_reader, context, request, seconds=REPORT_SECONDS)
    if not await threads.run(
        partial(is_signed, by=reader), context.ledger, request.url.path, token, seconds=REPORT_SECONDS
    ):
        message = "This link has expired. Open the campaign's page and click on the report again."
        raise ApiProblem.of(403, "link_expired", message)
    write = _FORMS.get(ending)
    if write is None:
        raise ApiProblem.of(404, "no_such_report", "Reports end in .csv, .xlsx or .html.")
    try:
        answer = await threads.run(write, context.ledger, campaign_id, seconds=REPORT_SECONDS)
        what = partial(trace, context.ledger, reader.name, REPORT, subject=str(campaign_id))
        await threads.run(what, seconds=REPORT_SECONDS)
    except CampaignError as error:
        raise ApiProblem.of(404, error.code, error.message) from None
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _reader(context: Context, request: Request) -> User:
    """Who asks: the link is worth nothing to anybody else, nor when the sign-in or the permission has ended."""
    claims = context.claims_of(request.scope) if context.claims_of else None
    if context.claims_of and claims is None:
        raise ApiProblem.of(403, "link_expired", "Sign in, then open the campaign's page and click on the report.")
    try:
        reader = admitted(context.ledger, context.settings, claims)
        require(reader, Permission.EXPORT)
    except NotAllowed as error:
        raise ApiProblem.of(403, error.code, error.message) from None
    return reader


def _csv(ledger: Ledger, campaign_id: int) -> Response:
    with ledger.read() as connection:
        separator = separator_of_upload(connection, campaign_id)
    pieces = write_csv(ledger, campaign_id, separator=separator)
    return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=_download(campaign_id, "csv"))


def _xlsx(ledger: Ledger, campaign_id: int) -> Response:
    with tempfile.NamedTemporaryFile(suffix=".xlsx", delete=False) as file:
        path = Path(file.name)
    try:
        write_xlsx(ledger, campaign_id, path)
    except BaseException:
        path.unlink()
        raise
    return FileResponse(
        path,
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers=_download(campaign_id, "xlsx"),
        background=BackgroundTask(path.unlink),
    )


def _html(ledger: Ledger, campaign_id: int) -> Response:
    return HTMLResponse(summary_html(ledger, campaign_id))


def _download(campaign_id: int, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="campaign-{campaign_id}.{ending}"'}


_FORMS: dict[str, Callable[[Ledger, int], Response]] = {"csv": _csv, "xlsx": _xlsx, "html": _html}
