"""A web server that behaves as badly as told: raw sockets, one connection for each request, in a thread of its own."""

import asyncio
import socket
import ssl
import threading
import weakref
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes out. `{base}` in a header is this server's address, `{tls}` its https address."""

    status: int = 200
    content_type: str | None = "image/jpeg"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | str | None = "right"  # a wrong number, or None for no Content-Length
    silent: float = 0  # seconds before the first byte
    drip: float = 0  # seconds between pieces of the body
    repeat: int = 1  # the body so many times
    hang_up: bool = False  # close without an answer
    raw: bytes | None = None  # this, and nothing of the above
    busy_for: int = 0  # the first so many requests get 429


class MediaServer:
    """Serves `replies[path]`, or `heads[path]` to a HEAD. Use as a context manager."""

    def __init__(self, replies: Mapping[str, Reply], heads: Mapping[str, Reply] | None = None) -> None:
        self._replies = replies
        self._heads = heads or {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._servers: list[asyncio.Server] = []
        self._handlers: set[asyncio.Task[None]] = set()
        self._transports: weakref.WeakSet[asyncio.WriteTransport] = weakref.WeakSet()
        self._mute: list[socket.socket] = []
        self.requests: Counter[str] = Counter()  # by "METHOD path"
        self.connections = 0
        self.most_at_once = 0
        self.received = 0  # bytes
        self.addresses: dict[str, str] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        self.addresses["base"] = f"http://127.0.0.1:{self.listen()}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        for mute in self._mute:
            mute.close()

    @property
    def base(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return self.addresses["base"]

    @property
    def port(self) -> int:
        """Of the plain address."""
        return int(self.base.rpartition(":")[2])

    def listen(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None, port: int = 0) -> int:
        """Listen once more and return the port."""
        return asyncio.run_coroutine_threadsafe(self._listen(host, tls, port), self._loop).result(10)

    def listen_mute(self) -> int:
        """A port where connections are made (by the system) and nobody ever says or reads a thing."""
        mute = socket.create_server(("127.0.0.1", 0))
        self._mute.append(mute)
        return int(mute.getsockname()[1])

    def closed_port(self) -> int:
        """A port that was free a moment ago."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            return int(taken.getsockname()[1])

    async def _listen(self, host: str, tls: ssl.SSLContext | None, port: int) -> int:
        server = await asyncio.start_server(self._answer, host, port, ssl=tls, backlog=200)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def _stop(self) -> None:
        for server in self._servers:
            server.close()
        # A connection that was just accepted must reach its handler first, or nobody closes it.
        while asyncio.all_tasks() - {asyncio.current_task()} - self._handlers:  # noqa: ASYNC110 - asyncio's own, signalling nothing
            await asyncio.sleep(0)
        handlers = tuple(self._handlers)
        for task in handlers:
            task.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)
        for transport in self._transports:
            transport.abort()  # what a client did not fetch would keep its connection open
        await asyncio.sleep(0)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task
        self._handlers.add(task)
        self._transports.add(writer.transport)
        self.most_at_once = max(self.most_at_once, len(self._handlers))
        try:
            request = await reader.readexactly(1)
            if request == b"\x16":  # somebody speaks TLS to the plain port
                writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return
            request += await reader.readuntil(b"\r\n\r\n")
            self.received += len(request)
            method, target, _ = request.split(b"\r\n")[0].decode("latin-1").split(" ")
            path = target.partition("?")[0]
            self.requests[f"{method} {path}"] += 1
            await self._send(writer, method, self._reply(method, path))
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client had enough, or the test is over
        finally:
            writer.close()
            self._handlers.discard(task)

    def _reply(self, method: str, path: str) -> Reply:
        reply = self._replies.get(path, Reply(404, "text/plain", b"no"))
        if method == "HEAD":
            reply = self._heads.get(path, reply)
        if self.requests.total() <= reply.busy_for:
            return Reply(429, "text/plain", headers={"Retry-After": "0"})
        return reply

    async def _send(self, writer: asyncio.StreamWriter, method: str, reply: Reply) -> None:
        await asyncio.sleep(reply.silent)
        if reply.hang_up:
            return
        writer.write(self._head(reply) if reply.raw is None else reply.raw)
        await writer.drain()
        if method == "HEAD" or reply.raw is not None:
            return
        for _ in range(reply.repeat):
            writer.write(reply.body)
            await writer.drain()
            await asyncio.sleep(reply.drip)

    def _head(self, reply: Reply) -> bytes:
        headers = {name: value.format(**self.addresses) for name, value in reply.headers.items()}
        if reply.content_type is not None:
            headers["Content-Type"] = reply.content_type
        if reply.length is not None:
            right = len(reply.body) * reply.repeat
            headers["Content-Length"] = str(right if reply.length == "right" else reply.length)
        lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
