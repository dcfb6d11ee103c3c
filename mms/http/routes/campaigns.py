"""Campaigns over HTTP: made, listed, shown, steered and reported, as on the command line."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Header, Query, Request, Response, Security
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.security import HTTPBearer
from pydantic import ValidationError

from mms.campaigns import controls
from mms.campaigns.drafts.content import DraftContent, Start
from mms.campaigns.launch.checking import saved_people
from mms.campaigns.launch.checklist import ALL_PROBLEMS, Sending
from mms.campaigns.launch.program_request import (
    ProgramRequest,
    ToMend,
    launch_for_program,
)
from mms.campaigns.records import campaign
from mms.campaigns.request_keys import request_key_of
from mms.campaigns.retry import retry_campaign
from mms.http.context import Context, context_of
from mms.http.middleware.authentication import DATABASE_SECONDS, KeyedRoute
from mms.http.middleware.error_responses import ApiProblem
from mms.http.routes import campaign_descriptions as described
from mms.http.routes.campaign_models import CampaignOptions, CampaignRow, CampaignRows, ChosenVersion, NewCampaign
from mms.http.routes.query_values import RecordId, invalid, moment, positive_number
from mms.http.routes.send_mms import require_key
from mms.ledger import Ledger
from mms.notices.watching import watch_campaign
from mms.recipients import Upload, read_upload
from mms.recipients.read.records import upload_of_records
from mms.reports import CampaignFilter, campaign_list, show
from mms.reports.campaign.row_table import rows_after
from mms.reports.files.report import write_csv
from mms.reports.timestamps import iso
from mms.roles import Role, User

LAUNCH_SECONDS = 600.0  # a large list with many pictures
REPORT_SECONDS = 300.0
_PAGE = 500
_LISTED = 1_000
_Options = TypeVar("_Options", bound=CampaignOptions)
router = APIRouter(route_class=KeyedRoute, dependencies=[Security(HTTPBearer(auto_error=False))])


def user_of(request: Request) -> User:
    """The key's holder as somebody who may send; a second person is asked for like for people who sign in."""
    name = f"API key {request.state.key_name}"
    return User(name, name, Role.SENDER)


@router.post("/campaigns", **described.CREATE)
async def create_campaign(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(description="Your own name for this campaign: repeating it never sends twice.", max_length=255),
    ] = None,
) -> Response:
    """Check the rows, and send: 201 once the campaign is handed over, 422 with everything that is to be mended."""
    context = context_of(request)
    require_key(idempotency_key)
    asked, read = await _asked(request, context)
    mode = context.settings.mode.value
    key = uuid.uuid4().hex
    key_name = request.state.key_name
    if idempotency_key is not None:
        key = request_key_of(key_name, mode, idempotency_key)

    def work() -> int:
        wanted = _wanted(read(), asked, key)
        place = Sending(context.settings, context.ledger, context.account_now().account_sid, context.senders)
        made = launch_for_program(place, wanted, by=user_of(request))
        watch_campaign(context.ledger, made, key_name)  # a kill in between: the repeated call does it
        return made

    try:
        async with context.launches:
            campaign_id = await context.threads.run(work, seconds=LAUNCH_SECONDS)
    except ToMend as to_mend:
        raise _to_mend(dict(to_mend.summary)) from None
    context.worker.wake()
    return JSONResponse(await _shown(context, campaign_id), 201, {"Location": f"/campaigns/{campaign_id}"})


@router.get("/campaigns", **described.LIST)
async def list_campaigns(
    request: Request,
    reference: Annotated[str | None, Query(description="Only with your own name for it.", max_length=255)] = None,
    idempotency_key: Annotated[
        str | None, Query(alias="idempotencyKey", description="Only of this key.", max_length=255)
    ] = None,
) -> list[dict[str, Any]]:
    """The thousand newest campaigns, newest first."""
    context = context_of(request)
    mode = context.settings.mode.value
    key = None if idempotency_key is None else request_key_of(request.state.key_name, mode, idempotency_key)
    chosen = CampaignFilter(mode=mode, reference=reference, request_key=key)
    return await context.threads.run(_listed, context.ledger, chosen, seconds=DATABASE_SECONDS)


@router.get("/campaigns/{campaign_id}", **described.SHOW)
async def get_campaign(request: Request, campaign_id: RecordId) -> dict[str, Any]:
    """How it stands, and what became of its rows."""
    return await _shown(context_of(request), campaign_id)


