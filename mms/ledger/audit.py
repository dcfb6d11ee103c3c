"""Who did what, when: append-only. Details hold ids and counts, never numbers or texts of messages."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from mms.ledger.tables import audit


def note(
    connection: Connection,
    who: str,
    action: str,
    *,
    at: float,
    subject: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Append one line, in the transaction of the deed itself."""
    connection.execute(audit.insert().values(at=at, who=who, action=action, subject=subject, detail=dict(detail or {})))
