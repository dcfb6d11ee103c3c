"""The cheapest server that answers like Twilio's Messages resource: it must not be what is measured.

`POST .../Messages.json` answers 201 after the delay; `GET /stats` tells when requests arrived, and starts anew.
"""

import asyncio
import json
import sys
import time

ANSWER = (
    '{"account_sid": "AC%032x", "api_version": "2010-04-01", "body": "Hello", '
    '"date_created": "Mon, 16 Nov 2026 10:00:00 +0000", "date_sent": null, '
    '"date_updated": "Mon, 16 Nov 2026 10:00:00 +0000", "direction": "outbound-api", "error_code": null, '
    '"error_message": null, "from": "+13125550190", "messaging_service_sid": null, "num_media": "1", '
    '"num_segments": "1", "price": null, "price_unit": "USD", "sid": "MM%032x", "status": "queued", '
    '"subresource_uris": {"media": "/2010-04-01/Accounts/AC/Messages/MM/Media.json"}, "to": "+12025550123", '
    '"uri": "/2010-04-01/Accounts/AC/Messages/MM.json"}'
)


class Counting:
    """What has arrived since the last look, shared by all connections."""

    delay = 0.0
    arrivals: list[float] = []  # noqa: RUF012 - one server, one list
    number = 0


class LightProtocol(asyncio.Protocol):
    """One connection. Requests come one after the other; bodies are skipped."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        """Answer every whole request in the buffer."""
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length :]
            self.answer(head)

    def answer(self, head: bytes) -> None:
        """A create, an empty list, or the figures."""
        if head.startswith(b"post"):
            Counting.arrivals.append(time.monotonic())
            Counting.number += 1
            body = ANSWER % (1, Counting.number)
            if Counting.delay:
                asyncio.get_running_loop().call_later(Counting.delay, self.write, b"201 Created", body)
            else:
                self.write(b"201 Created", body)
        elif head.startswith(b"get /stats"):
            Counting.delay = float(head.split(b" ", 2)[1].partition(b"?delay=")[2] or 0)
            arrivals, Counting.arrivals = Counting.arrivals, []
            self.write(b"200 OK", json.dumps(arrivals))
        else:
            self.write(b"200 OK", '{"messages": [], "next_page_uri": null}')

    def write(self, status: bytes, body: str) -> None:
        """One answer."""
        content = body.encode()
        self.transport.write(
            b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (status, len(content), content)
        )


async def serve() -> None:
    """Print the port, then serve until killed."""
    server = await asyncio.get_running_loop().create_server(LightProtocol, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    sys.exit(asyncio.run(serve()))
