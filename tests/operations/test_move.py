"""An installation goes from one database to another and back: everything, counted; the old one sends no more."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from mms.errors import MmsError
from mms.ledger import Ledger, open_ledger
from mms.ledger.moved import require_at_home
from mms.ledger.tables import campaigns, metadata, rows
from mms.operations.doubt import doubt
from mms.operations.move import move
from mms.roles import LOCAL_ADMIN
from mms.settings import Settings, settings_from


def counts(ledger: Ledger) -> dict[str, int]:
    with ledger.read() as connection:
        tables = metadata.sorted_tables
        return {one.name: connection.execute(select(func.count()).select_from(one)).scalar_one() for one in tables}


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{(tmp_path / 'mms.db').as_posix()}"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[str], Ledger]]:
    ledgers: list[Ledger] = []

    def at(url: str) -> Ledger:
        ledgers.append(open_ledger(settings_from({"MMS_DATA_DIR": str(tmp_path), "DATABASE_URL": url})))
        return ledgers[-1]

    yield at
    for ledger in ledgers:
        ledger.close()


def test_there_and_back(
    ledger: Ledger,
    settings: Settings,
    launched: Any,
    bare_postgres_database: str,
    opened: Callable[[str], Ledger],
    tmp_path: Path,
) -> None:
    launched()
    running = launched("b", state="running", row_state="ready")
    said = move(settings, bare_postgres_database, by="ann")
    with pytest.raises(MmsError, match="was moved to"):
        require_at_home(ledger)
    new = opened(bare_postgres_database)
    require_at_home(new)
    assert said["mms_rows"] == 6
    with new.read() as connection:
        of_running = select(rows.c.state).where(rows.c.campaign_id == running)
        assert set(connection.execute(of_running).scalars()) == {"unknown"}  # until Twilio's log was looked at
    back = f"sqlite:///{(tmp_path / 'back.db').as_posix()}"
    there = settings_from({"MMS_DATA_DIR": str(tmp_path), "DATABASE_URL": bare_postgres_database})
    move(there, back, by="ann")
    again = opened(back)
    require_at_home(again)
    both = counts(again), counts(new)
    assert {name: n for name, n in both[0].items() if name not in ("mms_audit", "mms_options")} == {
        name: n for name, n in both[1].items() if name not in ("mms_audit", "mms_options")
    }


def test_numbers_go_on_behind_those_that_were_copied(
    ledger: Ledger, settings: Settings, launched: Any, bare_postgres_database: str, opened: Callable[[str], Ledger]
) -> None:
    last = launched()
    move(settings, bare_postgres_database, by="ann")
    new = opened(bare_postgres_database)
    with new.write() as connection:
        values = dict(connection.execute(select(campaigns)).mappings().one())
        del values["id"], values["request_key"]
        added = connection.execute(campaigns.insert().values(**values).returning(campaigns.c.id)).scalar_one()
    assert added == last + 1


class KillError(Exception):
    """Half-way."""


@pytest.mark.parametrize("at_table", ["mms_rows", "mms_audit"])
def test_an_end_half_way_leaves_the_old_one_whole_and_can_be_repeated(
    ledger: Ledger,
    settings: Settings,
    launched: Any,
    bare_postgres_database: str,
    opened: Callable[[str], Ledger],
    at_table: str,
) -> None:
    launched()
    target = opened(bare_postgres_database)
    before = counts(ledger)

    def kill(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(f"INSERT INTO {at_table}"):
            raise KillError

    event.listen(type(target.engine), "before_cursor_execute", kill)
    try:
        with pytest.raises(KillError):
            move(settings, bare_postgres_database, by="ann")
    finally:
        event.remove(type(target.engine), "before_cursor_execute", kill)
    require_at_home(ledger)
    assert counts(ledger) == before
    move(settings, bare_postgres_database, by="ann")
    require_at_home(target)


def test_an_installation_is_never_moved_over_another(
    settings: Settings, launched: Any, opened: Callable[[str], Ledger], tmp_path: Path
) -> None:
    launched()
    other = f"sqlite:///{(tmp_path / 'other.db').as_posix()}"
    move(settings, other, by="ann")
    home = settings_from({"MMS_DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path / 'third.db'}"})
    open_ledger(home).close()
    with pytest.raises(MmsError) as refused:
        move(home, other, by="ann")
    assert refused.value.code == "not_empty"


@pytest.mark.parametrize("one", [True, False])
def test_doubt_puts_open_rows_in_doubt(ledger: Ledger, launched: Any, one: bool) -> None:
    launched()
    running = launched("b", state="running", row_state="ready")
    assert doubt(ledger, running if one else None, by=LOCAL_ADMIN) == 3
    with ledger.read() as connection:
        assert sorted(connection.execute(select(rows.c.state)).scalars()) == ["delivered"] * 3 + ["unknown"] * 3
