"""Wrong settings: the app is there, says what is wrong, and sends nothing."""

import pytest
import requests
from http_tools import running_app

HALF = {"TWILIO_AUTH_TOKEN": "not shown to anybody", "MMS_MOD": "live"}
SAID = ("TWILIO_ACCOUNT_SID is missing", "MMS_MOD is not a setting: did you mean MMS_MODE?")


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    with running_app(tmp_path_factory.mktemp("closed"), **HALF) as app:
        yield app.wait_healthy()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *[("POST", "/send-mms"), ("GET", "/messages/SM1"), ("POST", "/twilio/status"), ("POST", "/twilio/inbound")],
        *[("GET", "/ready"), ("GET", "/pictures/x.jpg"), ("GET", "/openapi.json")],
    ],
)
def test_api_and_webhooks_answer_503_with_the_reason(closed, method, path):
    answer = requests.request(method, closed.url + path, json={}, timeout=30)
    assert answer.status_code == 503
    body = answer.json()
    assert (body["success"], body["code"]) == (False, "settings")
    assert [said for said in SAID if said not in body["message"]] == []
    assert HALF["TWILIO_AUTH_TOKEN"] not in answer.text


def test_webhook_of_a_public_name_gets_the_reason_and_the_page_stays_at_home(closed):
    public = {"Host": "texts.example"}
    assert requests.post(f"{closed.url}/twilio/status", headers=public, timeout=30).status_code == 503
    assert requests.get(closed.url, headers=public, timeout=30).status_code == 403


def test_browser_gets_a_page_and_the_terminal_the_reason(closed):
    assert requests.get(closed.url, timeout=30).status_code == 200
    log = closed.log.read_text()
    assert [said for said in SAID if said not in log] == []
    assert HALF["TWILIO_AUTH_TOKEN"] not in log
