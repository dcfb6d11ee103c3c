"""A whole installation in parts: settings, a real worker process, the site on a real socket."""

import hashlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import uvicorn
from http_tools import until
from starlette.applications import Starlette

from mms.delivery.engine.worker_process import worker_alive, worker_environment
from mms.http.asgi import site
from mms.http.context import Context
from mms.ledger import Ledger, open_ledger
from mms.practice.testing import PracticeServer
from mms.settings import Settings, settings_from
from mms.twilio_client import Account

KEY = "correct horse battery staple"


@dataclass(frozen=True)
class Installation:
    """What a test needs to call and to look behind."""

    url: str
    settings: Settings
    ledger: Ledger
    context: Context
    practice: PracticeServer

    def send(self, *, key: str | None = KEY, headers: dict[str, str] | None = None, **fields: Any) -> requests.Response:
        """`POST /send-mms` with fields that are right unless given; None leaves one out."""
        body = {"to": "+12025550123", "body": "Hello", "mediaUrl": "https://pictures.example/a.jpg"} | fields
        authorization = {"Authorization": f"Bearer {key}"} if key else {}
        return requests.post(
            f"{self.url}/send-mms",
            json={name: value for name, value in body.items() if value is not None},
            headers={**authorization, **(headers or {})},
            timeout=60,
        )

    def get(self, path: str, *, key: str | None = KEY, **options: Any) -> requests.Response:
        """A GET with the key."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return requests.get(self.url + path, headers=headers | options.pop("headers", {}), timeout=30, **options)

    def arrived(self, body: str) -> list[dict[str, Any]]:
        """The creates that reached the practice Twilio with this text."""
        return [one for one in self.practice.remote.requests() if one["form"].get("Body") == [body]]


def installation_settings(data_dir: Path, url: str) -> Settings:
    return settings_from(
        {
            "MMS_DATA_DIR": str(data_dir),
            "MMS_MODE": "practice",
            "MMS_RATE": "0",
            "MMS_REQUEST_TIMEOUT": "1.5",
            "MMS_SETTLE_SECONDS": "1",
            "MMS_ALLOW_PRIVATE_MEDIA": "true",
            "PUBLIC_BASE_URL": url,
            "MMS_API_KEYS": f"tests:{hashlib.sha256(KEY.encode()).hexdigest()}",
        }
    )


@contextmanager
def listening() -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener


@contextmanager
def worker(settings: Settings) -> Iterator[None]:
    """A real worker process, ended at the end."""
    log = (settings.data_dir / "worker.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "mms", "worker"], env=worker_environment(settings), stdout=log, stderr=log
    )
    try:
        until(lambda: worker_alive(settings))
        yield
    finally:
        process.terminate()
        process.wait(15)
        log.close()


@contextmanager
def serve(settings: Settings, practice: PracticeServer, listener: socket.socket) -> Iterator[Installation]:
    """The site alone, without Streamlit, in a thread."""
    address = practice.address
    account = Account(address.base_url, address.account_sid, address.account_sid, address.auth_token)
    context = Context(
        settings,
        open_ledger(settings),
        account,
        lambda: account,
        (address.phone_number, address.messaging_service_sid),
        start_worker=lambda: None,
        worker_alive=lambda: worker_alive(settings),
    )
    ours = site(context)
    app = Starlette(routes=ours.routes, middleware=ours.middleware, lifespan=ours.lifespan)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        until(lambda: server.started)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield Installation(url, settings, open_ledger(settings), context, practice)
    finally:
        server.should_exit = True
        thread.join(15)
