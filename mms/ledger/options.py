"""What people edit in the app (prices, quiet hours, alarms, retention, roles): one JSON value per name."""

from typing import Any

from sqlalchemy import Connection, select, update

from mms.ledger.tables import options


def option(connection: Connection, name: str, default: Any) -> Any:
    """The stored value, else `default`."""
    found = connection.execute(select(options.c.value).where(options.c.name == name)).one_or_none()
    return default if found is None else found.value


def set_option(connection: Connection, name: str, value: Any, *, at: float, by: str | None) -> None:
    """Store `value` (JSON) under `name`, replacing what was there."""
    values = {"value": value, "updated_at": at, "updated_by": by}
    if not connection.execute(update(options).where(options.c.name == name).values(**values)).rowcount:
        connection.execute(options.insert().values(name=name, **values))
