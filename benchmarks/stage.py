"""A campaign ready to send and a real worker process to send it: what the benchmarks have in common."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.delivery.engine.worker_process import worker_environment
from mms.ledger import Ledger
from mms.ledger.tables import campaigns, rows
from mms.send_options import SendOptions
from mms.settings import Settings, settings_from

SENDER = "+19075550190"
OVER = ("finished", "stopped", "paused", "canceled")


def stage_settings(folder: Path, base_url: str, account_sid: str, token: str, **values: Any) -> Settings:
    """Live settings against a server on loopback."""
    named = {name.upper(): str(value) for name, value in values.items()}
    return settings_from(
        {
            "TWILIO_ACCOUNT_SID": account_sid,
            "TWILIO_AUTH_TOKEN": token,
            "TWILIO_PHONE_NUMBER": SENDER,
            "TWILIO_API_BASE_URL": base_url,
            "MMS_DATA_DIR": str(folder),
            **named,
        }
    )


def recipient(number: int) -> str:
    """A made-up number of its own for each row, up to a million and a half."""
    area, rest = divmod(number, 5_000)
    return f"+1{201 + area % 700:03d}{200 + area // 700 * 50 + rest // 100 % 50:03d}{rest % 100:02d}{number % 100:02d}"


def stage_campaign(
    ledger: Ledger, settings: Settings, count: int, options: Mapping[str, Any] | None = None, *, first: int = 0
) -> int:
    """Launch a campaign of `count` rows through the real entrance, to people from `first` on; returns its number."""
    assert settings.credentials is not None
    new = NewCampaign(
        request_key=os.urandom(8).hex(),
        name="Benchmark",
        body="Hello {Name}, our autumn sale starts today.",
        media_urls=("https://example.com/sale.jpg",),
        columns=("Mobile", "Name"),
        phone_column="Mobile",
        sender_address=SENDER,
        account_sid=settings.credentials.account_sid,
        mode=settings.mode.value,
        content_hash="benchmark",
        options=SendOptions(**{"any_hour": True, **(options or {})}),
    )
    planned = (
        PlannedRow(n + 2, json.dumps([recipient(first + n), f"Ann {n}"]), recipient(first + n)) for n in range(count)
    )
    return launch(ledger, new, planned)


def start_worker(settings: Settings) -> "subprocess.Popen[bytes]":
    """The real worker, as a child of this process, its log in the data folder."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / "worker.log").open("ab") as log:
        command = [sys.executable, "-m", "mms", "worker"]
        return subprocess.Popen(command, env=worker_environment(settings), stdout=log, stderr=log)


def state_of(ledger: Ledger, campaign_id: int) -> str:
    """The campaign's state."""
    with ledger.read() as connection:
        return str(connection.execute(select(campaigns.c.state).where(campaigns.c.id == campaign_id)).scalar_one())


def wait_until_over(ledger: Ledger, campaign_id: int, seconds: float = 600.0) -> str:
    """The state in which the campaign came to rest."""
    give_up = time.monotonic() + seconds
    while (state := state_of(ledger, campaign_id)) not in OVER and time.monotonic() < give_up:
        time.sleep(0.1)
    return state


def counts_of(ledger: Ledger, campaign_id: int) -> dict[str, int]:
    """Rows by state."""
    query = select(rows.c.state, func.count()).where(rows.c.campaign_id == campaign_id).group_by(rows.c.state)
    with ledger.read() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}
