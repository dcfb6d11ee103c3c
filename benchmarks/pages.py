"""What people wait for in the browser: first paint of every page, and the answer to what is clicked often.

    python -m benchmarks.pages [--rows 0 1000 100000] [--rounds 3] [--write docs/performance.md]

For each size a fresh installation in practice mode is served by `streamlit run app.py` and driven in Chromium: once
with nothing running, once while another campaign goes out at 50 a second. Each figure is the median of the rounds:
seconds as a person waits, and beside it seconds of a processor in the server, which tell more on a busy machine.
`--write` puts the tables between the two marks of the document. The goal (issue 8): nothing often done over 1 s.
"""

import argparse
import csv
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psutil
import requests
from playwright.sync_api import Browser, Page, sync_playwright
from requests.adapters import HTTPAdapter
from sqlalchemy import func, select, text
from urllib3.util import Retry

from benchmarks.api import app
from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.ledger import Ledger, open_ledger
from mms.ledger.tables import rows
from mms.practice.account import ACCOUNT_SID, MAIN
from mms.practice.address import PracticeAddress
from mms.practice.testing import PracticeProcess
from mms.send_options import SendOptions
from mms.settings import settings_from

TARGET = 1.0  # seconds
RATE = 50.0
RUNNING_ROWS = 40_000  # more than go out while the pages are measured
NEWSLETTERS, NEWSLETTER_ROWS, INBOX_MESSAGES = 40, 25, 1_000
TIMEOUT = 60_000  # milliseconds
BEGIN, END = "<!-- figures: begin -->\n", "<!-- figures: end -->\n"
_AREA_CODES = (212, 305, 312, 404, 415, 416, 503, 512, 604, 617, 702, 808, 917)

PAGES = {  # by heading; the large campaign is the one with an address to fill in
    "Start": "/",
    "New campaign": "/new",
    "Campaigns": "/campaigns",
    "Campaign": "/campaign?id={}",
    "Compare campaigns": "/compare",
    "One person": "/person?number=%2B12122340000",
    "Opt-outs": "/opt-outs",
    "Practice inbox": "/inbox",
    "Settings": "/settings",
    "When something goes wrong": "/help",
}

# A finished campaign as an ordinary list leaves it: of a hundred rows 80 delivered, 9 sent, 7 not arrived, 4 left out.
_FINISH = (
    """UPDATE mms_rows SET updated_at = updated_at - 604800 + row_number / 50.0, attempts = 1, state =
    CASE WHEN row_number % 100 < 80 THEN 'delivered' WHEN row_number % 100 < 89 THEN 'sent'
    WHEN row_number % 100 < 93 THEN 'undelivered' WHEN row_number % 100 < 95 THEN 'failed'
    WHEN row_number % 100 < 96 THEN 'refused' ELSE 'skipped' END""",
    "UPDATE mms_rows SET reason = 'duplicate', attempts = 0 WHERE state = 'skipped'",
    "UPDATE mms_rows SET error_code = 21211 WHERE state = 'refused'",
    "UPDATE mms_rows SET error_code = 30003 WHERE state IN ('undelivered', 'failed')",
    """UPDATE mms_rows SET sent_at = updated_at, price = '-0.02200', price_unit = 'USD',
    message_sid = 'MM0000000000000000000000000' || (1000000 + id) WHERE state NOT IN ('skipped', 'refused')""",
    """INSERT INTO mms_attempts (row_id, campaign_id, at, event, status, error_code)
    SELECT id, campaign_id, updated_at + later, event, CASE event WHEN 'receipt' THEN state END, error_code
    FROM mms_rows, (SELECT 'asked' AS event, 0 AS later UNION SELECT 'accepted', 1 UNION SELECT 'receipt', 9)
    WHERE state <> 'skipped'""",
    """UPDATE mms_campaigns SET state = 'finished', created_at = created_at - 604800,
    started_at = created_at - 604790, finished_at = created_at - 600000""",
    """INSERT INTO mms_opt_outs (recipient, since, source)
    SELECT DISTINCT recipient, 0, 'reply' FROM mms_rows WHERE row_number % 100 = 50""",
)

# What is waited for: a visible element of the selector whose text fits, not one that the run before left behind.
# The cells of a table are drawn on a canvas; what it keeps for screen readers lags some 0.2 s behind.
SEEN = """([selector, pattern]) => [...document.querySelectorAll(selector)].some(one =>
  (one.closest('canvas') || one.checkVisibility()) && !one.closest('[data-stale="true"]')
  && new RegExp(pattern).test(one.innerText.trim()))"""
