"""The editor in a real browser, under the policy that the app is served with: mouse, keyboard, and what is fetched."""

import os
from pathlib import Path

import pytest
import requests
from browser_site import IDLE, ledger_in, serious_findings, serving, settings_of
from sqlalchemy import select

from mms.campaigns.launch.submission import Content, check_options
from mms.campaigns.pictures.own_picture import own_picture
from mms.ledger.tables import rows
from mms.picture_templates.saved import template_named
from mms.practice.account import MAIN
from mms.recipients import check, read_upload
from tests.campaigns.launching import launch
from tests.coupons.giving_tools import coupon_template

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("MMS_TEST_SHOTS")


@pytest.fixture(scope="module")
def editor_site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("editor")
    with serving(folder, sends=False) as running:
        ledger = ledger_in(folder)
        coupon_template(ledger, name="Spring coupon", codes=20)
        yield running, folder, ledger
        ledger.close()


def shot(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def test_layers_are_moved_and_sized_by_mouse_and_keyboard_and_undone(editor_site, page):
    running, _, ledger = editor_site
    complaints = []
    page.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    page.goto(f"{running.url}/pictures-for-each")
    page.locator(".st-key-picture_open button").click()
    layer = page.locator('.layer[data-index="1"]')
    layer.wait_for()
    page.locator(IDLE).wait_for()
    left = page.locator('input[aria-label="Left"]')
    layer.scroll_into_view_if_needed()
    start = layer.bounding_box()
    page.mouse.move(start["x"] + 30, start["y"] + 30)
    page.mouse.down()
    page.mouse.move(start["x"] + 10, start["y"] + 30, steps=4)
    page.mouse.up()
    page.wait_for_function("() => Number(document.querySelector('input[aria-label=Left]').value) !== 5")
    page.locator(IDLE).wait_for()
    dragged = float(left.first.input_value())
    assert dragged < 10.0  # the code's left edge was at 10 percent
    layer.press("ArrowRight")
    layer.press("ArrowRight")
    page.wait_for_function(
        "before => Math.abs(document.querySelector('input[aria-label=Left]').value - before - 2) < 0.02", arg=dragged
    )
    layer.press("Shift+ArrowLeft")
    page.wait_for_function("() => Math.abs(document.querySelector('input[aria-label=Width]').value - 79) < 0.02")
    page.locator(".st-key-picture_undo button").click()
    page.wait_for_function("() => Math.abs(document.querySelector('input[aria-label=Width]').value - 80) < 0.02")
    page.locator(IDLE).wait_for()
    assert serious_findings(page) == []
    shot(page, "editor-light")
    page.locator(".st-key-picture_save button").click()
    page.get_by_text("Saved as version 2").wait_for()
    with ledger.read() as connection:
        moved = template_named(connection, "Spring coupon").template.layers[1].box
    assert moved.x == pytest.approx((dragged + 2) / 100, abs=0.001)
    assert complaints == []
    if SHOTS:
        page.set_viewport_size({"width": 400, "height": 900})
        shot(page, "editor-400")
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": 1280, "height": 900})
        shot(page, "editor-dark")


def test_what_twilio_fetches_is_the_same_by_get_and_head_and_nothing_without_the_name(editor_site):
    running, folder, ledger = editor_site
    settings = settings_of(folder)
    said = Content("Your code: {coupon}", (), own_picture(ledger, "Spring coupon"))
    upload = read_upload(b"Phone,Name\n2125550151,Ana\n", file_name="list.csv")
    checked = check(upload, check_options(settings, ledger, senders=(MAIN.number,), message=said.template))
    launch(ledger, checked, said, settings=settings, key="browser")
    with ledger.read() as connection:
        name = connection.execute(select(rows.c.picture)).scalar_one()
    (folder / "drawn_pictures" / name).unlink()  # another machine has not drawn it yet
    address = f"{running.url}/pictures/{name}"
    first, again, head = requests.get(address), requests.get(address), requests.head(address)
    assert first.status_code == again.status_code == head.status_code == 200
    assert first.content == again.content
    for header in ("Content-Type", "Content-Length", "ETag", "Cache-Control"):
        assert head.headers[header] == first.headers[header]
    assert requests.get(f"{running.url}/pictures/{'0' * 64}.jpg").status_code == 404
