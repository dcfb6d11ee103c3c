"""Tables that are not those of the version that the ledger names: a sentence, in every command and in the worker."""

import pytest
from sqlalchemy import text

from mms.errors import MmsError
from mms.ledger import Ledger, open_ledger
from mms.ledger.schema import migrate
from mms.settings import Settings

MISFITS = [
    pytest.param("DROP TABLE mms_early_receipts", "mms_early_receipts has no", id="a table is missing"),
    pytest.param("ALTER TABLE mms_opt_outs RENAME COLUMN note TO remark", "mms_opt_outs has no note", id="a column"),
    pytest.param(
        "ALTER TABLE mms_early_receipts RENAME COLUMN status TO state", "mms_early_receipts has no status", id="renamed"
    ),
]


@pytest.mark.parametrize(("fault", "said"), MISFITS)
def test_a_ledger_whose_tables_do_not_fit_is_refused(ledger: Ledger, settings: Settings, fault: str, said: str) -> None:
    with ledger.rebuild() as connection:
        connection.execute(text(fault))
    with pytest.raises(MmsError) as refused:
        open_ledger(settings)
    assert refused.value.code == "tables_do_not_fit"
    assert said in refused.value.message


@pytest.mark.parametrize(
    "column", ["remark VARCHAR", "remark VARCHAR NOT NULL DEFAULT ''"], ids=["that may stay empty", "that fills itself"]
)
def test_a_column_of_somebody_elses_does_no_harm(ledger: Ledger, column: str) -> None:
    with ledger.rebuild() as connection:
        connection.execute(text(f"ALTER TABLE mms_campaigns ADD COLUMN {column}"))
    migrate(ledger)


def test_a_column_that_somebody_has_to_fill_is_refused(ledger: Ledger) -> None:
    with ledger.rebuild() as connection:
        connection.execute(text("CREATE TABLE mms_moved AS SELECT * FROM mms_early_receipts"))
        connection.execute(text("DROP TABLE mms_early_receipts"))
        connection.execute(
            text(
                "CREATE TABLE mms_early_receipts (id INTEGER PRIMARY KEY, message_sid VARCHAR, status VARCHAR,"
                " error_code INTEGER, at FLOAT, shard INTEGER NOT NULL)"
            )
        )
    with pytest.raises(MmsError, match="mms_early_receipts asks for shard"):
        migrate(ledger)


def test_commands_and_worker_say_it_in_a_sentence(command_line) -> None:
    command_line.run("campaigns")
    file = command_line.folder / "data" / "mms.db"
    ledger = Ledger(f"sqlite:///{file.as_posix()}")
    with ledger.rebuild() as connection:
        connection.execute(text("DROP TABLE mms_early_receipts"))
    ledger.close()
    for command in (["doctor"], ["campaigns"], ["send", "x.csv", "--body", "x", "--yes"], ["worker"]):
        run = command_line.run(*command)
        assert b"not those of its version" in run.stdout + run.stderr, command
        assert b"Traceback" not in run.stderr
        assert run.returncode == (1 if command == ["worker"] else 2)
