"""From nothing to the first practice report, as a stranger goes: clone, README's first line, sample campaign, report.

    python -m benchmarks.first_report

Clones this repository's last commit into a new folder with a new virtual environment, runs the README's line word for
word, then clicks in Chromium: the sample campaign on the start page, through every step, until its report is
downloaded. Prints what each part took; the goal of the README is three minutes for all of it.
"""

import csv
import io
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import requests
from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
RUN_LINE = re.compile(r"^(pip install -r requirements\.txt) && (streamlit run app\.py)$", re.MULTILINE)
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
START_SECONDS = 600


class Watch:
    """Says how long each part took since the one before."""

    def __init__(self) -> None:
        self._begun = self._last = time.monotonic()

    def passed(self, what: str) -> None:
        """One more part is through."""
        now = time.monotonic()
        print(f"{now - self._last:7.1f} s  {what}", flush=True)
        self._last = now

    def total(self) -> None:
        """The whole way."""
        print(f"{self._last - self._begun:7.1f} s  in all")


@contextmanager
def running(folder: Path, watch: Watch) -> Iterator[str]:
    """Both halves of the README's line in a new virtual environment, on a free port; yields the address."""
    line = RUN_LINE.search((folder / "README.md").read_text("utf-8"))
    if line is None:
        sys.exit("The README has no line that runs the program.")
    environment = folder.parent / "environment"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    binaries = environment / ("Scripts" if os.name == "nt" else "bin")
    values = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("MMS_", "TWILIO_"))},
        "PATH": os.pathsep.join((str(binaries), os.environ["PATH"])),
        "STREAMLIT_SERVER_HEADLESS": "true",
        "STREAMLIT_SERVER_PORT": str(port),
    }
    with (folder.parent / "output.txt").open("wb") as out:
        subprocess.run(_command(line[1], binaries), cwd=folder, env=values, stdout=out, stderr=out, check=True)
        watch.passed(line[1])
        server = subprocess.Popen(_command(line[2], binaries), cwd=folder, env=values, stdout=out, stderr=out)
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", server)
        watch.passed(line[2])
        yield f"http://127.0.0.1:{port}"
    finally:
        _end_all_in(folder)


def _command(line: str, binaries: Path) -> list[str]:
    program, *arguments = line.split()
    return [str(binaries / program), *arguments]


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    give_up = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < give_up:
        try:
            if requests.get(url, timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    sys.exit("The server did not start.")


def _end_all_in(folder: Path) -> None:
    """The server, and the worker and the stand-in that it has started."""
    ours = []
    for process in psutil.process_iter(["cwd"]):
        if process.info["cwd"] and Path(process.info["cwd"]) == folder:
            process.terminate()
            ours.append(process)
    psutil.wait_procs(ours, timeout=30)


def sample_campaign(page: Page) -> list[dict[str, str]]:
    """By clicks only, from the start page to the report."""
    page.goto("/")
    page.get_by_role("button", name="Try the sample campaign").click()
    expect(page.get_by_role("heading", name="What we found")).to_be_visible()
    page.get_by_text("Go on without this row").click()
    page.get_by_role("button", name="Next: write the message").click()
    page.get_by_role("button", name="Next: review").click()
    expect(page.get_by_role("heading", name="Review", exact=True)).to_be_visible()
    page.wait_for_selector(IDLE)
    page.get_by_text("These people agreed to get messages").click()
    page.get_by_role("button", name=re.compile(r"^Send \d+ messages$")).click()
    page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    page.wait_for_url(re.compile(r"/campaign\?id="))
    expect(page.get_by_text("Every row of the file is accounted for.").first).to_be_visible(timeout=180_000)
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Report (CSV)").click()
    return list(csv.DictReader(io.StringIO(Path(downloading.value.path()).read_text("utf-8-sig"))))


def main() -> None:
    """Print the times."""
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        watch = Watch()
        folder = Path(scratch).resolve() / "clone"
        subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
        watch.passed("git clone")
        with running(folder, watch) as url:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(base_url=url)
            page.set_default_timeout(60_000)
            report = sample_campaign(page)
            watch.passed(f"sample campaign by clicks, report of {len(report)} rows downloaded")
            browser.close()
        watch.total()
        print(f"         results: {dict(Counter(line['result'] for line in report))}")


if __name__ == "__main__":
    main()
