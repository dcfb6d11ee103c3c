"""A program killed, or out of room, while it writes a list: nothing was sent, it says so, and what it left can go."""

import json
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from mms.ledger import Ledger
from mms.ledger.tables import campaigns, rows

PEOPLE = 30_000
GIVE_UP_SECONDS = 120.0


@pytest.fixture
def long_list(command_line) -> Path:
    file = command_line.folder / "people.csv"
    lines = [f"+1{205 + n // 10_000}555{n % 10_000:04d},Ann {n}" for n in range(PEOPLE)]
    file.write_text("\n".join(["Phone,Name", *lines]), "utf-8")
    return file


@pytest.fixture
def ledger(command_line):
    """Of the command line's own folder."""
    command_line.run("campaigns")
    opened = Ledger(f"sqlite:///{(command_line.folder / 'data' / 'mms.db').as_posix()}")
    yield opened
    opened.close()


def test_a_send_that_was_killed_while_it_wrote_can_be_removed(command_line, long_list: Path, ledger: Ledger) -> None:
    process = command_line.start(
        "send", str(long_list), "--body", "Hi {Name}", "--skip-problems", "--yes", "--any-hour"
    )
    give_up = time.monotonic() + GIVE_UP_SECONDS
    while not _count(ledger, rows) and process.poll() is None:
        assert time.monotonic() < give_up
    process.kill()
    process.communicate()
    assert _count(ledger, campaigns) == 1
    with ledger.read() as connection:
        number = connection.execute(select(campaigns.c.id).where(campaigns.c.state == "draft")).scalar_one()
    assert b"being written just now" in command_line.run("show", str(number)).stdout
    early = command_line.run("cancel", str(number))
    assert (early.returncode, b"Look again in a minute" in early.stderr) == (2, True)
    with ledger.write() as connection:
        connection.execute(text("UPDATE mms_rows SET updated_at = updated_at - 100"))
        connection.execute(text("UPDATE mms_campaigns SET created_at = created_at - 100"))
    assert b"was not finished being written; nothing was sent" in command_line.run("show", str(number)).stdout
    assert json.loads(command_line.run("show", str(number), "--json").stdout)["state"] == "draft"
    removed = command_line.run("cancel", str(number))
    assert (removed.returncode, b"It is removed" in removed.stderr) == (0, True)
    assert _count(ledger, campaigns) == _count(ledger, rows) == 0
    assert command_line.run("show", str(number)).returncode == 2


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_disk_that_is_full_while_a_list_is_written_is_one_sentence(command_line, long_list: Path, ledger) -> None:
    ledger.close()
    command_line.most_bytes = 2_000_000
    run = command_line.run("send", str(long_list), "--body", "Hi {Name}", "--skip-problems", "--yes", "--any-hour")
    assert run.returncode == 2, run.stderr
    assert b"Traceback" not in run.stderr
    assert b"The disk is full" in run.stderr
    command_line.most_bytes = None
    assert command_line.run("doctor").returncode == 0


def _count(ledger: Ledger, table) -> int:
    with ledger.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