IDLE = """() => document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]')"""
CAPTION = "[data-testid=stCaptionContainer]"


def number(n: int) -> str:
    """A number of its own for each row, of a shape that the check takes; nothing leaves loopback."""
    rest, area = divmod(n, len(_AREA_CODES))
    return f"+1{_AREA_CODES[area]}{234 + rest // 10_000}{rest % 10_000:04}"


def start_campaign(ledger: Ledger, name: str, count: int, first: int) -> int:
    """Launch a campaign to people from `first` on; returns its number."""
    body = "Hello {Name}, our spring sale starts today. Reply STOP to opt out."
    new = NewCampaign(
        *(os.urandom(8).hex(), name, body, (), ("Phone", "Name", "City"), "Phone", MAIN.number, ACCOUNT_SID),
        mode="practice",
        content_hash=name,
        options=SendOptions(rate=RATE, any_hour=True),
    )
    people = ((n, number(first + n)) for n in range(count))
    cells = ((n, to, json.dumps([to, f"Person {n:06}", "Boston"])) for n, to in people)
    return launch(ledger, new, (PlannedRow(n + 2, row, to) for n, to, row in cells))


def fill_ledger(ledger: Ledger, count: int) -> int:
    """A finished campaign of `count` rows among small ones, all a week old; returns its number, 0 for none."""
    if not count:
        return 0
    campaign_id = start_campaign(ledger, "Spring sale", count, 0)
    for n in range(NEWSLETTERS):
        start_campaign(ledger, f"Newsletter {n:02}", NEWSLETTER_ROWS, n * NEWSLETTER_ROWS)
    with ledger.write() as connection:
        for statement in _FINISH:
            connection.execute(text(statement))
    return campaign_id


def fill_inbox(address: PracticeAddress, count: int) -> None:
    """Messages at the stand-in, so that the inbox has pages."""
    url = f"{address.base_url}/2010-04-01/Accounts/{address.account_sid}/Messages.json"
    with requests.Session() as session:
        session.auth, session.trust_env = address.auth, False  # loopback never goes through a proxy
        for n in range(count):
            session.post(url, data={"To": number(n), "From": MAIN.number, "Body": f"Hello {n}"}).raise_for_status()


