"""Real parts for every test: a data folder of its own, SQLite and PostgreSQL ledgers, no settings of the machine."""

import io
import os
import shutil
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest
from odd_twilio import odd_twilio  # noqa: F401 - a fixture
from PIL import Image
from postgres_server import postgres_server

from mms import isolation
from mms.ledger import Ledger, open_ledger
from mms.settings import Settings, settings_from

QUICK = frozenset(
    {
        "access/test_roles.py",
        "campaigns/test_no_consent.py",
        "cli/test_list_commands.py",
        "coupons/test_making.py",
        "delivery/queue/test_predicates.py",
        "delivery/test_evidence.py",
        "ground/test_layers.py",
        "ground/test_settings.py",
        "http/test_own_paths.py",
        "isolation/test_isolation.py",
        "join_words/test_join_words.py",
        "ledger/test_states_in_the_ledger.py",
        "links/test_links_in_texts.py",
        "lists/test_lists.py",
        "media/test_addresses.py",
        "notices/test_notices.py",
        "operations/test_logs.py",
        "opt_outs/test_keywords.py",
        "outgoing/test_outgoing.py",
        "pages/test_safe.py",
        "picture_templates/test_picture_texts.py",
        "practice/test_practice_refusals.py",
        "quiet_hours/test_hours.py",
        "receipts/test_schedule.py",
        "recipients/test_message.py",
        "recipients/test_phone_column.py",
        "recurring/test_rhythm.py",
        "replies/test_conversations.py",
        "reports/test_counts.py",
        "states/test_moves.py",
        "twilio_client/test_answers.py",
        "twilio_codes/test_twilio_codes.py",
        "versions/test_draw.py",
        "versions/test_intervals.py",
    }
)
"""What `pytest -m quick` runs: of each room the file that says most in the least time. No browser."""

_TESTS = Path(__file__).parent
_OURS = ("TWILIO_", "MMS_", "DATABASE_URL", "DEFAULT_REGION", "PUBLIC_BASE_URL", "LOG_")


def _is_quick(path: Path) -> bool:
    return path.relative_to(_TESTS).as_posix() in QUICK


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """For `-m quick` the other files are not even imported: that alone takes longer than the quick part."""
    is_test = collection_path.name.startswith("test_") and collection_path.is_relative_to(_TESTS)
    if is_test and config.option.markexpr == "quick" and not _is_quick(collection_path):
        return True
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The marker `quick` follows the table above."""
    for item in items:
        if item.path.is_relative_to(_TESTS) and _is_quick(item.path):
            item.add_marker("quick")


@pytest.fixture(scope="session", autouse=True)
def _files_are_read_here() -> None:
    """As on the command line; the tests of `mms/isolation` and those that start the app read in other processes."""
    isolation.decode_here()


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own credentials never reach a test."""
    for name in list(os.environ):
        if name.startswith(_OURS):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One PostgreSQL server for the run."""
    with postgres_server(tmp_path_factory.mktemp("runtime")) as url:
        _wait_for_no_disk(url)
        yield url


def _wait_for_no_disk(url: str) -> None:
    """What these tests kill is never the machine, so nothing has to be on the disk: a new database takes a third."""
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database that is migrated already: copying it is quicker than migrating anew for each test."""
    url = _new_database(postgres_url, "mms_template")
    folder = str(tmp_path_factory.mktemp("template"))
    open_ledger(settings_from({"MMS_DATA_DIR": folder, "DATABASE_URL": url})).close()
    return "mms_template"


@pytest.fixture
def postgres_database(postgres_url: str, postgres_template: str) -> str:
    """The URL of a database of this test's own, with empty tables."""
    return _new_database(postgres_url, f"mms_{uuid.uuid4().hex[:12]}", f"TEMPLATE {postgres_template}")


@pytest.fixture
def bare_postgres_database(postgres_url: str) -> str:
    """The URL of a database without any table."""
    return _new_database(postgres_url, f"mms_{uuid.uuid4().hex[:12]}")


def _new_database(server_url: str, name: str, options: str = "") -> str:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {options}")
    return server_url.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that is migrated already, as `postgres_template`."""
    folder = tmp_path_factory.mktemp("template")
    open_ledger(settings_from({"MMS_DATA_DIR": str(folder), "MMS_MODE": "practice"})).close()
    return folder / "mms.db"


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Path:
    """The file of this test's own, with empty tables, where a data folder that is `tmp_path` has it."""
    return Path(shutil.copy(sqlite_template, tmp_path / "mms.db"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each test that uses it runs on both databases, with empty tables."""
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('sqlite_database').as_posix()}"
    return str(request.getfixturevalue("postgres_database"))


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Practice settings over an empty data folder."""
    return settings_from({"MMS_DATA_DIR": str(tmp_path), "DATABASE_URL": database_url})


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    """An empty ledger of the newest version, on SQLite and on PostgreSQL."""
    opened = open_ledger(settings)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def pictures() -> Iterator[str]:
    """The address of a server where everything is missing whose name does not start with `good`."""
    file = io.BytesIO()
    Image.new("RGB", (32, 32), "teal").save(file, "PNG")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            good = self.path.startswith("/good")
            self.send_response(200 if good else 404)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(file.getvalue())))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(file.getvalue())

        do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
