"""Brings the database to the newest version on start. Whoever gets the lock migrates; the others wait.

Whether anything is due is asked in SQL and by the names of the migrations, so that Alembic is loaded only to migrate:
its import takes longer than a small check.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from mms.errors import MmsError
from mms.ledger.database import Ledger
from mms.ledger.tables import metadata
from mms.settings import Settings

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
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


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
