"""Takes the pictures of README and guides from a real practice run.

    MMS_DATA_DIR=/tmp/fresh streamlit run app.py            # in one terminal
    python docs/screenshots.py http://127.0.0.1:8501        # in another; writes docs/images/

The folder should be fresh, so that the pictures show the same campaign each time. Needs requirements-dev.txt
and a Chromium (Debian: apt install chromium).
"""

import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

IMAGES = Path(__file__).parent / "images"
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
SIZE = {"width": 1280, "height": 900}
FIRST_RESULTS = 4_000  # milliseconds; by then the first messages have their receipt


def shoot(page: Page, name: str) -> None:
    """One picture, once the page has come to rest."""
    page.wait_for_selector(IDLE)
    page.wait_for_timeout(800)
    page.screenshot(path=IMAGES / f"{name}.png")


def sample_campaign(page: Page) -> None:
    """From the start page to the finished campaign, with a picture of each step."""
    page.goto("/")
    shoot(page, "start")
    page.get_by_role("button", name="Try the sample campaign").click()
    expect(page.get_by_role("heading", name="This is how we read your file")).to_be_visible()
    shoot(page, "check")
    page.get_by_text("Go on without this row").click()
    page.get_by_role("button", name="3. Compose").click()
    expect(page.get_by_role("heading", name="On the phone")).to_be_visible()
    shoot(page, "compose")
    page.get_by_role("button", name="4. Review and send").click()
    page.wait_for_selector(IDLE)
    page.get_by_text("These people agreed to get messages").click()
    shoot(page, "review")
    page.get_by_role("button", name=re.compile("^Send 1[0-9] messages")).click()
    page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    page.wait_for_url(re.compile(r"/campaign\?id="))
    page.wait_for_timeout(FIRST_RESULTS)
    for name in ("campaign-running", "sending"):  # README, and the guide a moment later
        page.screenshot(path=IMAGES / f"{name}.png")
        page.wait_for_timeout(1_500)
    expect(page.get_by_text("Every row of the file is accounted for.")).to_be_visible(timeout=60_000)
    shoot(page, "finished")


def other_pages(page: Page) -> None:
    """Pages that show what the sample left behind."""
    for name, path in (("campaigns", "/campaigns"), ("compare", "/compare"), ("inbox", "/inbox"), ("help", "/help")):
        page.goto(path)
        shoot(page, name)


def main(url: str) -> None:
    """Every picture, light and at one size."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_context(viewport=SIZE, base_url=url, color_scheme="light").new_page()
        sample_campaign(page)
        other_pages(page)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
