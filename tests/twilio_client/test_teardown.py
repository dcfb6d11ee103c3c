"""A request that nobody answered in time is taken back with a reset: what has not arrived must not arrive later."""

import asyncio
import socket
import threading

import pytest

from mms.twilio_client import Account, NoAnswer
from mms.twilio_client.message_sender import MessageSender


class Leave:
    def passes(self) -> bool:
        return True

    def has_passed(self) -> None:
        pass


@pytest.fixture
def silent_server() -> "SilentServer":
    return SilentServer()


class SilentServer:
    """Reads a request and says nothing; `end` is how the connection came to its end."""

    def __init__(self) -> None:
        self.end: object = None
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._socket.accept()
        with self._socket, connection:
            try:
                while connection.recv(65_536):
                    pass
                self.end = "farewell"
            except ConnectionResetError:
                self.end = "reset"

    def join(self) -> object:
        self._thread.join(30)
        return self.end


def test_the_connection_of_a_request_without_an_answer_is_reset(silent_server: SilentServer) -> None:
    sid = "AC" + "d" * 32

    async def post() -> object:
        account = Account(silent_server.url, sid, sid, "token")
        async with MessageSender(account, "+12025550100", timeout=0.3) as sender:
            return await sender.post(1, "+12025550101", "Hello", (), Leave())

    assert asyncio.run(post()) == NoAnswer()
    assert silent_server.join() == "reset"
