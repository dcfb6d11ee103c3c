"""The tools beside the message's text: put in where the cursor is, taken back by undo, usable without a mouse."""

import pytest
from browser_site import IDLE, serious_findings
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.flaky(reruns=2)]


@pytest.fixture
def compose(browser, site):
    """The step Compose of a new sample, and its text box."""
    context = browser.new_context(bypass_csp=True)  # axe is injected
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(site.url)
    page.get_by_role("button", name="Try the sample campaign").click()
    expect(page.get_by_role("heading", name="This is how we read your file")).to_be_visible()
    page.get_by_role("button", name="Next: write the message").click()
    page.wait_for_selector(IDLE)
    box = page.get_by_role("textbox", name="Text of the message")
    expect(page.get_by_role("button", name="Put in the column City")).to_be_visible()
    yield page, box
    context.close()


def write(box, text):
    box.fill(text)
    box.press("Home")


def tab_to(page: Page, name: str) -> None:
    """Forward from the text box until the tool with this name has the focus."""
    tool = page.get_by_role("button", name=name)
    for _ in range(20):
        page.keyboard.press("Tab")
        if tool.evaluate("node => node.getRootNode().activeElement === node"):
            return
    pytest.fail(f"no way to {name} by keyboard")


def test_column_comes_where_the_cursor_is_and_is_stored_and_undone(compose):
    page, box = compose
    write(box, "Hi , come by!")
    for _ in range(3):
        box.press("ArrowRight")
    page.get_by_role("button", name="Put in the column First Name").click()
    expect(box).to_have_value("Hi {First Name}, come by!")
    expect(box).to_be_focused()
    expect(page.locator('[class*="st-key-phone_bubble"]').get_by_text("come by!")).to_be_visible()
    box.press("Control+z")
    expect(box).to_have_value("Hi , come by!")
    page.get_by_role("button", name="Redo").click()
    expect(box).to_have_value("Hi {First Name}, come by!")
    page.reload()
    expect(box).to_have_value("Hi {First Name}, come by!")


def test_everything_by_keyboard_alone(compose):
    page, box = compose
    write(box, "Hi ")
    box.press("End")
    tab_to(page, "Put in the column City")
    page.keyboard.press("Enter")
    expect(box).to_have_value("Hi {City}")
    tab_to(page, "Add “Reply STOP to opt out”")
    page.keyboard.press("Enter")
    expect(box).to_have_value("Hi {City} Reply STOP to opt out.")
    expect(page.get_by_role("button", name="Add “Reply STOP to opt out”")).to_be_hidden()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a" * 160, "160 characters; 1 SMS part"),
        ("a" * 161, "161 characters; 2 SMS parts"),
        ("ü😀", "2 characters; 1 SMS"),
        ("Hi {City|you}", "6 characters"),
    ],
    ids=["one part", "two parts", "an emoji", "a column"],
)
def test_count_follows_as_one_types(compose, text, said):
    page, box = compose
    box.fill(text)
    expect(page.locator("p.count")).to_contain_text(said)


def test_tools_shut_nobody_out(compose):
    page, _box = compose
    page.get_by_text("If the cell is blank…").click()
    assert serious_findings(page) == []


@pytest.mark.parametrize("menu", ["Emoji", "If the cell is blank…"])
def test_open_menu_stays_while_used_and_closes_when_one_goes_elsewhere(compose, menu):
    page, box = compose
    panel = page.locator("details", has=page.locator("summary", has_text=menu)).locator(".panel")
    page.locator("summary", has_text=menu).click()
    panel.click(position={"x": 2, "y": 2})
    expect(panel).to_be_visible()
    box.click()
    expect(panel).to_be_hidden()
