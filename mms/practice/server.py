"""Runs the practice Twilio on loopback, in this process."""

import os
import secrets
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from filelock import FileLock, Timeout

from mms.errors import MmsError
from mms.practice.address import PracticeAddress
from mms.practice.app import Host, practice_app
from mms.practice.start import SERVER_LOCK
from mms.practice.state import Practice

IDLE_SECONDS = 30 * 60.0
_LOOPBACK = "127.0.0.1"
_KEEP_ALIVE_SECONDS = 75  # as long as big providers do, so that pooled connections are not cut under a client
# RST instead of FIN when the socket is closed: the client sees "connection reset by peer".
_LINGER_NONE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Listener:
    """A bound socket, the server for it, and where it is."""

    server: uvicorn.Server
    socket: socket.socket
    address: PracticeAddress

    def run(self) -> None:
        """Serve until asked to stop."""
        with self.socket:
            self.server.run(sockets=[self.socket])

    def stop(self) -> None:
        """Ask `run` to come to its end; from any thread."""
        self.server.should_exit = True


def listen(
    data_dir: Path,
    *,
    port: int = 0,
    time_scale: float = 1.0,
    inbound_url: str = "",
    idle_seconds: float | None = None,
) -> Listener:
    """Bind and prepare; the socket already queues connections.

    Port 0 means the port of last time; one that is taken is replaced by any free one.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    known = PracticeAddress.read(data_dir)
    token = known.auth_token if known else secrets.token_hex(16)
    bound = _bind(port or (known.port if known else 0))
    practice = Practice.open(data_dir, token, time_scale=time_scale, inbound_url=inbound_url)

    def reset(client: tuple[str, int]) -> None:
        _reset_connection(server, client)

    def stop() -> None:
        server.should_exit = True

    config = uvicorn.Config(
        practice_app(practice, Host(reset, stop, idle_seconds)),
        ws="none",
        log_level="warning",
        access_log=False,
        date_header=False,  # the stand-in's own, whose clock may be off on purpose
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    return Listener(server, bound, PracticeAddress.at(bound.getsockname()[1], token))


def serve(
    port: int = 0,
    data_dir: Path = Path("data"),
    *,
    time_scale: float = 1.0,
    inbound_url: str = "",
    idle_seconds: float | None = None,
    ready: Callable[[PracticeAddress], None] = lambda _address: None,
) -> None:
    """Run until stopped, or until nobody has asked anything for `idle_seconds` and nothing is left to happen.

    `ready` is called with the address once connections are taken. Raises MmsError (`practice_running`) when another
    one already runs on this folder.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(data_dir / SERVER_LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise MmsError("Practice Twilio already runs on this folder.", code="practice_running") from None
    with lock:
        listener = listen(
            data_dir, port=port, time_scale=time_scale, inbound_url=inbound_url, idle_seconds=idle_seconds
        )
        listener.address.write(data_dir)
        ready(listener.address)
        listener.run()


def _bind(port: int) -> socket.socket:
    try:
        return _bound(port)
    except OSError:
        if not port:
            raise
        return _bound(0)


def _bound(port: int) -> socket.socket:
    # asyncio switches off Nagle only on sockets that say they are TCP; else every answer is 40 ms late.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":  # on Windows this option would let two servers share the port
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((_LOOPBACK, port))
        bound.listen(2048)
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
