"""A database that cannot be used is one sentence and exit code 2 in every command, never a stack trace."""

from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from mms.ledger import Ledger
from mms.ledger.faults import database_sentence
from mms.ledger.trial import try_to_write

UNREACHABLE = "postgresql+psycopg://nobody@127.0.0.1:9/nothing"


@pytest.mark.parametrize("command", [["doctor"], ["show", "1"], ["campaigns"]])
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        pytest.param("unreachable", b"cannot be reached", id="PostgreSQL is not there"),
        pytest.param("foreign", b"damaged, or it is no database", id="a file of another kind"),
        pytest.param("truncated", b"damaged, or it is no database", id="half a file"),
    ],
)
def test_a_database_that_cannot_be_used(command_line, tmp_path: Path, command, fault, said) -> None:
    file = tmp_path / "mms.db"
    if fault == "truncated":
        command_line.environment["DATABASE_URL"] = f"sqlite:///{file.as_posix()}"
        command_line.run("campaigns")
        file.write_bytes(file.read_bytes()[:5000])
        for ending in ("-wal", "-shm"):
            file.with_name(file.name + ending).unlink(missing_ok=True)
    elif fault == "foreign":
        file.write_bytes(b"PK" * 4000)
    command_line.environment["DATABASE_URL"] = UNREACHABLE if fault == "unreachable" else f"sqlite:///{file.as_posix()}"
    run = command_line.run(*command)
    assert run.returncode == 2
    assert said in run.stdout + run.stderr
    assert b"Traceback" not in run.stderr


def test_the_trial_of_writing_finds_a_full_disk(ledger: Ledger) -> None:
    try_to_write(ledger)
    if not ledger.is_sqlite:
        return

    @event.listens_for(ledger.engine, "checkout")
    def full(connection, _record, _proxy) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(SQLAlchemyError) as error:
        try_to_write(ledger)
    assert "disk is full" in database_sentence(error.value)
