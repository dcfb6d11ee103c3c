"""Load on `POST /send-mms`: the app as `streamlit run` serves it, its worker and the practice Twilio, on loopback.

    python benchmarks/api.py --calls 2000 --at-once 32

Prints calls a second, p50/p99 and errors, and compares what was answered with the ledger and with what arrived.
"""

import argparse
import asyncio
import hashlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import requests
from sqlalchemy import func, select

from mms.ledger import Ledger
from mms.ledger.options import set_option
from mms.ledger.tables import rows
from mms.practice.testing import PracticeServer

ROOT = Path(__file__).parents[1]
KEY = "benchmark"


def main() -> None:
    """Run the load once and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=2_000)
    parser.add_argument("--at-once", type=int, default=32)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        with PracticeServer(data_dir) as practice:
            practice.address.write(data_dir)
            with app(data_dir) as url:
                _warm_up(url, data_dir)
                begun = time.perf_counter()
                answers = asyncio.run(load(url, chosen.calls, chosen.at_once))
                seconds = time.perf_counter() - begun
                report(answers, seconds, data_dir, practice)


@contextmanager
def app(data_dir: Path) -> Iterator[str]:
    """`streamlit run app.py` on a free port, and its worker; both ended at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "MMS_DATA_DIR": str(data_dir),
        "MMS_MODE": "practice",
        "MMS_RATE": "0",
        "MMS_MAX_IN_FLIGHT": "64",
        "MMS_API_KEYS": f"benchmark:{hashlib.sha256(KEY.encode()).hexdigest()}",
        "LOG_LEVEL": "warning",
    }
    environment = {**os.environ, **settings}
    serve = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    work = [sys.executable, "-m", "mms", "worker"]
    processes = [subprocess.Popen(work, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)]
    processes.append(subprocess.Popen(serve, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL))
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait(20)


def _warm_up(url: str, data_dir: Path) -> None:
    """Until the first message has gone out; then lift the key's rate."""
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        try:
            if requests.get(f"{url}/ready", timeout=30).status_code == 200:
                break
        except requests.ConnectionError:
            time.sleep(0.1)
    ledger = Ledger(f"sqlite:///{data_dir / 'mms.db'}")
    with ledger.write() as connection:
        set_option(connection, "api_calls_per_minute", 10_000_000, at=0, by="benchmark")
    ledger.close()
    asyncio.run(load(url, 5, 1))


async def load(url: str, calls: int, at_once: int) -> list[tuple[float, int, str]]:
    """Seconds, status and SID of each call; `at_once` of them are open all the time."""
    numbers = iter(range(calls))
    answers: list[tuple[float, int, str]] = []

    async def caller(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            message = {
                "to": f"+1202555{100 + number % 100:04d}",
                "body": f"Call {calls}-{number}",
                "mediaUrl": "https://pictures.example/a.jpg",
            }
            begun = time.perf_counter()
            async with session.post("/send-mms", json=message) as answer:
                said = await answer.json()
                answers.append((time.perf_counter() - begun, answer.status, said.get("sid", said.get("code"))))

    headers = {"Authorization": f"Bearer {KEY}"}
    async with aiohttp.ClientSession(url, headers=headers) as session:
        await asyncio.gather(*(caller(session) for _ in range(at_once)))
    return answers


def report(answers: list[tuple[float, int, str]], seconds: float, data_dir: Path, practice: PracticeServer) -> None:
    """Figures, and whether every message is in the ledger and at Twilio exactly once."""
    times = sorted(taken for taken, _status, _sid in answers)
    sids = [sid for _taken, status, sid in answers if status == 200]
    percentiles = statistics.quantiles(times, n=100)
    print(f"calls {len(answers)}, {len(answers) / seconds:.0f} a second, {seconds:.1f} s")
    print(
        f"p50 {percentiles[49] * 1000:.0f} ms, p99 {percentiles[98] * 1000:.0f} ms, longest {times[-1] * 1000:.0f} ms"
    )
    print(f"answers {dict(Counter(status for _taken, status, _sid in answers))}")
    ledger = Ledger(f"sqlite:///{data_dir / 'mms.db'}")
    with ledger.read() as connection:
        counted = connection.execute(
            select(rows.c.message_sid, func.count()).where(rows.c.message_sid.in_(sids)).group_by(rows.c.message_sid)
        ).all()
    ledger.close()
    arrived = Counter(one["form"]["Body"][0] for one in practice.remote.requests())
    once = len(counted) == len(sids) == len(set(sids)) and all(count == 1 for _sid, count in counted)
    print(
        f"in the ledger exactly once: {once}; arrived at Twilio more than once: {sum(n > 1 for n in arrived.values())}"
    )


if __name__ == "__main__":
    main()
