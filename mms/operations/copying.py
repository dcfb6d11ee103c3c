"""Everything from one ledger into another, whatever database each of them is in; counted table by table."""

from collections.abc import Iterator

from sqlalchemy import Connection, Integer, Table, func, insert, select, text

from mms.errors import MmsError
from mms.ledger import Ledger
from mms.ledger.tables import metadata

_CHUNK = 1_000  # rows at a time


def copy_everything(old: Connection, new: Connection) -> dict[str, int]:
    """Copy into tables that are empty; returns the rows of each.

    Raises:
        MmsError: code `counts` when the copy is not the same; the caller's transaction is then to be rolled back.
    """
    for table in metadata.sorted_tables:
        for chunk in _chunks(old, table):
            new.execute(insert(table), chunk)
    before, after = count_tables(old), count_tables(new)
    if different := sorted(name for name in before if before[name] != after[name]):
        raise MmsError(f"The copy differs in {', '.join(different)}. Nothing was changed.", code="counts")
    _go_on_counting(new)
    return before


def empty_tables(connection: Connection) -> None:
    """Forget everything that the ledger holds."""
    for table in reversed(metadata.sorted_tables):
        connection.execute(table.delete())


def count_tables(connection: Connection) -> dict[str, int]:
    """The rows of each table."""
    return {
        table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for table in metadata.sorted_tables
    }


def lock_tables(ledger: Ledger, connection: Connection) -> None:
    """Nobody writes meanwhile; SQLite's writers are alone anyway."""
    if not ledger.is_sqlite:
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))


def _chunks(old: Connection, table: Table) -> Iterator[list[dict[str, object]]]:
    ordered = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_CHUNK)
    with old.execute(ordered) as found:
        for part in found.mappings().partitions(_CHUNK):
            yield [dict(row) for row in part]


def _go_on_counting(new: Connection) -> None:
    """PostgreSQL counts in sequences of its own, which know nothing of numbers that were copied."""
    if new.dialect.name == "sqlite":
        return
    for table in metadata.sorted_tables:
        for column in table.primary_key.columns:
            if isinstance(column.type, Integer) and len(table.primary_key.columns) == 1:
                last = select(func.coalesce(func.max(column), 0)).scalar_subquery()
                sequence = func.pg_get_serial_sequence(table.name, column.name)
                new.execute(select(func.setval(sequence, func.greatest(last, 1))).where(sequence.is_not(None)))
