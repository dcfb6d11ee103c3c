"""The page of one campaign for everybody, in each of its main states. No worker runs, so the states stay."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from browser_site import IDLE, Site, ledger_in, practice_campaign, serious_findings, serving
from playwright.sync_api import Browser, expect
from sqlalchemy import update

from mms.campaigns.launch.launching import PlannedRow, launch
from mms.ledger.tables import campaigns, rows

pytestmark = [pytest.mark.browser, pytest.mark.flaky(reruns=2)]

NO_TIMER = "window.setInterval = () => 0"  # a page that draws itself anew while axe looks is half faded
DELIVERED, UNDELIVERED = {"state": "delivered", "sent_at": 1.0}, {"state": "undelivered", "error_code": 30003}
IN_DOUBT, TAKEN_BACK, READY = {"state": "unknown", "reason": "unsettled"}, {"state": "canceled"}, {"state": "ready"}
STATES: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "running": ([DELIVERED, READY, READY], {"state": "running"}),
    "queued": ([READY] * 3, {"state": "scheduled"}),
    "scheduled": ([READY] * 3, {"state": "scheduled", "start_at": time.time() + 86_400}),
    "quiet hours": ([DELIVERED, READY], {"state": "waiting", "reason_code": "quiet_hours", "next_look_at": 4e9}),
    "paused": ([DELIVERED, READY], {"state": "paused", "want": "pause", "reason": "Paused by hand."}),
    "stopped": ([DELIVERED, READY], {"state": "stopped", "reason": "Twilio refused.", "reason_code": "twilio_20003"}),
    "in doubt": ([DELIVERED, IN_DOUBT, IN_DOUBT], {"state": "stopped", "reason_code": "unknown_rows"}),
    "cancelled": ([DELIVERED, TAKEN_BACK], {"state": "canceled", "want": "cancel", "finished_at": 1.0}),
    "none arrived": ([UNDELIVERED] * 2, {"state": "finished", "finished_at": 1.0}),
    "some arrived": ([DELIVERED, UNDELIVERED], {"state": "finished", "finished_at": 1.0}),
    "all arrived": ([DELIVERED] * 2, {"state": "finished", "finished_at": 1.0}),
}


@pytest.fixture(scope="module")
def still_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, dict[str, int]]]:
    """A dashboard over one campaign in each state, and their numbers."""
    folder = tmp_path_factory.mktemp("still")
    with serving(folder, sends=False) as site:
        yield site, campaigns_in_each_state(folder)


def campaigns_in_each_state(folder: Path) -> dict[str, int]:
    made: dict[str, int] = {}
    with closing(ledger_in(folder)) as ledger:
        for name, (of_rows, of_campaign) in STATES.items():
            new = practice_campaign(name, name.capitalize())
            planned = [
                PlannedRow(n, json.dumps(["Ann", "x"]), f"+1212555{n + 100:04}") for n in range(2, len(of_rows) + 2)
            ]
            made[name] = launch(ledger, new, planned)
            with ledger.write() as connection:
                for n, values in enumerate(of_rows, start=2):
                    which = (rows.c.campaign_id == made[name]) & (rows.c.row_number == n)
                    connection.execute(update(rows).where(which).values(**values))
                connection.execute(update(campaigns).where(campaigns.c.id == made[name]).values(**of_campaign))
    return made


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_campaign_page_shuts_nobody_out_in_any_state(
    browser: Browser, still_site: tuple[Site, dict[str, int]], scheme: Any
) -> None:
    site, made = still_site
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)  # axe is injected
    context.add_init_script(NO_TIMER)
    page = context.new_page()
    page.set_default_timeout(20_000)
    found = []
    for name, number in made.items():
        page.goto(f"{site.url}/campaign?id={number}")
        expect(page.get_by_role("heading", name=name.capitalize(), exact=True)).to_be_visible()
        page.wait_for_selector(IDLE)
        found += [f"{name}: {one}" for one in serious_findings(page)]
    context.close()
    assert found == []
