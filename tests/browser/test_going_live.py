"""From an empty folder to the first campaign in Chromium, with the practice Twilio used as if it were Twilio."""

import io
import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest
import requests
from browser_site import IDLE, ROOT, wait_healthy
from PIL import Image
from playwright.sync_api import expect

from mms.practice.start import stop_running
from mms.practice.testing import PracticeServer

pytestmark = [pytest.mark.browser, pytest.mark.flaky(reruns=2)]

PEOPLE = "Name,Phone\nAnswers,907-555-0181\nStops,907-555-0180\nComplains,907-555-0182\n" + "".join(
    f"Person {n},212-555-{n:04}\n" for n in range(100, 147)
)


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
            stop_running(folder / "data")  # the stand-in that practice mode started


def heic():
    file = io.BytesIO()
    Image.new("RGB", (320, 240), "teal").save(file, "HEIF")
    return file.getvalue()


def test_from_an_empty_folder_to_replies(page, tmp_path):
    page.set_default_timeout(30_000)
    with PracticeServer(tmp_path / "twilio", time_scale=0.02) as twilio:
        address = twilio.address
        (tmp_path / ".env").write_text(f"TWILIO_API_BASE_URL={address.base_url}\n", "utf-8")
        with app(tmp_path) as url:
            go_live(page, url, address)
        with app(tmp_path) as url:
            page.goto(f"{url}/settings")
            expect(page.get_by_text("The A2P campaign is approved")).to_be_visible()
            expect(page.get_by_text("instead of Twilio")).to_be_visible()
            send(page, url)
            expect(page.get_by_text("Every row of the file is accounted for.").first).to_be_visible(timeout=120_000)
            expect(page.get_by_text("Replies").first).to_be_visible()
        creates = twilio.remote.requests()
        assert len({one["form"]["To"][0] for one in creates}) == len(creates) == 50
        links = {one["form"]["MediaUrl"][0] for one in creates}
        assert [requests.get(link, timeout=30).headers["Content-Type"] for link in links] == ["image/jpeg"]


def go_live(page, url, address):
    page.goto(f"{url}/settings")
    page.get_by_label("Account SID").fill(address.account_sid)
    page.get_by_label("Auth token").fill(address.auth_token)
    page.get_by_label("Auth token").press("Tab")
    expect(page.get_by_text("Twilio lets us in.")).to_be_visible()
    page.get_by_role("button", name="Save and go live").click()
    expect(page.get_by_text("start the app again").first).to_be_visible()


def send(page, url):
    page.goto(f"{url}/new")
    page.locator("[data-testid=stFileUploader] input[type=file]").first.set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": PEOPLE.encode()}
    )
    page.get_by_role("button", name="Next: write the message").click()
    box = page.get_by_role("textbox", name="Text of the message")
    box.fill("Hi {Name}! Reply STOP to opt out.")
    box.press("Control+Enter")
    page.locator("[data-testid=stFileUploader] input[type=file]").first.set_input_files(
        {"name": "photo.heic", "mimeType": "image/heic", "buffer": heic()}
    )
    expect(page.get_by_role("button", name="Remove")).to_be_visible(timeout=60_000)
    page.wait_for_selector(IDLE)
    page.get_by_role("button", name="Next: review").click()
    page.get_by_text("Also send at night").click()
    page.wait_for_selector(IDLE)
    page.get_by_text("These people agreed to get messages").click()
    page.wait_for_selector(IDLE)
    page.get_by_role("button", name="Send 50 messages", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("50 numbers of another Twilio")).to_be_visible()
    dialog.get_by_text("Send without a test message").click()
    yes = dialog.get_by_role("button", name="Yes, send 50 messages")
    expect(yes).to_be_enabled()
    yes.click()
    page.wait_for_url(re.compile(r"/campaign\?id=\d+"))
