"""What a whole command costs, each beside a peer in the same run: `python -m benchmarks [ROWS [ROUNDS]]`.

Prints a table in Markdown: seconds of a processor (user and system, medians of the rounds, by turns), seconds on the
clock, and the largest memory. On a machine that others use only the first and the last can be compared.
"""

import csv
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROWS = 100_000
ROUNDS = 3
_HERE = str(Path(__file__).parents[1])
_MMS = ("-m", "mms")
_FILES = ("few.csv", "many.csv", "many.xlsx")
_LOOP = "import sys, pathlib, benchmarks.check as c; c.plain_loop(pathlib.Path(sys.argv[1]).read_bytes())"
_CALAMINE = "import sys, python_calamine as c; c.load_workbook(sys.argv[1]).get_sheet_by_index(0).to_python()"
_INSERT = """
import os, sqlite3, sys, tempfile
with tempfile.TemporaryDirectory() as folder:
    ledger = sqlite3.connect(os.path.join(folder, "plain.db"))
    ledger.execute("CREATE TABLE people (row INTEGER, number TEXT, cells TEXT)")
    ledger.executemany("INSERT INTO people VALUES (?, ?, ?)", ((n, str(n), "Ann") for n in range(int(sys.argv[1]))))
    ledger.commit()
    ledger.close()
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: Python's arguments of the command, and of its peer."""

    work: str
    ours: tuple[str, ...]
    peer_name: str
    peer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """One whole process."""

    processor: float
    clock: float
    megabytes: float


def lines(folder: Path, rows: int) -> tuple[Line, ...]:
    """The work, over the files that `make_files` has made."""
    few, many, book = (str(folder / name) for name in _FILES)
    start = (datetime.now(UTC) + timedelta(days=30)).isoformat(timespec="seconds")
    send = (*_MMS, "send", many, "--body", "Hi {First Name}", "--at", start, "--no-wait", "--skip-problems", "--yes")
    return (
        Line("`--help`", (*_MMS, "--help"), "`python -c pass`", ("-c", "pass")),
        Line("`check` of 10 rows", (*_MMS, "check", few), "`python -c pass`", ("-c", "pass")),
        Line(f"`check` of {rows:,} rows", (*_MMS, "check", many), "a `phonenumbers` loop", ("-c", _LOOP, many)),
        Line(
            "`check` of the same as XLSX", (*_MMS, "check", book), "python-calamine reads it", ("-c", _CALAMINE, book)
        ),
        Line(
            f"`send --no-wait` of {rows:,} rows, scheduled",
            (*send, "--allow-repeat"),
            "SQLite alone, three columns, one transaction",
            ("-c", _INSERT, str(rows)),
        ),
    )


def make_files(folder: Path, rows: int) -> None:
    """Called in a process of its own: what this one loads would count as memory of those that it starts."""
    import xlsxwriter

    from benchmarks.check import recipients_file

    few, many, book = (folder / name for name in _FILES)
    few.write_bytes(recipients_file(10))
    many.write_bytes(recipients_file(rows))
    with many.open(encoding="utf-8", newline="") as file, xlsxwriter.Workbook(book, {"constant_memory": True}) as out:
        sheet = out.add_worksheet()
        for at, record in enumerate(csv.reader(file)):
            sheet.write_row(at, 0, record)


def cost(arguments: Sequence[str], folder: Path) -> Cost:
    """Run Python with these arguments in a process of its own. What it starts and leaves behind is not counted."""
    environment = {**os.environ, "PYTHONPATH": _HERE, "MMS_DATA_DIR": str(folder / "data"), "MMS_MODE": "practice"}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments], env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    clock = time.perf_counter() - began
    return Cost(used.ru_utime + used.ru_stime, clock, used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3))


def measured(line: Line, folder: Path, rounds: int) -> str:
    """The line of the table: both sides by turns."""
    ours, peer = [], []
    for _ in range(rounds):
        ours.append(cost(line.ours, folder))
        peer.append(cost(line.peer, folder))
    return f"| {line.work} | {_words(ours)} | {line.peer_name} | {_words(peer)} |"


def _words(costs: Sequence[Cost]) -> str:
    processor = statistics.median(one.processor for one in costs)
    clock = statistics.median(one.clock for one in costs)
    return f"{processor:.2f} ({clock:.2f}) s, {max(one.megabytes for one in costs):.0f} MB"


def main(rows: int, rounds: int) -> None:
    """All lines, each as soon as it is known."""
    load = f", load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    machine = f"{os.cpu_count()} processors, Python {platform.python_version()}{load}"
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine}, median of rounds: {rounds}")
    print("\n| Work | Ours: processor (clock), memory | Peer | Peer: processor (clock), memory |\n|---|---:|---|---:|")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        cost((*_MMS, "campaigns"), folder)  # makes the ledger
        cost(("-m", "benchmarks", "--make", name, str(rows)), folder)
        try:
            for line in lines(folder, rows):
                print(measured(line, folder, rounds), flush=True)
        finally:
            cost((*_MMS, "stop"), folder)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--make", into, count]:
            make_files(Path(into), int(count))
        case [*numbers]:
            chosen = [int(number) for number in numbers]
            main(*(*chosen, *(ROWS, ROUNDS)[len(chosen) :]))
