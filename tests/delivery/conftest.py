"""A stage for sending: a real ledger, a real stand-in for Twilio, real runs of a sender, no patches."""

import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.delivery.sending.sender_run import Ending, WorkerContext, run_sender
from mms.ledger import Ledger, open_ledger
from mms.ledger.tables import attempts, campaigns, rows, senders
from mms.practice.testing import PracticeServer
from mms.send_options import SendOptions
from mms.settings import Settings, settings_from
from mms.twilio_client import Account

GIVE_UP_SECONDS = 60.0
BODY = "Hello {Name}, our autumn sale starts today."


@dataclass
class Stage:
    """Everything between a list of people and Twilio."""

    settings: Settings
    ledger: Ledger
    server: PracticeServer
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.context = WorkerContext(
            self.ledger, self.settings, self.account_for, "tests", lambda _name: False, self.stopping
        )

    def account_for(self, settings: Settings) -> Account:
        credentials = settings.credentials
        assert credentials is not None
        return Account(settings.api_base_url, credentials.account_sid, credentials.username, credentials.secret)

    def launch(
        self, people: int | list[str], *, kind: str = "campaign", start_at: float | None = None, **options: Any
    ) -> int:
        numbers = [recipient(n) for n in range(people)] if isinstance(people, int) else people
        new = NewCampaign(
            request_key=uuid.uuid4().hex,
            name="Test",
            body=BODY,
            media_urls=("https://example.com/sale.jpg",),
            columns=("Mobile", "Name"),
            phone_column="Mobile",
            sender_address=self.server.address.phone_number,
            account_sid=self.server.address.account_sid,
            mode="live",
            content_hash="test",
            kind=kind,
            start_at=start_at,
            options=SendOptions(**{"any_hour": True, **options}),  # tests run at night, too
        )
        planned = [PlannedRow(n + 2, json.dumps([to, f"Ann {n}"]), to) for n, to in enumerate(numbers)]
        return launch(self.ledger, new, planned)

    def run(self) -> Ending:
        """Be the worker for the one sender, until nothing is left to do.

        In a thread of its own: Playwright leaves an event loop behind in the main thread, which forbids another.
        """
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(run_sender, self.context, self.sender_id()).result()

    def sender_id(self) -> int:
        return int(self.one(select(senders.c.id)))

    def one(self, query: Any) -> Any:
        with self.ledger.read() as connection:
            return connection.execute(query).scalar_one()

    def states(self, campaign_id: int) -> Counter[str]:
        query = select(rows.c.state, func.count()).where(rows.c.campaign_id == campaign_id).group_by(rows.c.state)
        with self.ledger.read() as connection:
            return Counter({row[0]: row[1] for row in connection.execute(query)})

    def campaign(self, campaign_id: int) -> tuple[str, str | None]:
        """State and reason code."""
        with self.ledger.read() as connection:
            query = select(campaigns.c.state, campaigns.c.reason_code).where(campaigns.c.id == campaign_id)
            return tuple(connection.execute(query).one())  # type: ignore[return-value]

    def change(self, table: Any, where: Any, **values: Any) -> None:
        with self.ledger.write() as connection:
            connection.execute(update(table).where(where).values(**values))

    def events(self, campaign_id: int) -> Counter[str]:
        query = select(attempts.c.event).where(attempts.c.campaign_id == campaign_id)
        with self.ledger.read() as connection:
            return Counter(connection.execute(query).scalars())

    def texts_per_person(self) -> Counter[str]:
        """How many messages Twilio accepted for each number."""
        accepted = [request for request in self.server.remote.requests() if request["sid"]]
        return Counter(request["form"]["To"][0] for request in accepted)


def recipient(number: int) -> str:
    """Numbers whose messages the stand-in lets pass."""
    return f"+1{205 + number // 100:03d}55501{number % 100:02d}"


@pytest.fixture(scope="session")
def lasting_practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeServer]:
    with PracticeServer(tmp_path_factory.mktemp("practice")) as server:
        yield server


@pytest.fixture
def practice(lasting_practice: PracticeServer) -> Iterator[PracticeServer]:
    """An empty stand-in without faults."""
    lasting_practice.remote.clear()
    lasting_practice.remote.set_faults()
    lasting_practice.remote.set_time_scale(0)
    yield lasting_practice
    lasting_practice.remote.set_faults()


@pytest.fixture
def live_settings(practice: PracticeServer, tmp_path: Path) -> Callable[..., Settings]:
    """Live settings against the stand-in, quick to settle."""

    def make(database_url: str, **values: Any) -> Settings:
        address = practice.address
        usual = {
            "TWILIO_ACCOUNT_SID": address.account_sid,
            "TWILIO_AUTH_TOKEN": address.auth_token,
            "TWILIO_PHONE_NUMBER": address.phone_number,
            "TWILIO_API_BASE_URL": address.base_url,
            "MMS_DATA_DIR": str(tmp_path),
            "DATABASE_URL": database_url,
            "MMS_RATE": "0",
            "MMS_REQUEST_TIMEOUT": "0.6",
            "MMS_SETTLE_SECONDS": "1.2",
        }
        return settings_from({**usual, **{name: str(value) for name, value in values.items()}})

    return make


@pytest.fixture
def stage_on(practice: PracticeServer, live_settings: Callable[..., Settings]) -> Iterator[Callable[..., Stage]]:
    """Set a stage on a database; settings by their contract names."""
    opened: list[Ledger] = []

    def make(database_url: str, **values: Any) -> Stage:
        settings = live_settings(database_url, **values)
        opened.append(open_ledger(settings))
        return Stage(settings, opened[-1], practice)

    yield make
    for ledger in opened:
        ledger.close()


@pytest.fixture
def stage(stage_on: Callable[..., Stage], sqlite_database: Path) -> Stage:
    """The usual one, on SQLite."""
    return stage_on(f"sqlite:///{sqlite_database.as_posix()}")


def wait_until(is_true: Callable[[], bool]) -> None:
    """The time allowed is only for machines that hang."""
    give_up = time.monotonic() + GIVE_UP_SECONDS
    while not is_true():
        assert time.monotonic() < give_up, "it never became true"
        time.sleep(0.01)


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Wait until something becomes true."""
    return wait_until
