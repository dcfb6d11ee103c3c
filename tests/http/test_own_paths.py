"""Whose a path is, and what somebody hears who asks for what nobody has."""

import pytest
import requests

from mms.http.own_paths import is_api

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


def scope(path, accept="*/*", method="GET", kind="http"):
    return {"type": kind, "path": path, "method": method, "headers": [(b"accept", accept.encode())]}


@pytest.mark.parametrize(
    ("path", "accept", "ours"),
    [
        pytest.param("/send-mms", "*/*", True, id="a call"),
        pytest.param("/docs", BROWSER, True, id="page of the API"),
        pytest.param("/campaigns", "application/json", True, id="shared: a program"),
        pytest.param("/campaigns", BROWSER, False, id="shared: a browser"),
        pytest.param("/campaigns/7/rows", "*/*", True, id="below a shared one"),
        pytest.param("/v1/messages", "*/*", True, id="nobody's, a program"),
        pytest.param("/v1/messages", BROWSER, False, id="nobody's, a browser"),
        pytest.param("/send-mm", "*/*", True, id="misspelt"),
        pytest.param("/", "*/*", False, id="start page"),
        pytest.param("/new", BROWSER, False, id="a page"),
        pytest.param("/_stcore/health", "*/*", False, id="Streamlit's own"),
        pytest.param("/campaign/_stcore/host-config", "*/*", False, id="Streamlit's own below a page"),
        pytest.param("/static/js/index.js", "*/*", False, id="the dashboard's script"),
        pytest.param("/favicon.png", "image/*", False, id="icon"),
        pytest.param("/media/abc.png", "image/*", False, id="picture of a page"),
        pytest.param("/oauth2callback", BROWSER, False, id="sign-in"),
    ],
)
def test_whose_a_path_is(path, accept, ours):
    assert is_api(scope(path, accept)) is ours


def test_websockets_are_the_dashboards():
    assert not is_api({"type": "websocket", "path": "/v1/messages", "headers": []})


@pytest.mark.parametrize("path", ["/v1/messages", "/send-mm", "/messages/", "/campaign s", "/2010-04-01/Accounts"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_path_that_nobody_has_is_not_found(quick, path, method):
    answer = requests.request(method, quick.url + path, timeout=30)
    assert (answer.status_code, answer.json()["success"], answer.json()["code"]) == (404, False, "not_found")
    assert answer.headers["X-Request-Id"]


def test_compressed_body_is_refused(quick):
    answer = quick.send(headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_encoding")
