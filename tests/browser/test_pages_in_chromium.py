"""Each page for everybody: readable in light and dark, on a narrow screen, and without a request to anybody else."""

import time
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from browser_site import IDLE, ledger_in, practice_campaign, serious_findings, serving
from playwright.sync_api import Page, expect

from mms.campaigns.launch.launching import PlannedRow, launch

pytestmark = [pytest.mark.browser, pytest.mark.flaky(reruns=2)]

PATHS = [
    "/",
    "/new",
    "/scheduled",
    "/campaigns",
    "/recurring",
    "/templates",
    "/lists",
    "/join",
    "/compare",
    "/person",
    "/opt-outs",
    "/inbox",
    "/settings",
    "/help",
]


def steps_of_the_sample(page: Page, url: str) -> list[str]:
    """Addresses of a filled-in campaign at each of its steps."""
    page.goto(url)
    page.get_by_role("button", name="Try the sample campaign").click()
    expect(page.get_by_role("heading", name="This is how we read your file")).to_be_visible()
    address = page.url.removeprefix(url).partition("&")[0]
    return [f"{address}&step={step}" for step in ("upload", "check", "compose", "review")]


def schedule_campaign(folder) -> None:
    """A campaign that starts tomorrow, so that every page has the strip with the panic button."""
    new = practice_campaign("scheduled", "Tomorrow", start_at=time.time() + 86_400)
    with closing(ledger_in(folder)) as ledger:
        launch(ledger, new, [PlannedRow(2, '["Ann", "+12125550100"]', "+12125550100")])


def test_panic_button_can_be_read_in_light_and_dark(browser, tmp_path):
    with serving(tmp_path) as site:
        schedule_campaign(tmp_path)
        found = []
        for scheme in ("light", "dark"):
            context = browser.new_context(color_scheme=scheme, bypass_csp=True)  # axe is injected
            page = context.new_page()
            page.goto(f"{site.url}/help")
            expect(page.get_by_role("button", name="Stop everything")).to_be_visible(timeout=20_000)
            page.wait_for_selector(IDLE)
            found += [f"{scheme}: {one}" for one in serious_findings(page)]
            context.close()
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_shuts_anybody_out(browser, site, scheme):
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)  # axe is injected
    page = context.new_page()
    found = []
    for path in [*PATHS, *steps_of_the_sample(page, site.url)]:
        page.goto(site.url + path)
        page.wait_for_selector(IDLE)
        found += [f"{path}: {one}" for one in serious_findings(page)]
    context.close()
    assert found == []


def test_pages_fit_a_phone_and_ask_nobody_else(browser, site):
    context = browser.new_context(viewport={"width": 400, "height": 800})
    page = context.new_page()
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    too_wide = []
    for path in PATHS:
        page.goto(site.url + path)
        page.wait_for_selector(IDLE)
        if page.evaluate("document.documentElement.scrollWidth") > 400:
            too_wide.append(path)
    context.close()
    assert too_wide == []
    assert asked <= {urlsplit(site.url).netloc, ""}


def test_way_on_is_in_view_on_a_phone_and_the_question_shows_what_is_sent(browser, site):
    context = browser.new_context(viewport={"width": 400, "height": 800})
    page = context.new_page()
    for step in steps_of_the_sample(page, site.url)[1:]:
        page.goto(site.url + step)
        page.wait_for_selector(IDLE)
        expect(page.locator(".st-key-step_bar button").last).to_be_in_viewport(ratio=1)
    page.get_by_text("Go on without this row").click()
    page.get_by_text("These people agreed to get messages").click()
    page.get_by_role("button", name="Send 11 messages", exact=True).click()
    question = page.get_by_role("dialog")
    expect(question.get_by_role("img", name="The picture of this message")).to_be_visible()
    expect(question.get_by_text("11 people, picture, $")).to_be_visible()
    context.close()
