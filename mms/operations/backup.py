"""Backup and restore of an installation: the ledger and the hosted pictures in one zip file.

The ledger lies in it as a SQLite file, whichever database it came from and goes to. A backup can be taken while
everything runs. A restored ledger is older than the world: messages may have gone
out since. So everything that was not finished comes back paused and in doubt, and Twilio's log is asked about
each row before anything is sent.
"""

import json
import sqlite3
import tempfile
import zipfile
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, func, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from mms import __version__
from mms.delivery.engine.worker_process import worker_alive
from mms.delivery.reconciliation.put_back import doubt_everything_open
from mms.errors import MmsError
from mms.ledger import Ledger, open_ledger
from mms.ledger.audit import note
from mms.ledger.schema import VERSION_TABLE, migrate
from mms.ledger.tables import senders
from mms.operations.backup_time import note_backup
from mms.operations.copying import copy_everything, empty_tables, lock_tables
from mms.operations.processes import dashboard_runs
from mms.settings import Settings

LEDGER = "ledger.db"
PICTURES = "pictures"
ABOUT = "about.json"
NOT_IN_IT = "the settings (.env or the environment), .streamlit/secrets.toml and pictures in a bucket or at Twilio"
_PAGES_AT_ONCE = 500  # between these steps writers get their turn
_REASON = (
    "Restored from a backup: messages may have gone out since it was taken. "
    "Twilio's log is asked about every open row; resume when none is unknown."
)


def back_up(settings: Settings, target: Path) -> None:
    """Write a backup to `target`, readable by its owner only; while others write, it is of one moment.

    Raises:
        MmsError: code `exists`.
    """
    if target.exists():
        raise MmsError(f"{target.name} exists already. Choose another name.", code="exists")
    with tempfile.TemporaryDirectory(dir=target.parent or None) as aside:
        copy = Path(aside) / LEDGER
        _copy_ledger(settings, copy)
        finished = Path(aside) / "backup.zip"
        with zipfile.ZipFile(finished, "x", zipfile.ZIP_DEFLATED) as archive:
            archive.write(copy, LEDGER)
            archive.writestr(ABOUT, json.dumps(_about(copy), indent=2))
            for picture in _pictures(settings):
                archive.write(picture, f"{PICTURES}/{picture.name}", zipfile.ZIP_STORED)
        finished.chmod(0o600)
        finished.replace(target)
    with suppress(SQLAlchemyError), closing(Ledger(settings.database_url)) as ledger:  # an old ledger may have no place
        note_backup(ledger)


def restore(settings: Settings, backup: Path, *, by: str) -> Path | None:
    """Put a backup in place of the ledger; returns where what was there lies now (on PostgreSQL as a backup).

    The dashboard and the workers must not run. Pictures that are there stay; missing ones come back.

    Raises:
        MmsError: code `not_a_backup`, or `in_use` while a dashboard or worker runs, here or (PostgreSQL) elsewhere.
    """
    if worker_alive(settings) or dashboard_runs(settings):
        raise MmsError(
            "The dashboard or a worker is running. Stop the dashboard, then run: python -m mms stop", code="in_use"
        )
    target = _database_file(settings)
    beside = target.parent if target else settings.data_dir
    beside.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=beside) as aside:
        _unpack(backup, Path(aside))
        _check(Path(aside) / LEDGER)
        moved = _replace(target, Path(aside) / LEDGER, by) if target else _refill(settings, Path(aside) / LEDGER, by)
        _put_pictures(settings, Path(aside) / PICTURES)
    return moved


def _replace(target: Path, restored: Path, by: str) -> Path | None:
    """SQLite: another file under the same name."""
    moved = _move_away(target)
    restored.replace(target)
    with closing(_opened(target)) as ledger, ledger.write() as connection:
        _doubt(ledger, connection, by)
    return moved


