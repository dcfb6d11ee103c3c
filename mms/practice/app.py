"""The ASGI application: routes by path, Twilio's error form for everything else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp

from mms.practice.account import ACCOUNT_SID
from mms.practice.api import account, control, front, inbox, message_list, messages, registration, serverless
from mms.practice.messages.message import API_VERSION
from mms.practice.messages.refusals import Refusal
from mms.practice.state import Practice

_BASE = f"/{API_VERSION}/Accounts/{ACCOUNT_SID}"

ROUTES = [
    Route(f"{_BASE}/Messages.json", messages.create, methods=["POST"]),
    Route(f"{_BASE}/Messages.json", message_list.list_messages, methods=["GET"]),
    Route(f"{_BASE}/Messages/{{sid}}/Media.json", messages.media, methods=["GET"]),
    Route(f"{_BASE}/Messages/{{sid}}/Media/{{media}}", messages.media_file, methods=["GET"]),
    Route(f"{_BASE}/Messages/{{sid}}.json", messages.fetch, methods=["GET"]),
    Route(f"{_BASE}/Messages/{{sid}}.json", messages.update, methods=["POST"]),
    Route(f"{_BASE}/Messages/{{sid}}.json", messages.delete, methods=["DELETE"]),
    Route(f"{_BASE}/IncomingPhoneNumbers.json", account.numbers, methods=["GET"]),
    Route(f"{_BASE}/IncomingPhoneNumbers/{{sid}}.json", account.number, methods=["GET"]),
    Route(f"{_BASE}.json", account.account, methods=["GET"]),
    Route("/v1/Services", account.services, methods=["GET"]),
    Route("/v1/Services/{sid}", account.service, methods=["GET"]),
    Route("/v1/Services/{sid}/PhoneNumbers", account.service_numbers, methods=["GET"]),
    Route("/v1/Services/{sid}/Compliance/Usa2p", registration.campaigns, methods=["GET"]),
    Route("/v1/a2p/BrandRegistrations", registration.brands, methods=["GET"]),
    Route("/v1/Tollfree/Verifications", registration.toll_free, methods=["GET"]),
    Route(f"{_BASE}/Balance.json", registration.balance, methods=["GET"]),
    *serverless.routes(),
    Route("/practice/health", control.health, methods=["GET"]),
    Route("/practice/stop", control.stop, methods=["POST"]),
    Route("/practice/requests", control.requests, methods=["GET"]),
    Route("/practice/faults", control.faults, methods=["GET", "POST"]),
    Route("/practice/settings", control.settings, methods=["POST"]),
    Route("/practice/inbound", inbox.inbound, methods=["POST"]),
    Route("/practice/messages", inbox.messages, methods=["GET"]),
    Route("/practice/messages", inbox.clear, methods=["DELETE"]),
    Route("/practice/conversations", inbox.conversations, methods=["GET"]),
]

_LOOK_FOR_IDLE_EVERY = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Host:
    """What only the server around the application can do."""

    reset_connection: Callable[[tuple[str, int]], None]
    stop: Callable[[], None]
    idle_seconds: float | None  # stop after so long without requests; None: never


def practice_app(practice: Practice, host: Host) -> ASGIApp:
    """The whole stand-in."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with practice.running(), asyncio.TaskGroup() as tasks:
            background = [tasks.create_task(practice.agenda.run()), tasks.create_task(_stop_when_idle(practice, host))]
            yield
            for task in background:
                task.cancel()

    app = Starlette(
        routes=ROUTES,
        lifespan=lifespan,
        exception_handlers={
            Refusal: front.on_refusal,
            HTTPException: front.on_http_error,
            Exception: front.on_crash,
        },
    )
    app.state.practice = practice
    app.state.host = host
    return front.Front(app, practice)


async def _stop_when_idle(practice: Practice, host: Host) -> None:
    if host.idle_seconds is None:
        return
    while not practice.is_idle(host.idle_seconds):  # noqa: ASYNC110 - idleness raises no event to wait for
        await asyncio.sleep(min(_LOOK_FOR_IDLE_EVERY, host.idle_seconds))
    host.stop()
