"""The ledger's ground: migrations match the tables, writers wait for each other, times come from one clock."""

import stat
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import DBAPIError

from mms.errors import MmsError
from mms.ledger import Ledger, open_ledger
from mms.ledger.schema import MIGRATIONS, VERSION_TABLE, revisions
from mms.ledger.tables import metadata, options
from mms.settings import settings_from


def test_migrations_build_exactly_the_tables(ledger):
    def ours(_object, name, kind, _reflected, _compared):
        return kind != "table" or name.startswith("mms_")

    with ledger.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "include_object": ours, "compare_type": False}
        )
        assert compare_metadata(context, metadata) == []


def test_opening_again_changes_nothing(settings):
    for _ in range(2):
        open_ledger(settings).close()


def test_nothing_is_written_to_a_database_file_that_is_gone(tmp_path):
    ledger = open_ledger(settings_from({"MMS_DATA_DIR": str(tmp_path), "MMS_MODE": "practice"}))
    file = Path(make_url(ledger.url).database)
    away = file.rename(file.with_name("away.db"))
    for replaced in (False, True):
        if replaced:
            file.touch()
        for open_one in (ledger.read, ledger.write):
            with pytest.raises(DBAPIError, match="was removed or replaced"), open_one():
                pass
        assert file.exists() is replaced
    away.replace(file)
    with ledger.read() as connection:
        connection.execute(select(options))
    ledger.close()


def test_a_newer_database_is_refused_in_words(settings):
    ledger = open_ledger(settings)
    with ledger.write() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    ledger.close()
    with pytest.raises(MmsError, match="newer version"):
        open_ledger(settings)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_two_processes_migrate_at_once(database, tmp_path, request):
    values = {"MMS_DATA_DIR": str(tmp_path)}
    if database == "postgresql":
        values["DATABASE_URL"] = request.getfixturevalue("bare_postgres_database")
    settings = settings_from(values)
    opened = []
    threads = [threading.Thread(target=lambda: opened.append(open_ledger(settings))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 4
    for ledger in opened:
        ledger.close()


def test_whoever_opens_a_new_sqlite_file_first_nobody_is_refused(tmp_path):
    """Switching to the write-ahead log together once refused one opener in a hundred: see `_write_ahead`."""
    refused = []

    def open_together(file: Path, together: threading.Barrier) -> None:
        ledger = Ledger(f"sqlite:///{file}")
        together.wait()
        try:
            with ledger.read() as connection:
                connection.execute(text("SELECT 1"))
        except DBAPIError as error:
            refused.append(error)
        ledger.close()

    for number in range(80):
        together = threading.Barrier(6)
        values = (tmp_path / f"{number}.db", together)
        threads = [threading.Thread(target=open_together, args=values) for _ in range(together.parties)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert refused == []


def test_an_error_rolls_everything_back(ledger):
    def half_done():
        with ledger.write() as connection:
            connection.execute(options.insert().values(name="x", value=1, updated_at=0))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    with ledger.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM mms_options")).scalar_one() == 0


def test_sqlite_file_is_private(tmp_path):
    open_ledger(settings_from({"MMS_DATA_DIR": str(tmp_path / "new")})).close()
    file = Path(tmp_path / "new" / "mms.db")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_parameters_never_show_in_error_texts(ledger: Ledger):
    with pytest.raises(Exception, match="no_such_table") as caught, ledger.write() as connection:
        connection.execute(text("INSERT INTO no_such_table VALUES (:number)"), {"number": "+12025550123"})
    assert "2025550123" not in str(caught.value)


def test_names_of_the_migrations_say_what_alembic_reads_in_them():
    script = ScriptDirectory(str(MIGRATIONS))
    assert revisions() == [one.revision for one in reversed(list(script.walk_revisions()))]