@router.get("/campaigns/{campaign_id}/rows", **described.ROWS)
async def list_campaign_rows(
    request: Request,
    campaign_id: RecordId,
    cursor: Annotated[str | None, Query(description="`next` of the page before.", max_length=20)] = None,
) -> CampaignRows:
    """Five hundred rows, in the order of the file."""
    context = context_of(request)
    after = 0 if cursor is None else positive_number("cursor", cursor)
    return await context.threads.run(_rows, context.ledger, campaign_id, after, seconds=DATABASE_SECONDS)


@router.get("/campaigns/{campaign_id}/report.csv", **described.REPORT)
async def get_campaign_report(request: Request, campaign_id: RecordId) -> Response:
    """Every row of the upload exactly once."""
    context = context_of(request)
    await _shown(context, campaign_id)
    pieces = await context.threads.run(write_csv, context.ledger, campaign_id, seconds=REPORT_SECONDS)
    headers = {"Content-Disposition": f'attachment; filename="campaign-{campaign_id}.csv"'}
    return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/campaigns/{campaign_id}/pause", **described.steer("pause"))
async def pause_campaign(request: Request, campaign_id: RecordId) -> dict[str, Any]:
    """Nothing new leaves within a second; `resume` goes on."""
    return await _steered(request, campaign_id, controls.pause)


@router.post("/campaigns/{campaign_id}/resume", **described.steer("resume"))
async def resume_campaign(request: Request, campaign_id: RecordId) -> dict[str, Any]:
    """Go on with a paused or stopped campaign."""
    return await _steered(request, campaign_id, controls.resume)


@router.post("/campaigns/{campaign_id}/cancel", **described.steer("cancel"))
async def cancel_campaign(request: Request, campaign_id: RecordId) -> dict[str, Any]:
    """Take back every row that was not offered to Twilio. Cannot be undone."""
    return await _steered(request, campaign_id, controls.cancel)


@router.post("/campaigns/{campaign_id}/choose", **described.steer("choose"))
async def choose_campaign_version(request: Request, campaign_id: RecordId, chosen: ChosenVersion) -> dict[str, Any]:
    """Send the rest with this version of the message."""
    return await _steered(request, campaign_id, partial(controls.choose_version, version=chosen.version))


@router.post("/campaigns/{campaign_id}/retry", **described.RETRY)
async def retry_campaign_rows(request: Request, campaign_id: RecordId) -> Response:
    """Send again, as a new campaign, to those for whom another try makes sense."""
    context, by = context_of(request), user_of(request)
    key_name = request.state.key_name

    def work() -> int:
        made = retry_campaign(context.ledger, campaign_id, by=by)
        watch_campaign(context.ledger, made, key_name)
        return made

    made = await context.threads.run(work, seconds=LAUNCH_SECONDS)
    context.worker.wake()
    return JSONResponse(await _shown(context, made), 201, {"Location": f"/campaigns/{made}"})


async def _steered(request: Request, campaign_id: int, steer: Callable[..., None]) -> dict[str, Any]:
    context, by = context_of(request), user_of(request)

    def work() -> None:
        steer(context.ledger, campaign_id, by=by)

    await context.threads.run(work, seconds=DATABASE_SECONDS)
    context.worker.wake()
    return await _shown(context, campaign_id)


async def _asked(request: Request, context: Context) -> tuple[CampaignOptions, Callable[[], Upload]]:
    """What was asked, and how its people are read (in a thread, it may take a while)."""
    kind = request.headers.get("Content-Type", "").split(";")[0].strip().lower()
    body = await request.body()
    if kind == "text/csv":
        options = _options_of_query(request)
        return options, lambda: read_upload(body, file_name=options.name or "")
    if kind != "application/json":
        raise ApiProblem.of(415, "not_json", "Send application/json, or people as text/csv.")
    if request.query_params:
        raise invalid(next(iter(request.query_params))[:60], "goes into the JSON body, not into the query.")
    asked = _validated(lambda: NewCampaign.model_validate_json(body))
    sources = [name for name in ("recipients", "list", "segment") if getattr(asked, name) is not None]
    if len(sources) != 1:
        raise ApiProblem.of(
            400, "missing_field", "Name one of: recipients, list, segment.", fields=sources or ["recipients"]
        )
    if asked.recipients is not None:
        records = asked.recipients
        return asked, lambda: upload_of_records(records, name=asked.name or "API")
    mode = context.settings.mode.value
    return asked, lambda: saved_people(context.ledger, list_name=asked.list, segment_name=asked.segment, mode=mode)


