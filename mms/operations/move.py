"""Takes a whole installation from one database to another: from the embedded SQLite to PostgreSQL, and back.

At every moment exactly one of the two may send. The copy arrives in one transaction and is marked as arriving; then
the old ledger is marked as moved and sends nothing any more; then the new one is free. A kill before the second step
leaves the old one whole, a kill after it is finished by the same command.
"""

from sqlalchemy import Connection, make_url

from mms.delivery.engine.worker_process import worker_alive
from mms.delivery.reconciliation.put_back import doubt_open_rows
from mms.errors import MmsError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.moved import ARRIVING, MOVED, mark
from mms.ledger.options import option
from mms.ledger.schema import migrate
from mms.ledger.tables import campaigns, senders
from mms.operations.copying import copy_everything, count_tables, empty_tables, lock_tables
from mms.operations.processes import dashboard_runs
from mms.settings import Settings
from mms.states import CampaignState


def move(settings: Settings, target_url: str, *, by: str) -> dict[str, int]:
    """Copy everything to the empty database at `target_url`; returns the rows of each table.

    Raises:
        MmsError: code `in_use` while a worker runs, `same_database`, `not_empty`, `moved` when this ledger was moved
            elsewhere, `counts` when the copy is not the same (then nothing has changed).
    """
    if worker_alive(settings) or dashboard_runs(settings):
        raise MmsError(
            "The dashboard or a worker is running. Stop the dashboard, then run: python -m mms stop", code="in_use"
        )
    if make_url(settings.database_url) == make_url(target_url):
        raise MmsError("That is the database that is used already.", code="same_database")
    source, target = Ledger(settings.database_url), Ledger(target_url)
    try:
        migrate(source)
        migrate(target)
        return _move(source, target, _shown(target_url), _shown(settings.database_url), by)
    finally:
        source.close()
        target.close()


def _move(source: Ledger, target: Ledger, to: str, origin: str, by: str) -> dict[str, int]:
    with source.write() as old:
        lock_tables(source, old)
        moved = option(old, MOVED, None)
        if moved not in (None, to):
            raise MmsError(f"This ledger was moved to {moved} already. Point DATABASE_URL there.", code="moved")
        if moved is None:
            counts = _copy(source, old, target, origin)
            mark(old, MOVED, to, at=source.now(old), by=by)  # committed at the end of this block
        else:
            counts = count_tables(old)
    with target.write() as new:
        mark(new, ARRIVING, None, at=target.now(new), by=by)
        note(new, by, "installation.move", at=target.now(new))
    return counts


def _copy(source: Ledger, old: Connection, target: Ledger, origin: str) -> dict[str, int]:
    with target.write() as new:
        lock_tables(target, new)
        _require_empty(new, origin)
        counts = copy_everything(old, new)
        now = target.now(new)
        new.execute(senders.update().values(holder=None, held_until=0))
        doubt_open_rows(new, campaigns.c.state != CampaignState.DRAFT, now)
        mark(new, ARRIVING, origin, at=now, by=None)
    return counts


def _require_empty(new: Connection, origin: str) -> None:
    """Empty, or what an earlier move from the same ledger left before it was killed: that is begun anew."""
    if option(new, ARRIVING, None) == origin:
        empty_tables(new)
    if any(count_tables(new).values()):
        raise MmsError("That database holds an installation already. Choose an empty one.", code="not_empty")


def _shown(url: str) -> str:
    """A database's address without its password."""
    return make_url(url).render_as_string(hide_password=True)
