"""Each page for everybody: readable in light and dark, on a narrow screen, and without a request to anybody else."""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_site import IDLE
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.flaky(reruns=2)]

PATHS = ["/", "/new", "/campaigns", "/compare", "/person", "/opt-outs", "/inbox", "/settings", "/help"]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}


def steps_of_the_sample(page: Page, url: str) -> list[str]:
    """Addresses of a filled-in campaign at each of its steps."""
    page.goto(url)
    page.get_by_role("button", name="Try the sample campaign").click()
    expect(page.get_by_role("heading", name="What we found")).to_be_visible()
    address = page.url.removeprefix(url).partition("&")[0]
    return [f"{address}&step={step}" for step in ("upload", "check", "compose", "review")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_shuts_anybody_out(browser, site, scheme):
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)  # axe is injected
    page = context.new_page()
    found = []
    for path in [*PATHS, *steps_of_the_sample(page, site.url)]:
        page.goto(site.url + path)
        page.wait_for_selector(IDLE)
        violations = Axe().run(page, options=RULES).response["violations"]
        found += [f"{path}: {one['id']}" for one in violations if one["impact"] in ("serious", "critical")]
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
