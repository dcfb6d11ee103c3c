"""Brings the database to the newest version on start. Whoever gets the lock migrates; the others wait."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from mms.errors import MmsError
from mms.ledger.database import Ledger
from mms.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "mms_version"
_POSTGRES_LOCK = 7_264_391_175  # any fixed number: one migration at a time


def open_ledger(settings: Settings) -> Ledger:
    """The ledger at `DATABASE_URL`, migrated to this program's version.

    Raises:
        MmsError: when the database was written by a newer version of this program.
    """
    ledger = Ledger(settings.database_url)
    migrate(ledger)
    return ledger


def migrate(ledger: Ledger) -> None:
    """Apply what is missing; does nothing when the schema is current."""
    script = ScriptDirectory(str(MIGRATIONS))
    with ledger.read() as connection:
        current = _version(connection)
    if current == script.get_current_head():
        return
    if current is not None and current not in {s.revision for s in script.walk_revisions()}:
        ledger.close()
        raise MmsError(
            "The database was written by a newer version of MMS Campaigns. Install that version again.",
            code="database_too_new",
        )
    with ledger.write() as connection:
        if not ledger.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRES_LOCK})
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _version(connection: Connection) -> str | None:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision()
