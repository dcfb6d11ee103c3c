import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
import requests
from twilio.rest import Client

from mms.practice.testing import PracticeServer

GIVE_UP_SECONDS = 30.0


@pytest.fixture(scope="session")
def lasting_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeServer]:
    with PracticeServer(tmp_path_factory.mktemp("practice")) as server:
        yield server


@pytest.fixture
def server(lasting_server: PracticeServer) -> PracticeServer:
    """An empty stand-in without faults, whose messages reach their last status at once."""
    lasting_server.remote.clear()
    lasting_server.remote.set_faults()
    lasting_server.remote.set_inbound_url("")
    lasting_server.remote.set_time_scale(0)
    return lasting_server


@pytest.fixture
def twilio(server: PracticeServer) -> Client:
    """The real SDK; only its base URLs are changed."""
    client = Client(*server.address.auth)
    client.api.base_url = client.messaging.base_url = server.address.base_url
    return client


@pytest.fixture
def post(server: PracticeServer) -> Callable[..., requests.Response]:
    """A create as raw form fields, over a connection of its own; fields given as None are left out."""
    address = server.address
    url = f"{address.base_url}/2010-04-01/Accounts/{address.account_sid}/Messages.json"

    def send(*, timeout: float = 10, **fields: object) -> requests.Response:
        usual = {"To": "+19075550150", "From": address.phone_number, "Body": "Hello"}
        form = {name: value for name, value in {**usual, **fields}.items() if value is not None}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(form, doseq=True)
        return requests.post(url, data=body, headers=headers, auth=address.auth, timeout=timeout)

    return send


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Wait until something becomes true; the time allowed is only for machines that hang."""

    def wait(is_true: Callable[[], bool]) -> None:
        give_up = time.monotonic() + GIVE_UP_SECONDS
        while not is_true():
            assert time.monotonic() < give_up, "it never became true"
            time.sleep(0.01)

    return wait