def _refill(settings: Settings, restored: Path, by: str) -> Path:
    """PostgreSQL: other rows in the same tables, in one transaction."""
    moved = settings.data_dir / f"before-restore-{_stamp()}.zip"
    back_up(settings, moved)
    with (
        closing(_opened(restored)) as source,
        closing(open_ledger(settings)) as ledger,
        source.read() as old,
        ledger.write() as new,
    ):
        lock_tables(ledger, new)
        _require_nobody_at_work(ledger, new)
        fence = new.execute(select(func.coalesce(func.max(senders.c.fence), 0))).scalar_one()
        empty_tables(new)
        copy_everything(old, new)
        # Beyond every fence that was given out: a worker that froze before the restore must not find its own.
        new.execute(senders.update().values(holder=None, held_until=0, fence=senders.c.fence + fence))
        _doubt(ledger, new, by)
    return moved


def _about(copy: Path) -> dict[str, str]:
    """For whoever finds the file years later."""
    with closing(sqlite3.connect(copy)) as connection:
        revision = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()  # noqa: S608 - a constant
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "program": __version__,
        "ledger": revision[0] if revision else "",
        "not_in_it": NOT_IN_IT,
    }


def _require_nobody_at_work(ledger: Ledger, connection: Connection) -> None:
    if connection.execute(select(senders.c.id).where(senders.c.held_until > ledger.now(connection))).first():
        raise MmsError("A worker on another computer sends from this database. Stop it first.", code="in_use")


def _doubt(ledger: Ledger, connection: Connection, by: str) -> None:
    now = ledger.now(connection)
    doubt_everything_open(connection, now, _REASON)
    note(connection, by, "backup.restore", at=now)


def _opened(file: Path) -> Ledger:
    """The ledger in this file, brought to the newest version."""
    ledger = Ledger(f"sqlite:///{file.as_posix()}")
    migrate(ledger)
    return ledger


def _database_file(settings: Settings) -> Path | None:
    """None where the ledger is no file."""
    url = make_url(settings.database_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _copy_ledger(settings: Settings, copy: Path) -> None:
    """As it is at one moment, into a new SQLite file."""
    if source := _database_file(settings):
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(copy)) as copied:
            live.backup(copied, pages=_PAGES_AT_ONCE)
        return
    with (
        closing(open_ledger(settings)) as ledger,
        closing(_opened(copy)) as target,
        ledger.engine.connect().execution_options(isolation_level="REPEATABLE READ") as old,
        old.begin(),
        target.write() as new,
    ):
        copy_everything(old, new)


def _pictures(settings: Settings) -> list[Path]:
    folder = settings.data_dir / PICTURES
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def _unpack(backup: Path, aside: Path) -> None:
    try:
        with zipfile.ZipFile(backup) as archive:
            names = [name for name in archive.namelist() if name == LEDGER or name.startswith(f"{PICTURES}/")]
            if LEDGER not in names:
                raise MmsError(f"{backup.name} holds no ledger, so it is not a backup.", code="not_a_backup")
            archive.extractall(aside, names)  # zipfile takes `..` and absolute names out of paths
    except (OSError, zipfile.BadZipFile) as error:
        raise MmsError(f"{backup.name} cannot be read as a backup.", code="not_a_backup") from error


def _check(copy: Path) -> None:
    copy.chmod(0o600)
    try:
        with closing(sqlite3.connect(copy)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            connection.execute("SELECT 1 FROM mms_campaigns LIMIT 1")
    except sqlite3.DatabaseError as error:
        raise MmsError("The ledger in this backup is damaged.", code="not_a_backup") from error
    if verdict != "ok":
        raise MmsError("The ledger in this backup is damaged.", code="not_a_backup")


def _move_away(target: Path) -> Path | None:
    """The old ledger with its log, under a name of its own: a restore can be undone."""
    if not target.exists():
        return None
    moved = target.with_name(f"{target.name}.before-restore-{_stamp()}")
    for ending in ("-wal", "-shm", ""):
        part = target.with_name(target.name + ending)
        if part.exists():
            part.replace(moved.with_name(moved.name + ending))
    return moved


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")


def _put_pictures(settings: Settings, unpacked: Path) -> None:
    if not unpacked.is_dir():
        return
    folder = settings.data_dir / PICTURES
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for picture in unpacked.iterdir():
        if not (folder / picture.name).exists():
            picture.chmod(0o600)
            picture.replace(folder / picture.name)
