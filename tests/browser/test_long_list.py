"""A thousand rows, sixty of them bad, in Chromium: some mended in the page and in a file, the rest left out, sent."""

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from browser_site import IDLE
from playwright.sync_api import Page, expect
from test_journey import report_of, send, upload, write_and_review

pytestmark = [pytest.mark.browser, pytest.mark.flaky(reruns=2)]

AREAS = (720, 737, 747, 754, 762, 763, 772, 779, 786, 801)  # nobody else's here: no number is known as dead yet
NUMBERS = [f"{area}-555-{line:04}" for area in AREAS for line in range(100, 200)]
BAD = range(0, 960, 16)  # the first digits are missing; spreadsheet rows 2, 18, …
FILE = "Name,Phone\n" + "".join(
    f"Person {n},{number[4:] if n in BAD else number}\n" for n, number in enumerate(NUMBERS)
)
IN_A_FILE = 10
PATIENCE = 30_000  # milliseconds, of a loaded machine


def mend_first_in_the_page(page: Page) -> None:
    """Type over the cell of the first bad row, as one does in a spreadsheet."""
    page.wait_for_selector(IDLE)
    grid = page.locator("[data-testid=stDataFrame]").last  # the first one shows how the file was read
    grid.scroll_into_view_if_needed()
    grid.click(position={"x": 20, "y": 55})
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    cell = page.locator("#portal .gdg-input")
    cell.fill(NUMBERS[BAD[0]])
    cell.press("Enter")
    expect(cell).to_be_hidden()
    page.wait_for_selector(IDLE)
    apply(page)


def apply(page: Page) -> None:
    """Press Apply; once more when the press was quicker than the table, which tells of a cell a moment later."""
    mended, too_soon = page.get_by_text("1 row fixed."), page.get_by_text("Nothing was typed yet.")
    page.get_by_role("button", name="Apply").click()
    expect(mended.or_(too_soon)).to_be_visible(timeout=PATIENCE)
    if too_soon.is_visible():
        page.get_by_role("button", name="Apply").click()
    expect(mended).to_be_visible(timeout=PATIENCE)


def mend_in_a_file(page: Page, folder: Path) -> None:
    """Download the bad rows, mend the first of them, and give the file back."""
    page.get_by_text("Fix them in a spreadsheet instead").click()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download problems.csv").click()
    lines = list(csv.DictReader(io.StringIO(Path(downloading.value.path()).read_text("utf-8-sig"))))
    for line in lines[:IN_A_FILE]:
        line["Phone"] = NUMBERS[int(line["row"]) - 2]
    mended = folder / "problems.csv"
    with mended.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, lines[0])
        writer.writeheader()
        writer.writerows(lines)
    page.locator("[data-testid=stFileUploader] input[type=file]").first.set_input_files(mended)
    expect(page.get_by_text(f"{IN_A_FILE} rows changed")).to_be_visible(timeout=PATIENCE)


def test_every_row_of_a_long_list_is_accounted_for(visit, site, tmp_path):
    before = len(site.remote.requests())
    page = visit("/new")
    upload(page, FILE, tmp_path)
    expect(page.get_by_test_id("stMetricValue")).to_have_text(["940", "60", "0", "0"])
    mend_first_in_the_page(page)
    mend_in_a_file(page, tmp_path)
    expect(page.get_by_test_id("stMetricValue")).to_have_text(["951", "49", "0", "0"], timeout=PATIENCE)
    page.get_by_text("Go on without these 49 rows").click()
    write_and_review(page, "Hi {Name}! - Corner Cup. Reply STOP to opt out.")
    page.get_by_text("When and from where").click()
    page.get_by_role("spinbutton", name="Messages a second").press_sequentially("500")
    expect(page.get_by_text("500 a second").first).to_be_visible()
    send(page, 951)
    expect(page.get_by_text("Every row of the file is accounted for.").first).to_be_visible(timeout=120_000)

    report = report_of(page)
    assert [line["row"] for line in report] == [str(row) for row in range(2, 1002)]
    assert Counter(line["result"] == "skipped" for line in report) == {False: 951, True: 49}
    received = [request["form"]["To"][0] for request in site.remote.requests()[before:]]
    assert len(received) == len(set(received)) == 951
    assert sorted(received) == sorted(line["to"] for line in report if line["message_sid"])
