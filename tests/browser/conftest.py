"""Chromium over a served dashboard. Skips with the reason when no Chromium is installed."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browser_site import IDLE, Site, serving
from playwright.sync_api import Browser, BrowserType, Page, Playwright, sync_playwright


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Debian's Chromium; no browser is downloaded."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("no Chromium is installed")
    return {**browser_type_launch_args, "executable_path": chromium, "args": ["--no-sandbox", "--disable-gpu"]}


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """The plugin's own lives to the run's end and its event loop holds this thread: later tests could start none."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright, browser_name: str, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """One Chromium for each file of tests."""
    browser_type: BrowserType = getattr(playwright, browser_name)
    started = browser_type.launch(**browser_type_launch_args)
    yield started
    started.close()


@pytest.fixture(scope="module")
def browser_context_args(base_url: str) -> dict[str, object]:
    """What each page begins with."""
    return {"base_url": base_url}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for the run."""
    with serving(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="session")
def base_url(site: Site) -> str:
    """What `page.goto("/campaigns")` begins with."""
    return site.url


@pytest.fixture
def visit(page: Page) -> Callable[[str], Page]:
    """`visit("/campaigns")`: the page when it has drawn itself."""
    page.set_default_timeout(20_000)

    def visited(path: str) -> Page:
        page.goto(path)
        page.wait_for_selector(IDLE)
        return page

    return visited
