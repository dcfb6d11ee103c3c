"""The whole way in Chromium: a file, a message, a double click, the report; compared with what the stand-in got."""

import csv
import io
import re
from pathlib import Path

import pytest
from browser_site import IDLE, serving
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.flaky(reruns=2)]

FILE = "Name,Phone,City\n" + "".join(f"Person {n},212-555-{n:04},New York\n" for n in range(100, 112))
BAD_ROWS = "Typo,212-555-01,Boston\nTwice,(212) 555-0100,Boston\n"


def upload(page: Page, text: str, tmp_path: Path) -> None:
    """Choose the file and arrive at its check."""
    file = tmp_path / "customers.csv"
    file.write_text(text, "utf-8")
    page.locator("[data-testid=stFileUploader] input[type=file]").first.set_input_files(file)
    expect(page.get_by_role("heading", name="This is how we read your file")).to_be_visible()


def write_and_review(page: Page, body: str) -> None:
    """Type the text, and go on to the review."""
    page.get_by_role("button", name="Next: write the message").click()
    box = page.get_by_role("textbox", name="Text of the message")
    box.fill(body)
    box.press("Control+Enter")
    page.get_by_role("button", name="Next: review").click()
    expect(page.get_by_role("heading", name="Review", exact=True)).to_be_visible()
    page.wait_for_selector(IDLE)
    page.get_by_text("These people agreed to get messages").click()
    expect(page.get_by_role("checkbox", name="These people agreed to get messages from us")).to_be_checked()


def send(page: Page, count: int) -> str:
    """Press the button, confirm with a double click; returns the campaign's number."""
    page.get_by_role("button", name=f"Send {count} messages", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=f"Yes, send {count} messages").dblclick()
    page.wait_for_url(re.compile(r"/campaign\?id=\d+"))
    return page.url.rpartition("=")[2]


def report_of(page: Page) -> list[dict[str, str]]:
    """The downloaded CSV report, as a spreadsheet reads it."""
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Report (CSV)").click()
    text = Path(downloading.value.path()).read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_from_file_to_report(visit, site, tmp_path):
    page = visit("/new")
    upload(page, FILE + BAD_ROWS, tmp_path)
    expect(page.get_by_test_id("stMetricValue")).to_have_text(["12", "1", "1", "0"])
    page.get_by_text("Go on without this row").click()
    write_and_review(page, "Hi {Name}! - Corner Cup. Reply STOP to opt out.")
    send(page, 12)
    expect(page.get_by_role("heading", name="customers")).to_be_in_viewport()
    expect(page.get_by_text("Every row of the file is accounted for.").first).to_be_visible(timeout=60_000)

    report = report_of(page)
    assert [line["row"] for line in report] == [str(row) for row in range(2, 16)]
    assert {line["Name"]: line["result"] for line in report if line["result"] == "skipped"} == {
        "Typo": "skipped",
        "Twice": "skipped",
    }
    received = [request["form"]["To"][0] for request in site.remote.requests()]
    assert sorted(received) == sorted(line["to"] for line in report if line["message_sid"])
    assert len(received) == len(set(received)) == 12


def test_what_is_being_typed_survives_a_reload(visit, tmp_path):
    page = visit("/new")
    upload(page, FILE, tmp_path)
    page.get_by_role("button", name="Next: write the message").click()
    box = page.get_by_role("textbox", name="Text of the message")
    box.press_sequentially("Hello {Name}")
    expect(page.get_by_text("Hello Person 100")).to_be_visible()
    expect(box).to_be_focused()
    box.press_sequentially("!")
    expect(page.get_by_text("Hello Person 100!")).to_be_visible()
    page.reload()
    expect(page.get_by_role("textbox", name="Text of the message")).to_have_value("Hello {Name}!")


def test_draft_survives_a_killed_app(page, tmp_path):
    with serving(tmp_path) as first:
        page.goto(f"{first.url}/new")
        upload(page, FILE, tmp_path)
        page.get_by_role("button", name="Next: write the message").click()
        page.get_by_role("button", name="customers").click()
        page.get_by_role("textbox", name="Campaign name").fill("Spring sale")
        expect(page.get_by_role("button", name="Spring sale")).to_be_visible()
        page.keyboard.press("Escape")
        page.get_by_role("textbox", name="Text of the message").press_sequentially("Hello {Name}")
        expect(page.get_by_text("Hello Person 100")).to_be_visible()
        address = page.url.removeprefix(first.url)
        first.server.kill()
    with serving(tmp_path) as second:
        page.goto(second.url + address)
        expect(page.get_by_role("button", name="Spring sale")).to_be_visible()
        expect(page.get_by_role("textbox", name="Text of the message")).to_have_value("Hello {Name}")
        expect(page.get_by_text("Hello Person 100")).to_be_visible()


def test_keyboard_stops_everything(visit, tmp_path):
    page = visit("/new")
    many = "Name,Phone\n" + "".join(
        f"P{n},+1{area}555{n:04}\n" for area in (303, 415, 503, 602) for n in range(100, 200)
    )
    upload(page, many, tmp_path)
    write_and_review(page, "Hi {Name}! - Corner Cup. Reply STOP to opt out.")
    number = send(page, 400)
    visit("/help")
    expect(page.get_by_role("button", name="Stop everything").first).to_be_visible()
    page.wait_for_selector(IDLE)
    page.keyboard.press("Control+Alt+x")
    page.get_by_role("dialog").get_by_role("button", name="Leave them paused").click()
    expect(page.get_by_text("Paused 1 campaign")).to_be_visible()
    visit(f"/campaign?id={number}")
    expect(page.get_by_role("button", name="Resume")).to_be_visible()


def test_deep_link_is_the_first_page_of_a_fresh_server(page, tmp_path):
    with serving(tmp_path) as fresh:
        page.goto(f"{fresh.url}/campaign?id=1")
        page.wait_for_selector(IDLE)
        expect(page.get_by_text("Practice: nothing leaves this computer")).to_be_visible()
        expect(page.get_by_text("There is no campaign number 1.")).to_be_visible()
        expect(page.get_by_role("link", name="New campaign")).to_be_visible()
