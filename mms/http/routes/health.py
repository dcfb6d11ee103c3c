"""`/health`: this process is alive. `/ready`: messages would go out now. `/metrics`: numbers for Prometheus."""

from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from mms.http.context import context_of
from mms.http.middleware.authentication import admitted
from mms.http.routes.models import Health, Readiness

METRICS_SECONDS = 10.0
router = APIRouter(tags=["Operations"])
_NOT_READY: dict[int | str, dict[str, Any]] = {503: {"model": Readiness, "description": "Something is missing"}}


@router.head("/health", include_in_schema=False)  # load balancers ask like this; the server leaves the body out
@router.get("/health", summary="Alive")
async def health(request: Request) -> Health:
    """Answers as long as the process runs, whatever the database does."""
    return Health(version=request.app.version)


@router.head("/ready", include_in_schema=False)
@router.get("/ready", summary="Ready to send", responses=_NOT_READY)
async def ready(request: Request, response: Response) -> Readiness:
    """Asks the database, looks for the worker, and signs in at Twilio (once a minute at most)."""
    readiness = await context_of(request).readiness.look()
    response.status_code = 200 if readiness.status == "READY" else 503
    return readiness


@router.get(
    "/metrics",
    summary="Metrics for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus text"}},
)
async def metrics(request: Request) -> Response:
    """Queue, pace, worker, unknown messages, receipts, disk, backup, budget; to other computers with a key only."""
    context = context_of(request)
    if "Authorization" in request.headers:  # without it only this computer comes so far: `HostGuard`
        await admitted(request)
    text = await context.threads.run(context.metrics.text, seconds=METRICS_SECONDS)
    return Response(text, media_type=CONTENT_TYPE_LATEST)
