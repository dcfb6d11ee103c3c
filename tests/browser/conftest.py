"""Chromium over a served dashboard. Skips with the reason when no Chromium is installed."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from browser_site import IDLE, Site, serving
from playwright.sync_api import Page


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Debian's Chromium; no browser is downloaded."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("no Chromium is installed")
    return {**browser_type_launch_args, "executable_path": chromium, "args": ["--no-sandbox", "--disable-gpu"]}


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