def list_file(folder: Path, count: int, first: int) -> Path:
    """A CSV of good rows. Other people each time: the pages remember what they found out about a list."""
    with (folder / "customers.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("Phone", "Name", "City"))
        lines.writerows((number(n), f"Person {n:07}", "Boston") for n in range(first, first + count))
    return folder / "customers.csv"


@dataclass
class Stopwatch:
    """Drives the page and keeps what each step took: seconds, and seconds of a processor in the server."""

    page: Page
    server: psutil.Process
    taken: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def take(self, name: str, act: Callable[[], object], selector: str, pattern: str = "") -> None:
        """From the act until the page shows what it leads to."""
        before, began = self.server.cpu_times(), time.perf_counter()
        act()
        self.wait(selector, pattern)
        seconds, after = time.perf_counter() - began, self.server.cpu_times()
        self.taken.setdefault(name, []).append((seconds, sum(after[:2]) - sum(before[:2])))
        print(f"  {name}: {seconds:.2f} s", file=sys.stderr, flush=True)
        self.page.wait_for_function(IDLE)

    def visit(self, name: str, path: str, title: str) -> None:
        """First paint: from the navigation until the page has its heading and its script has ended."""

        def turn() -> None:
            self.page.goto(path, wait_until="commit")
            self.wait("h1", f"^{title}$")
            self.page.wait_for_function(IDLE)

        self.take(name, turn, "h1", f"^{title}$")

    def begin_at(self, path: str, selector: str, pattern: str) -> None:
        """Open a page without measuring, and let it come to rest."""
        self.page.goto(path)
        self.wait(selector, pattern)
        self.page.wait_for_function(IDLE)

    def wait(self, selector: str, pattern: str) -> None:
        """Looked at with every frame that the browser draws."""
        self.page.wait_for_function(SEEN, arg=[selector, pattern])

    def enter(self, label: str, words: str, key: str = "Enter") -> Callable[[], None]:
        """Types at once; what is measured begins with the key that ends the typing."""
        box = self.page.get_by_label(label, exact=True)
        box.fill(words)
        return partial(box.press, key)


def open_pages(watch: Stopwatch, campaign_id: int) -> None:
    """Each page by its address, then two of them by the menu."""
    for name, path in PAGES.items():
        watch.visit(name, path.format(campaign_id), "Spring sale" if "{}" in path and campaign_id else name)
    menu = watch.page.get_by_test_id("stSidebarNav")
    for name in ("Campaigns", "New campaign"):
        watch.take(f"Menu: {name}", menu.get_by_role("link", name=name, exact=True).click, "h1", f"^{name}$")


def click_campaigns(watch: Stopwatch, ledger: Ledger, campaign_id: int, count: int) -> None:
    """The list of campaigns, and the row table of a finished one."""
    watch.begin_at("/campaigns", CAPTION, r"^\d+ campaigns$")
    watch.take("Campaigns: search", watch.enter("Search by name", "Newsletter 07"), CAPTION, "^1 campaign$")

    missed = (rows.c.campaign_id == campaign_id, rows.c.state.in_(("undelivered", "failed", "refused")))
    with ledger.read() as connection:
        failed = connection.execute(select(func.count()).where(*missed)).scalar_one()
    all_rows = f"^{count:,} rows$"
    watch.begin_at(f"/campaign?id={campaign_id}", CAPTION, all_rows)
    pill = watch.page.get_by_role("button", name=f"Not arrived ({failed:,})")
    watch.take("Campaign: filter by result", pill.click, CAPTION, f"^{failed:,} rows$")
    watch.take("Campaign: take the filter off", pill.click, CAPTION, all_rows)
    watch.take("Campaign: search", watch.enter("Search", f"Person {count - 7:06}"), CAPTION, "^1 row$")
    watch.take("Campaign: end the search", watch.enter("Search", ""), CAPTION, all_rows)
    following = watch.page.get_by_role("button", name="Next page")
    watch.take("Campaign: next page of rows", following.click, "[data-testid=stDataFrame] td", "^102$")
    table = watch.page.get_by_test_id("stDataFrame").locator(".dvn-scroller")  # its first box: 18 right, 52 down
    watch.take("Campaign: open a row", lambda: table.click(position={"x": 18, "y": 52}), "h3", "^Row 102: ")


def click_new_campaign(watch: Stopwatch, file: Path, count: int, words: str) -> None:
    """From the file to the review. `words` are new each time, as nobody types the same text twice."""
    page, step = watch.page, "New campaign: "
    watch.begin_at("/new", "h2", "Who gets the message")
    chooser = page.locator("[data-testid=stFileUploader] input[type=file]").first
    watch.take(f"{step}upload to check", lambda: chooser.set_input_files(file), ".st-key-to_compose button", "Next")
    following = page.get_by_role("button", name="Next: write the message")
    watch.take(f"{step}next step", following.click, "textarea")
    typed = watch.enter("Text of the message", f"{words} {{Name}}", "Control+Enter")
    watch.take(f"{step}text to preview", typed, "[class*=st-key-phone_bubble]", words)
    review = page.get_by_role("button", name="Next: review")
    watch.take(f"{step}review", review.click, ".st-key-send button", f"Send {count:,} messages")


def click_while_sending(watch: Stopwatch, campaign_id: int) -> None:
    """The page of the campaign that is being sent, and the panic button."""
    watch.visit("Campaign that is being sent", f"/campaign?id={campaign_id}", "Autumn sale")
    watch.wait(CAPTION, f"^{RUNNING_ROWS:,} rows$")
    pill, stop = (watch.page.get_by_role("button", name=name) for name in ("Waiting (", "Stop everything"))
    watch.take("Campaign that is being sent: filter", pill.click, CAPTION, rf"^(?!{RUNNING_ROWS:,})[\d,]+ rows$")
    watch.take("Stop everything: the question", stop.click, "[role=dialog] button", "Leave them paused")


@dataclass(frozen=True)
class Column:
    """One column of the tables: medians by step, and the load average of the last minute."""

    title: str
    figures: dict[str, tuple[float, float]]
    load: float

    def cell(self, name: str) -> str:
        """Seconds, bold when over the target, and in brackets those of a processor."""
        if name not in self.figures:
            return "–"
        seconds, processor = self.figures[name]
        return (f"**{seconds:.2f}**" if seconds > TARGET else f"{seconds:.2f}") + f" ({processor:.2f})"


def measured(browser: Browser, url: str, title: str, rounds: int, steps: Callable[[Stopwatch, int], None]) -> Column:
    """All steps in each round, in one browser window; `steps` gets the number of the round."""
    print(title, file=sys.stderr)
    server = next(child for child in psutil.Process().children() if "streamlit" in child.cmdline())
    page = browser.new_context(base_url=url, bypass_csp=True, viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(TIMEOUT)
    watch = Stopwatch(page, server)
    for turn in range(rounds):
        steps(watch, turn)
    page.context.close()
    medians = {
        name: (statistics.median(one for one, _ in taken), statistics.median(one for _, one in taken))
        for name, taken in watch.taken.items()
    }
    return Column(title, medians, psutil.getloadavg()[0])


def columns(browser: Browser, count: int, rounds: int) -> Iterator[Column]:
    """One size: with nothing running, then while a campaign goes out."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = open_ledger(settings_from({"MMS_DATA_DIR": folder, "MMS_MODE": "practice"}))
        campaign_id = fill_ledger(ledger, count)
        with PracticeProcess(Path(folder)) as practice, app(Path(folder)) as url:
            fill_inbox(practice.address, min(count, INBOX_MESSAGES))
            wait_until_ready(url)

            def steps(watch: Stopwatch, turn: int, *, sending: int = 0) -> None:
                open_pages(watch, campaign_id)
                if count:
                    click_campaigns(watch, ledger, campaign_id, count)
                    file = list_file(Path(folder), count, (2 + 2 * turn + bool(sending)) * 1_000_000)
                    click_new_campaign(watch, file, count, f"Hello {sending}-{turn}")
                if sending:
                    click_while_sending(watch, sending)

            yield measured(browser, url, f"{count:,} rows", rounds, steps)
            sending = start_campaign(ledger, "Autumn sale", RUNNING_ROWS, 1_000_000)
            yield measured(browser, url, f"{count:,} rows, sending", rounds, partial(steps, sending=sending))
            print(f"  sent meanwhile: {sent_per_second(ledger, sending):.1f} a second", file=sys.stderr)
        ledger.close()


def wait_until_ready(url: str) -> None:
    """Until the server and its worker are there; raises RequestException when they do not come."""
    patient = Retry(total=60, backoff_factor=0.2, backoff_max=1, status_forcelist=(503,))
    with requests.Session() as session:
        session.mount(url, HTTPAdapter(max_retries=patient))
        session.get(f"{url}/ready").raise_for_status()


def sent_per_second(ledger: Ledger, campaign_id: int) -> float:
    """The pace so far; ends the program when the campaign ran out of rows, as then nothing was running any more."""
    sent = select(func.count(), func.min(rows.c.sent_at), func.max(rows.c.sent_at))
    with ledger.read() as connection:
        count, first, last = connection.execute(sent.where(rows.c.campaign_id == campaign_id, rows.c.sent_at > 0)).one()
    if count in (0, RUNNING_ROWS):
        raise SystemExit(f"The campaign did not run all the time: {count} rows went out")
    return float((count - 1) / (last - first))


def table(found: list[Column], first: str, names: list[str]) -> list[str]:
    """Lines of a Markdown table."""
    lines = ["| " + " | ".join([first, *(one.title for one in found)]) + " |", "|---|" + "---:|" * len(found)]
    return lines + ["| " + " | ".join([name, *(one.cell(name) for one in found)]) + " |" for name in names] + [""]


def report(found: list[Column], chromium: str, rounds: int) -> str:
    """The machine and the tables, as Markdown."""
    names = list(dict.fromkeys(name for column in found for name in column.figures))
    memory, python = psutil.virtual_memory().total / 2**30, platform.python_version()
    return "\n".join(
        [
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, median of {rounds} rounds; {os.cpu_count()} processors, "
            f"{memory:.0f} GB, {platform.system()}, Python {python}, Chromium {chromium}. "
            f"Load average at the end of each column: {', '.join(f'{one.load:.1f}' for one in found)}.",
            "",
            *table(found, "First paint", [name for name in names if ":" not in name]),
            *table(found, "Click to response", [name for name in names if ":" in name]),
        ]
    )


def main() -> None:
    """Measure every size, print the tables, and put them into the document."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[0, 1_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", type=Path, help="a document with the two marks")
    chosen = parser.parse_args()
    with sync_playwright() as playwright:
        where = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=where, args=["--no-sandbox", "--disable-gpu"])
        found = [column for count in chosen.rows for column in columns(browser, count, chosen.rounds)]
        printed = report(found, browser.version, chosen.rounds)
        browser.close()
    print(printed)
    if chosen.write:
        before, _, rest = chosen.write.read_text("utf-8").partition(BEGIN)
        chosen.write.write_text(before + BEGIN + printed + END + rest.partition(END)[2], "utf-8")


if __name__ == "__main__":
    main()
