"""A ledger of an older version: kept as a copy before it changes, and changed by nothing that only reads."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from mms.ledger import Ledger
from mms.ledger.schema import MIGRATIONS, revisions
from mms.ledger.schema import migrate as bring_up_to_date

ROOT = Path(__file__).parents[2]
OLD = "0010"


@pytest.fixture
def older(tmp_path):
    ledger = Ledger(f"sqlite:///{(tmp_path / 'mms.db').as_posix()}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with ledger.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, OLD)
    ledger.close()
    return tmp_path / "mms.db"


def version(file):
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT version_num FROM mms_version").fetchone()[0]


@pytest.mark.parametrize("arguments", [["campaigns"], ["show", "1"], ["doctor"]], ids=str)
def test_what_only_reads_leaves_it_as_it_is_and_says_what_to_do(older, arguments):
    done = subprocess.run(
        [sys.executable, "-m", "mms", *arguments],
        cwd=ROOT,
        env={**os.environ, "MMS_DATA_DIR": str(older.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, version(older)) == (2, OLD)
    assert "of an older version" in done.stderr


def test_as_it_was_it_lies_beside_it_afterwards(older):
    ledger = Ledger(f"sqlite:///{older.as_posix()}")
    bring_up_to_date(ledger)
    bring_up_to_date(ledger)
    ledger.close()
    (copy,) = older.parent.glob("mms.db.before-*")
    assert (version(copy), version(older)) == (OLD, revisions()[-1])
    assert copy.stat().st_mode & 0o077 == 0


def test_a_new_ledger_needs_no_copy(tmp_path):
    ledger = Ledger(f"sqlite:///{(tmp_path / 'mms.db').as_posix()}")
    bring_up_to_date(ledger)
    ledger.close()
    assert list(tmp_path.glob("mms.db.before-*")) == []
