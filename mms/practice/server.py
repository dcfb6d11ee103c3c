"""Runs the practice Twilio on loopback: in this process (`serve`), or in a thread for tests (`PracticeServer`)."""

import os
import secrets
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn
from filelock import FileLock, Timeout

from mms.errors import MmsError
from mms.practice.address import PracticeAddress
from mms.practice.app import practice_app
from mms.practice.state import Practice

IDLE_SECONDS = 30 * 60.0
_LOOPBACK = "127.0.0.1"
# RST instead of FIN when the socket is closed: the client sees "connection reset by peer".
_LINGER_NONE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


@dataclass(slots=True)
class Listener:
    """A bound socket, the server for it, and where it is."""

    server: uvicorn.Server
    socket: socket.socket
    address: PracticeAddress
    practice: Practice

    def run(self) -> None:
        """Serve until asked to stop."""
        with self.socket:
            self.server.run(sockets=[self.socket])


def listen(data_dir: Path, *, port: int = 0, time_scale: float = 1.0, inbound_url: str = "") -> Listener:
    """Bind and prepare; the socket already queues connections. Port 0, or one that is taken, means any free port."""
    data_dir.mkdir(parents=True, exist_ok=True)
    known = PracticeAddress.read(data_dir)
    token = known.auth_token if known else secrets.token_hex(16)
    bound = _bind(port or (known.port if known else 0))
    practice = Practice.open(data_dir, token, time_scale=time_scale, inbound_url=inbound_url)

    def reset(client: tuple[str, int]) -> None:
        _reset_connection(server, client)

    config = uvicorn.Config(
        practice_app(practice, reset), log_level="warning", access_log=False, timeout_graceful_shutdown=2
    )
    server = uvicorn.Server(config)
    return Listener(server, bound, PracticeAddress.at(bound.getsockname()[1], token), practice)


def serve(
    port: int = 0,
    data_dir: Path = Path("data"),
    *,
    time_scale: float = 1.0,
    inbound_url: str = "",
    idle_seconds: float | None = None,
    ready: Callable[[PracticeAddress], None] = lambda _address: None,
) -> None:
    """Run until stopped, or until nobody has asked anything for `idle_seconds` and nothing is pending.

    Raises MmsError when another one already runs on this folder.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(data_dir / "practice.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise MmsError("Practice Twilio already runs on this folder.", code="practice_running") from None
    with lock:
        listener = listen(data_dir, port=port, time_scale=time_scale, inbound_url=inbound_url)
        listener.address.write(data_dir)
        ready(listener.address)
        if idle_seconds is not None:
            watch = threading.Thread(target=_stop_when_idle, args=(listener, idle_seconds), daemon=True)
            watch.start()
        listener.run()


def _stop_when_idle(listener: Listener, idle_seconds: float) -> None:
    practice = listener.practice
    while not listener.server.should_exit:
        time.sleep(min(idle_seconds, 10.0))
        idle = time.monotonic() - practice.last_request > idle_seconds
        listener.server.should_exit = idle and not practice.has_pending()


def _bind(port: int) -> socket.socket:
    try:
        return _bound(port)
    except OSError:
        if not port:
            raise
        return _bound(0)


def _bound(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # on Windows this option would let two servers share the port
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((_LOOPBACK, port))
    except OSError:
        bound.close()
        raise
    return bound


def _reset_connection(server: uvicorn.Server, client: tuple[str, int]) -> None:
    for connection in server.server_state.connections:
        transport: Any = getattr(connection, "transport", None)
        if transport and transport.get_extra_info("peername") == tuple(client):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
            transport.abort()
            return


class PracticeServer:
    """A practice Twilio in a thread, for tests: `with PracticeServer(tmp_path) as server: server.address`."""

    def __init__(self, data_dir: Path, *, time_scale: float = 1.0, inbound_url: str = "") -> None:
        self._listener = listen(data_dir, time_scale=time_scale, inbound_url=inbound_url)
        self._thread = threading.Thread(target=self._listener.run)
        self.address = self._listener.address

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.server.should_exit = True
        self._thread.join()
