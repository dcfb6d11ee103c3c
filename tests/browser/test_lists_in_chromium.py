"""People that stay, in a real browser: a list is kept once, and the next campaign begins with it."""

import uuid

import pytest
from browser_site import IDLE, serious_findings
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.flaky(reruns=2)]

MEMBERS = "Name,Mobile,City\nAna,212-555-0151,Denver\nBen,312-555-0152,Boston\n"


def test_a_list_is_kept_and_a_campaign_begins_with_it(visit, tmp_path):
    page = visit("/lists")
    name = f"Members {uuid.uuid4().hex[:6]}"
    box = page.get_by_role("textbox", name="Name of the list")
    box.fill(name)
    box.press("Enter")
    file = tmp_path / "members.csv"
    file.write_text(MEMBERS, "utf-8")
    page.locator("[data-testid=stFileUploader] input[type=file]").first.set_input_files(file)
    page.get_by_role("button", name="Keep 2 people").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible(timeout=20_000)

    visit("/new")
    page.get_by_role("radio", name="A saved list").click()
    page.get_by_role("combobox", name="Saved list").click()
    page.get_by_role("option", name=name).click()
    take = page.get_by_role("button", name="Take 2 people")
    expect(take).to_be_visible(timeout=20_000)
    page.wait_for_selector(IDLE)

    assert serious_findings(page) == []
    take.click()
    expect(page.get_by_role("heading", name="This is how we read your file")).to_be_visible(timeout=20_000)
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("2")
