"""A list of many people in SQLite: what the questions of the page Lists cost, in seconds of a processor.

python benchmarks/lists.py --people 1000000
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, insert

from mms.ledger import open_ledger
from mms.ledger.tables import list_people, lists
from mms.lists.conditions import Asks, Condition
from mms.lists.people import count_found, people_of
from mms.lists.segments import count_people, moment_of
from mms.settings import settings_from

_CHUNK = 10_000


def main() -> None:
    """Fill a ledger, then ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    people = parser.parse_args().people
    with tempfile.TemporaryDirectory() as folder:
        ledger = open_ledger(settings_from({"MMS_DATA_DIR": str(Path(folder))}))
        with ledger.write() as connection:
            _fill(connection, people)
        with ledger.read() as connection:
            now = moment_of(ledger.now(connection), "practice")
            denver = [Condition(Asks.COLUMN_IS, "City", "Denver")]
            lately = [Condition(Asks.NO_MESSAGE_WITHIN, value="30")]
            _timed("first page", lambda: people_of(connection, 1, now))
            _timed("page in the middle", lambda: people_of(connection, 1, now, offset=people // 2))
            _timed("search by name", lambda: count_found(connection, 1, now, "person 99999"))
            _timed("count of all", lambda: count_people(connection, 1, (), now))
            _timed("segment: a column is", lambda: count_people(connection, 1, denver, now))
            _timed("segment: no message for 30 days", lambda: count_people(connection, 1, lately, now))
        ledger.close()


def _fill(connection: Connection, people: int) -> None:
    values = {"id": 1, "name": "Members", "columns": ["Mobile", "Name", "City"], "phone_column": "Mobile"}
    connection.execute(insert(lists).values(**values, version=1, created_at=1, updated_at=1))
    shared = {"list_id": 1, "days": {}, "added_at": 1.0, "updated_at": 1.0}
    for start in range(0, people, _CHUNK):
        numbers = range(start, min(start + _CHUNK, people))
        cells = ({"Name": f"Person {n}", "City": "Denver" if n % 3 else "Boston"} for n in numbers)
        made = [
            {**shared, "recipient": f"+1{2_120_000_000 + n}", "cells": c} for n, c in zip(numbers, cells, strict=True)
        ]
        connection.execute(insert(list_people), made)


def _timed(name: str, ask: Callable[[], object]) -> None:
    began = time.process_time()
    ask()
    print(f"{name:35} {time.process_time() - began:.2f}")


if __name__ == "__main__":
    main()