def _options_of_query(request: Request) -> CampaignOptions:
    query = request.query_params
    fields: dict[str, Any] = dict(query)
    if "mediaUrl" in query:
        fields["mediaUrl"] = query.getlist("mediaUrl")
    return _validated(lambda: CampaignOptions.model_validate(fields))


def _validated(read: Callable[[], _Options]) -> _Options:
    try:
        return read()
    except ValidationError as error:
        problems = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError(problems) from None


def _wanted(upload: Upload, asked: CampaignOptions, request_key: str) -> ProgramRequest:
    start = _start(asked.at)
    said = DraftContent(
        name=asked.name or upload.file_name or "Campaign",
        body=asked.body,
        media_urls=asked.media_urls,
        picture_template=asked.pictureTemplate,
        sender=asked.sender,
        phone_column=asked.phoneColumn,
        region=asked.region.upper() if asked.region else None,
        include_no_consent=asked.includeNoConsent,
        skip_problems=ALL_PROBLEMS if asked.skipProblems else None,
        allow_repeat=asked.allowRepeat,
        skip_dead=False,  # a program says itself whom it means
        consent=True,  # by making the call
        rate=asked.rate,
        batch_size=asked.batchSize,
        max_in_flight=asked.maxInFlight,
        any_hour=asked.anyHour,
        check_media=asked.mediaCheck,
        start=Start.LATER if start else Start.NOW,
        start_at=start.isoformat() if start else None,
        ends=asked.notAfter is not None,
        not_after=moment("notAfter", asked.notAfter).isoformat() if asked.notAfter else None,
        reference=asked.reference,
        links=asked.links,
        **_utm(asked),
        **_test(asked),
    )
    return ProgramRequest(upload, said, request_key)


def _test(asked: CampaignOptions) -> dict[str, Any]:
    if not isinstance(asked, NewCampaign) or not asked.versions:
        return {}
    test = asked.test
    said: dict[str, Any] = {"test_on": True}
    for name, one in zip("bc", asked.versions, strict=False):
        media = None if one.mediaUrl is None else tuple(one.mediaUrl)
        said |= {f"version_{name}": one.body or "", f"version_{name}_media_urls": media}
    how = {"test_rule": test.rule.value, "test_hours": test.hours, "test_seed": test.seed}
    return {**said, **how, "test_percent": 100 * test.share}


def _utm(asked: CampaignOptions) -> dict[str, Any]:
    if asked.utm and not asked.links:
        raise invalid("utm", "goes with links: own or twilio.")
    return {f"utm_{name}": word for name, word in (asked.utm or {}).items()}


def _start(at: str | None) -> datetime | None:
    if at is None:
        return None
    start = moment("at", at)
    if start < datetime.now(UTC):
        raise invalid("at", "is in the past. Leave it out to start now.")
    return start


def _to_mend(summary: dict[str, Any]) -> ApiProblem:
    message = "Rows or pictures are to be fixed, so nothing was sent. Fix them, or send skipProblems."
    return ApiProblem.of(422, "rows_to_mend", message, **summary)


async def _shown(context: Context, campaign_id: int) -> dict[str, Any]:
    return await context.threads.run(_show, context.ledger, campaign_id, seconds=DATABASE_SECONDS)


def _show(ledger: Ledger, campaign_id: int) -> dict[str, Any]:
    with ledger.read() as connection:
        return show(connection, campaign_id)


def _listed(ledger: Ledger, chosen: CampaignFilter) -> list[dict[str, Any]]:
    with ledger.read() as connection:
        found, _total = campaign_list(connection, chosen, page_size=_LISTED)
        return [show(connection, one.id) for one in found]


def _rows(ledger: Ledger, campaign_id: int, after: int) -> CampaignRows:
    with ledger.read() as connection:
        columns = campaign(connection, campaign_id).columns
        found = rows_after(connection, campaign_id, after, limit=_PAGE + 1)
    shown = [
        CampaignRow(
            id=row.id,
            row=row.row_number,
            to=row.recipient,
            result=row.state.value,
            reason=row.why.reason,
            advice=row.why.advice,
            error_code=row.why.code,
            message_sid=row.message_sid,
            attempts=row.attempts,
            sent_at=iso(row.sent_at),
            updated_at=iso(row.updated_at),
            price=row.price,
            columns=dict(zip(columns, row.cells, strict=False)),
        )
        for row in found[:_PAGE]
    ]
    return CampaignRows(rows=shown, next=str(shown[-1].row) if len(found) > _PAGE else None)
