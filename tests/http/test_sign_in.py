"""Sign-in through a provider in Chromium, with each role: what one sees, and what stays closed."""

import shutil
import socket

import pytest
import requests
from http_tools import running_app, worker_processes
from oidc_provider import CLIENT_ID, provider
from playwright.sync_api import expect, sync_playwright

from mms.access.sign_in import RoleRules, set_role_rules
from mms.ledger import open_ledger
from mms.practice.testing import PracticeServer
from mms.roles import LOCAL_ADMIN, Role
from mms.settings import settings_from

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.flaky(reruns=2),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]

PEOPLE = {
    "Ann": {"email": "ann@shop.example", "email_verified": True},
    "Sue": {"email": "sue@shop.example", "email_verified": True, "groups": ["marketing"]},
    "Vic": {"email": "vic@shop.example", "email_verified": True},
    "Eve": {"email": "eve@elsewhere.example", "email_verified": True},
    "Mallory": {"email": "ann@shop.example", "email_verified": False},
}
RULES = RoleRules(by_email={"vic@shop.example": Role.VIEWER}, by_claim={"marketing": Role.SENDER})
SECRETS = """
[auth]
redirect_uri = "{app}/oauth2callback"
cookie_secret = "0123456789abcdef-only-for-this-test"
client_id = "{client}"
client_secret = "x"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("signed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    ledger = open_ledger(settings := settings_from({"MMS_DATA_DIR": str(folder)}))
    set_role_rules(ledger, settings, LOCAL_ADMIN, RULES)
    ledger.close()
    with PracticeServer(folder) as practice, provider(PEOPLE) as signing:
        practice.address.write(folder)
        secrets = folder / "secrets.toml"
        secrets.write_text(SECRETS.format(app=url, client=CLIENT_ID, provider=signing.url))
        options = (f"--secrets.files={secrets}", f"--server.port={port}")
        with running_app(folder, *options, MMS_ADMIN_EMAILS="ann@shop.example", MMS_MODE="practice") as running:
            running.at(url).wait_healthy()
            yield url
        for process in worker_processes(folder):
            process.kill()
            process.wait(15)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def page(browser):
    context = browser.new_context()
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    yield opened
    context.close()


def sign_in(page, app, name):
    page.goto(app)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=name, exact=True).click()


def test_without_sign_in_there_is_only_the_way_in(page, app):
    page.goto(f"{app}/opt-outs")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.get_by_text("Practice: nothing leaves")).to_have_count(0)
    assert requests.get(f"{app}/reports/1.csv", timeout=30).status_code == 403
    assert requests.post(f"{app}/send-mms", json={}, timeout=30).status_code == 503


@pytest.mark.parametrize(
    ("name", "role", "sees_settings"),
    [
        pytest.param("Ann", "ann@shop.example, admin", True, id="admin by setting"),
        pytest.param("Sue", "sue@shop.example, sender", False, id="sender by claim"),
        pytest.param("Vic", "vic@shop.example, viewer", False, id="viewer by e-mail"),
    ],
)
def test_each_role_gets_in_and_is_told_who_it_is(page, app, name, role, sees_settings):
    sign_in(page, app, name)
    expect(page.get_by_text(role)).to_be_visible()
    page.goto(f"{app}/settings")
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    expect(page.get_by_role("tab", name="API keys")).to_have_count(1 if sees_settings else 0)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("Eve", "has no role here yet", id="stranger"),
        pytest.param("Mallory", "no confirmed e-mail address", id="an address that is not confirmed"),
    ],
)
def test_who_has_no_role_stays_outside(page, app, name, said):
    sign_in(page, app, name)
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_text("Practice: nothing leaves")).to_have_count(0)


def test_signing_out_closes_the_door_for_a_copy_of_the_cookie_too(page, app):
    sign_in(page, app, "Vic")
    expect(page.get_by_text("vic@shop.example, viewer")).to_be_visible()
    kept = page.context.cookies()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()

    page.context.add_cookies(kept)
    page.goto(app)
    expect(page.get_by_text("Your sign-in has ended")).to_be_visible()
    expect(page.get_by_text("Practice: nothing leaves")).to_have_count(0)


@pytest.mark.parametrize(("name", "code"), [(None, "not_allowed"), ("Vic", "not_allowed"), ("Sue", None)])
def test_upload_route_asks_for_cookie_and_role(page, app, name, code):
    """Whom the guard lets through gets Streamlit's own refusal: it knows no such socket."""
    if name:
        sign_in(page, app, name)
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    url = f"{app}/_stcore/upload_file/nobody/file"
    answer = requests.put(url, files={"file": b"x"}, cookies=cookies, headers={"Origin": app}, timeout=30)
    assert ("not_allowed" if "not_allowed" in answer.text else None) == code
    assert answer.status_code in (400, 403)
