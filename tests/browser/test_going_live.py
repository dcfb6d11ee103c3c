"""From an empty folder to the first campaign in Chromium, with the practice Twilio used as if it were Twilio."""

import csv
import io
import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pillow_heif
import pytest
import requests
from browser_site import IDLE, ROOT, wait_healthy
from PIL import Image
from playwright.sync_api import expect

from mms.operations.processes import stop_processes
from mms.practice.start import stop_running
from mms.practice.testing import PracticeServer
from mms.settings import load_settings

pytestmark = [pytest.mark.browser, pytest.mark.flaky(reruns=1)]

PEOPLE = "Name,Phone\nAnswers,907-555-0181\nStops,907-555-0180\nComplains,907-555-0182\n" + "".join(
    f"Person {n},212-555-{n:04}\n" for n in range(100, 147)
)


TESTED = "+12125550190"


@contextmanager
def app(folder):
    """`streamlit run app.py` in a folder of its own, where its `.env` lies."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "server.log"
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), *options]
    environment = {**os.environ, "MMS_DATA_DIR": str(folder / "data"), "MMS_RATE": "20", "PYTHONPATH": str(ROOT)}
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT)
        try:
            wait_healthy(f"http://127.0.0.1:{port}", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(30)
            stop_processes(load_settings(environment, folder / ".env"))
            stop_running(folder / "data")  # the stand-in that practice mode started


def heic():
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (320, 240), "teal")).save(file)
    return file.getvalue()


class Hand:
    """A person's hand on the page: what it clicks is counted."""

    def __init__(self, page):
        self.page = page
        self.clicks = 0

    def click(self, target):
        target.click()
        self.clicks += 1

    def button(self, name, within=None):
        self.click((within or self.page).get_by_role("button", name=name, exact=True))

    def tick(self, text, within=None):
        """Where it is read before the next click."""
        self.click((within or self.page).get_by_text(text))
        self.page.wait_for_selector(IDLE)

    def choose_file(self, **file):
        """One click opens the chooser, which the browser test does without."""
        self.page.locator("[data-testid=stFileUploader] input[type=file]").first.set_input_files(file)
        self.clicks += 1


def test_from_an_empty_folder_to_replies_in_few_clicks(page, tmp_path):
    page.set_default_timeout(30_000)
    hand = Hand(page)
    with PracticeServer(tmp_path / "twilio", time_scale=0.02) as twilio, app_beside(twilio, tmp_path) as url:
        go_live(hand, url, twilio.address)
        send(hand)
        expect(page.get_by_text("Every row of the file is accounted for.").first).to_be_visible(timeout=120_000)
        campaign = page.url
        report = report_of(hand)
        page.goto(f"{url}/replies")
        table = page.locator(".st-key-reply_table [role=gridcell]")
        for said in ("Thank you!", "STOP"):
            expect(table.filter(has_text=re.compile(f"^{said}$")).first).to_be_attached(timeout=120_000)
        page.goto(campaign)
        hand.click(page.get_by_role("tab", name="Replies"))
        expect(page.get_by_role("region", name="Replies to this campaign")).to_be_visible()
        creates = twilio.remote.requests()
        links = {one["form"]["MediaUrl"][0] for one in creates}
        assert [requests.get(link, timeout=30).headers["Content-Type"] for link in links] == ["image/jpeg"]
    received = [one["form"]["To"][0] for one in creates]
    assert received.pop(0) == TESTED
    assert len(set(received)) == len(received) == len(report) == 50
    assert sorted(line["to"] for line in report) == sorted(received)
    print(f"clicks: {hand.clicks}")
    assert hand.clicks <= 16


@contextmanager
def app_beside(twilio, folder):
    """The app in a folder that holds nothing but the address of the Twilio to use."""
    (folder / ".env").write_text(f"TWILIO_API_BASE_URL={twilio.address.base_url}\n", "utf-8")
    with app(folder) as url:
        yield url


def go_live(hand, url, address):
    page = hand.page
    page.goto(f"{url}/settings")
    page.get_by_label("Account SID").fill(address.account_sid)
    page.get_by_label("Auth token").fill(address.auth_token)
    page.get_by_label("Auth token").press("Tab")
    expect(page.get_by_text("Twilio lets us in.")).to_be_visible()
    hand.button("Save and go live")
    expect(page.get_by_text("instead of Twilio").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("The A2P campaign is approved")).to_be_visible()


def send(hand):
    page = hand.page
    hand.click(page.get_by_role("link", name="New campaign"))
    expect(page).to_have_url(re.compile("/new"))
    page.wait_for_selector(IDLE)
    hand.choose_file(name="people.csv", mimeType="text/csv", buffer=PEOPLE.encode())
    hand.button("Next: write the message to 50 people")
    box = page.get_by_role("textbox", name="Text of the message")
    box.fill("Hi {Name}! Reply STOP to opt out.")
    box.press("Control+Enter")
    hand.choose_file(name="photo.heic", mimeType="image/heic", buffer=heic())
    expect(page.get_by_role("button", name="Remove")).to_be_visible(timeout=60_000)
    page.wait_for_selector(IDLE)
    hand.tick("Send a test to your own phone")
    page.get_by_label("Your number").press_sequentially(TESTED)
    page.wait_for_selector(IDLE)
    hand.click(page.get_by_role("button", name=re.compile("Send row .* as a test")))
    expect(page.get_by_text(re.compile("^Test: (Sent|Delivered)"))).to_be_visible(timeout=60_000)
    hand.button("Next: review for 50 people")
    hand.tick("When and from where")
    hand.tick("Also send at night")
    hand.tick("These people agreed to get messages")
    hand.button("Send 50 messages")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("50 numbers of another Twilio")).to_be_visible()
    expect(dialog.get_by_text("Send without a test message")).to_have_count(0)
    yes = dialog.get_by_role("button", name="Yes, send 50 messages")
    expect(yes).to_be_enabled()
    hand.click(yes)
    page.wait_for_url(re.compile(r"/campaign\?id=\d+"))


def report_of(hand):
    with hand.page.expect_download() as downloading:
        hand.click(hand.page.get_by_role("link", name="Report (CSV)"))
    return list(csv.DictReader(io.StringIO(Path(downloading.value.path()).read_text("utf-8-sig"))))
