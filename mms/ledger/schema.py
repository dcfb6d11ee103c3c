"""Brings the database to the newest version on start. Whoever gets the lock migrates; the others wait.

Whether anything is due is asked in SQL and by the names of the migrations, so that Alembic is loaded only to migrate:
its import takes longer than a small check.
"""

import logging
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, make_url, text

from mms.errors import MmsError
from mms.ledger.database import Ledger
from mms.ledger.tables import metadata
from mms.settings import Settings

_log = logging.getLogger("mms.ledger")
MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "mms_version"
_POSTGRES_LOCK = 7_264_391_175  # any fixed number: one migration at a time
_COLUMNS = {  # of each table of ours: its columns, and whether whoever adds a row has to give them
    "sqlite": text(
        'SELECT t.name, c.name, c."notnull" AND c.dflt_value IS NULL AND NOT c.pk FROM sqlite_master t'
        " JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name LIKE 'mms!_%' ESCAPE '!'"
    ),
    "postgresql": text(
        "SELECT table_name, column_name, is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
        " FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND table_name LIKE 'mms!_%' ESCAPE '!'"
    ),
}
_VERSION = text(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608 - Alembic's own table, a constant


def open_ledger(settings: Settings) -> Ledger:
    """The ledger at `DATABASE_URL`, migrated to this program's version.

    Raises:
        MmsError: when the database was written by a newer version of this program, or its tables are not those of
            the version that it names.
    """
    ledger = Ledger(settings.database_url)
    migrate(ledger)
    return ledger


def revisions() -> list[str]:
    """The versions that this program knows, oldest first. A migration's file begins with its version."""
    return sorted(file.name.split("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def migrate(ledger: Ledger) -> None:
    """Apply what is missing; does nothing when the schema is current."""
    known = revisions()
    with ledger.read() as connection:
        current = _version(connection)
        misfits = _misfits(connection) if current == known[-1] else []
    if misfits:
        ledger.close()
        raise MmsError(
            f"The tables in this database are not those of its version, {current}: {', '.join(misfits[:3])}. "
            "Nothing was changed, and nothing is sent. Check DATABASE_URL; or put a backup in its place: "
            "python -m mms restore FILE",
            code="tables_do_not_fit",
        )
    if current == known[-1]:
        return
    if current is not None and current not in known:
        ledger.close()
        raise MmsError(
            "The database was written by a newer version of MMS Campaigns. Install that version again.",
            code="database_too_new",
        )
    from alembic import command  # only whoever migrates pays for it
    from alembic.config import Config

    with ledger.rebuild() as connection:
        if not ledger.is_sqlite:
            connection.execute(text("SET LOCAL statement_timeout = 0"))  # a migration takes as long as it takes
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRES_LOCK})
        _keep_a_copy(ledger, connection, known[-1])
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def require_current(ledger: Ledger) -> None:
    """For what only reads: an older ledger stays as it is, because an older worker may be sending from it.

    Raises:
        MmsError: code `database_too_old`, saying how it is brought up to date.
    """
    known = revisions()
    with ledger.read() as connection:
        current = _version(connection)
    if current in known[:-1]:
        raise MmsError(
            f"The database is of an older version ({current}, this program: {known[-1]}), and a command that "
            "only reads does not change it. Stop the old app and its workers, make a backup (python -m mms backup "
            "FILE), then start this version's app or worker: it brings the database up to date.",
            code="database_too_old",
        )


def _keep_a_copy(ledger: Ledger, connection: Connection, newest: str) -> None:
    """Before tables change: there is no way down. A copy on SQLite; on PostgreSQL only the operator can make one."""
    current = _version(connection)
    if current is None or current == newest:
        return
    if not ledger.is_sqlite:
        _log.warning("The database goes from version %s to %s. Its way back is your last pg_dump.", current, newest)
        return
    file = make_url(ledger.url).database or ""
    copy = f"{file}.before-{newest}-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    with closing(sqlite3.connect(file)) as old, closing(sqlite3.connect(copy)) as kept:
        Path(copy).chmod(0o600)
        old.backup(kept)
    _log.warning("The database goes from version %s to %s. As it was, it lies in %s", current, newest, Path(copy).name)


def _misfits(connection: Connection) -> list[str]:
    """What this program needs and does not find, or finds and cannot fill: half a dump, another program's tables."""
    found: dict[str, dict[str, bool]] = {}
    for table, column, must_be_given in connection.execute(_COLUMNS[connection.dialect.name]):
        found.setdefault(table, {})[column] = bool(must_be_given)
    misfits = []
    for table in metadata.tables.values():
        columns = found.get(table.name, {})
        needed = {column.name for column in table.columns}
        misfits += [f"{table.name} has no {name}" for name in sorted(needed - columns.keys())]
        strange = sorted(name for name in columns.keys() - needed if columns[name])
        misfits += [f"{table.name} asks for {name}" for name in strange]
    return misfits


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.execute(_VERSION).scalar_one_or_none()
    return found
