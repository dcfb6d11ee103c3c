"""An analyst's way in Chromium: compare campaigns, filter the rows of one, and take along what is seen."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from browser_site import IDLE, ROOT, ledger_in, serving, wait_until
from playwright.sync_api import Error, Page, expect

from mms.ledger import Ledger
from mms.recipients import read_upload
from mms.reports.campaign.progress import results_complete

pytestmark = pytest.mark.browser

FILTERED = "907-555-0167"
LISTS = {
    "=1+1": ["907-555-0150", "907-555-0151", FILTERED],
    "Sale at http://shop.example": ["907-555-0152", "907-555-0166"],
    "Spring": ["907-555-0153", "907-555-0163"],
}


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a dashboard whose three campaigns were sent from the command line."""
    folder = tmp_path_factory.mktemp("analyst")
    with serving(folder) as site:
        for at, (name, numbers) in enumerate(LISTS.items(), start=1):
            send(folder, name, numbers, *([] if at == len(LISTS) else ["--no-wait"]))
        with closing(ledger_in(folder)) as ledger:
            wait_until(lambda: all(has_every_receipt(ledger, campaign_id) for campaign_id in (1, 2, 3)))
        yield site.url


def has_every_receipt(ledger: Ledger, campaign_id: int) -> bool:
    """What is filtered by code below is there only when the last receipt has come."""
    with ledger.read() as connection:
        return results_complete(connection, campaign_id, ledger.now(connection))[1] == 0


def send(folder: Path, name: str, numbers: list[str], *more: str) -> None:
    """One campaign, waited for unless told otherwise. Exit 1 tells that some rows did not go out, as wanted."""
    lines = [f"Person {at},{number}" for at, number in enumerate(numbers)]
    options = ["--body", f"Hello from {name}", "--name", name, "--any-hour", "--yes", *more]
    done = subprocess.run(
        [sys.executable, "-m", "mms", "send", "-", *options],
        input="\n".join(["Name,Phone", *lines]).encode(),
        cwd=ROOT,
        env={**os.environ, "MMS_DATA_DIR": str(folder), "MMS_RATE": "20"},
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr.decode()


def downloaded(page: Page, button: str) -> list[list[str]]:
    """The cells of the file behind this button, header first."""
    with page.expect_download() as downloading:
        page.get_by_role("button", name=button).click()
    upload = read_upload(Path(downloading.value.path()).read_bytes(), file_name=downloading.value.suggested_filename)
    return [list(upload.columns), *(cells for _number, cells in upload.rows())]


def choose(page: Page, box: str, option: str) -> None:
    """A page that is drawn anew closes an open list: it is opened again until the choice is made."""
    choice = page.get_by_role("option", name=option)

    def chosen() -> bool:
        if not choice.is_visible():
            page.get_by_role("combobox", name=box).click()
        try:
            choice.click(timeout=2_000)
        except Error:
            return False
        return True

    wait_until(chosen)


def test_rows_with_one_code_are_taken_along(page, sent):
    page.goto(f"{sent}/campaign?id=1")
    page.get_by_role("tab", name="Rows").click()
    page.wait_for_selector(IDLE)
    choose(page, "Code", "30007")
    page.keyboard.press("Escape")  # the open list hides the rest of the page from assistive technology
    for form in ("CSV", "Excel"):
        found = downloaded(page, f"Report of 1 row ({form})")
        assert [line[1] for line in found[1:]] == [FILTERED]


def test_comparison_is_taken_along_and_runs_no_formula(page, sent):
    page.goto(f"{sent}/compare")
    table = page.get_by_test_id("stDataFrame")
    table.hover()
    expect(table.get_by_role("button", name="Search")).to_be_visible()
    expect(table.get_by_role("button", name="Download as CSV")).to_have_count(0)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download this comparison").click()
    lines = Path(downloading.value.path()).read_text("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in lines] == ["Name", "Spring", "Sale at http://shop.example", "'=1+1"]


def test_address_in_a_name_is_no_link(page, sent):
    page.goto(f"{sent}/campaign?id=2")
    expect(page.get_by_role("heading", name="Sale at http").first).to_be_visible()
    expect(page.locator("a[href*='shop.example']")).to_have_count(0)


@pytest.mark.parametrize("button", ["Copy this campaign", "New campaign with these people"])
def test_campaign_is_the_beginning_of_another(page, sent, button):
    page.goto(f"{sent}/campaign?id=3")
    page.get_by_role("button", name=button).click()
    page.wait_for_url(re.compile(r"/new\?draft=\d+"))
    expect(page.get_by_role("heading", name="New campaign")).to_be_visible()
    expect(page.get_by_text("Something went wrong")).to_have_count(0)


def test_failures_worth_it_are_tried_again_in_a_campaign_of_their_own(page, sent):
    page.goto(f"{sent}/campaign?id=3")
    page.get_by_role("button", name="Try 1 person again").click()
    page.get_by_role("button", name="Send 1 message again").click()
    page.wait_for_url(re.compile(r"/campaign\?id=4"))
    expect(page.get_by_text("Together 1 row")).to_be_visible()
