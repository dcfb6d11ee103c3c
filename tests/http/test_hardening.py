"""Attacks on the port: large and slow bodies, paths out of the pictures folder, foreign links, markup."""

import hashlib
import re
import shutil
import socket
import time

import pytest
import requests
from sqlalchemy import select

from mms.access.audit_log import ACTIONS, deeds
from mms.access.signed_links import report_link
from mms.http.middleware.authentication import WRONG_KEYS_PER_MINUTE
from mms.http.middleware.body_limits import BODY_BYTES
from mms.http.middleware.security_headers import policy_for
from mms.ledger.tables import rows
from mms.roles import LOCAL_ADMIN, Role, User

JPEG = b"\xff\xd8\xff\xe0 not much of a picture"
NAME = hashlib.sha256(JPEG).hexdigest() + ".jpg"


@pytest.fixture
def picture(installation):
    folder = installation.settings.data_dir / "pictures"
    folder.mkdir(exist_ok=True)
    (folder / NAME).write_bytes(JPEG)
    (installation.settings.data_dir / "secret.jpg").write_bytes(b"secret")
    return f"/pictures/{NAME}"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_picture_is_served_as_twilio_wants_it(quick, picture, method):
    answer = requests.request(method, quick.url + picture, timeout=30)
    assert answer.status_code == 200
    assert answer.content == (JPEG if method == "GET" else b"")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert int(answer.headers["Content-Length"]) == len(JPEG)
    assert "immutable" in answer.headers["Cache-Control"]


def test_picture_that_is_known_already_is_not_sent_again(quick, picture):
    tag = requests.get(quick.url + picture, timeout=30).headers["ETag"]
    again = requests.get(quick.url + picture, headers={"If-None-Match": tag}, timeout=30)
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name",
    [
        "secret.jpg",
        "../secret.jpg",
        "..%2Fsecret.jpg",
        "%2e%2e/secret.jpg",
        "..%5Csecret.jpg",
        "%2Fetc%2Fpasswd",
        "..%2F..%2F..%2F..%2Fetc%2Fpasswd",
        NAME.upper(),
        NAME + "%00.jpg",
        NAME[:-4] + ".svg",
        "",
        ".",
        "a" * 5000,
    ],
)
def test_nothing_but_pictures_is_served(quick, picture, name):
    answer = _raw(quick, f"GET /pictures/{name} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert b" 404 " in answer.split(b"\r\n")[0]
    assert b"secret" not in answer.split(b"\r\n\r\n")[1].replace(b"secret.jpg", b"")


def _raw(installation, request: bytes) -> bytes:
    with _connected(installation) as connection:
        connection.sendall(request)
        return _all(connection)


def _connected(installation):
    host, port = installation.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=30)


def _all(connection) -> bytes:
    answer = b""
    while piece := connection.recv(65536):
        answer += piece
    return answer


@pytest.mark.parametrize("path", ["/send-mms", "/twilio/status", "/twilio/inbound"])
def test_large_body_is_refused_by_its_declared_length_without_being_read(quick, path):
    request = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000000\r\n\r\n".encode()
    assert b" 413 " in _raw(quick, request).split(b"\r\n")[0]


@pytest.mark.parametrize("path", ["/send-mms", "/twilio/status"])
def test_large_body_without_a_declared_length_is_cut_off(quick, path):
    def pieces():
        for _ in range(BODY_BYTES // 1024 + 2):
            yield b"x" * 1024

    answer = requests.post(quick.url + path, data=pieces(), timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_largest_good_call_fits(quick):
    urls = ["https://pictures.example/" + "x" * 2000 for _ in range(10)]
    assert quick.send(body="é" * 1600, mediaUrl=urls).status_code == 200


def test_slow_callers_do_not_keep_others_from_being_served(quick):
    slow = [_connected(quick) for _ in range(100)]
    try:
        for connection in slow:
            connection.sendall(b"POST /send-mms HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{")
        assert quick.get("/health").status_code == 200
        assert quick.send().status_code == 200
    finally:
        for connection in slow:
            connection.close()


def test_wrong_keys_are_slowed_and_the_right_one_goes_on(quick, monkeypatch):
    monkeypatch.setattr(
        quick.context.wrong_keys, "clock", lambda: 0.0
    )  # the bucket fills again while a slow machine asks
    quick.context.wrong_keys._free_at.clear()  # other tests of this installation called with wrong keys, too
    answers = [quick.get("/opt-outs", key="wrong") for _ in range(WRONG_KEYS_PER_MINUTE + 5)]
    assert {one.status_code for one in answers} == {401, 429}
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert quick.get("/opt-outs").status_code == 200


def test_policy_names_our_own_host_for_the_socket(quick):
    policy = quick.get("/health", key=None).headers["Content-Security-Policy"]
    sources = next(part.split()[1:] for part in policy.split("; ") if part.startswith("connect-src"))
    assert "'self'" in sources
    assert not {"ws:", "wss:", "*"} & set(sources)
    assert any(one.startswith("ws://") for one in sources)
    assert "evil" not in policy_for("evil.example; script-src *")


def test_report_needs_a_link_that_a_page_signed(quick):
    sid = quick.send(body="=cmd()").json()["sid"]
    campaign = _campaign_of(quick, sid)
    link = report_link(quick.ledger, campaign, "csv", by=LOCAL_ADMIN)
    assert quick.get(link, key=None).status_code == 200
    assert quick.get(link, key=None).content.startswith(b"\xef\xbb\xbf")
    assert quick.get(report_link(quick.ledger, campaign, "xlsx", by=LOCAL_ADMIN), key=None).content[:2] == b"PK"
    assert "<html" in quick.get(report_link(quick.ledger, campaign, "html", by=LOCAL_ADMIN), key=None).text
    for forged in (
        f"/reports/{campaign}.csv",
        f"/reports/{campaign}.csv?token=x",
        link.replace(f"/{campaign}.", f"/{campaign + 1}."),
        link.replace(".csv", ".xlsx"),
        report_link(quick.ledger, campaign, "csv", by=User("ann@example.org", "ann@example.org", Role.SENDER)),
        link[:-5] + ("A" if link[-5] != "A" else "B") + link[-4:],  # the last letter holds bits that mean nothing
    ):
        answer = quick.get(forged, key=None)
        assert (answer.status_code, answer.json()["code"]) == (403, "link_expired")


def test_downloads_and_wrong_keys_leave_a_line_in_the_trail(quick):
    campaign = _campaign_of(quick, quick.send(body="to be reported").json()["sid"])
    quick.context.wrong_key_traces._free_at.clear()
    quick.get(report_link(quick.ledger, campaign, "csv", by=LOCAL_ADMIN), key=None)
    quick.get("/opt-outs", key="a wrong one")
    with quick.ledger.read() as connection:
        lines = {(one.who, one.action, one.subject) for one in deeds(connection, LOCAL_ADMIN)}
    assert {
        (LOCAL_ADMIN.name, "report.download", str(campaign)),
        ("API", "api_key.wrong", "127.0.0.1"),
    } <= lines
    assert {action for _, action, _ in lines} <= set(ACTIONS)


def _campaign_of(installation, sid):
    with installation.ledger.read() as connection:
        return connection.execute(select(rows.c.campaign_id).where(rows.c.message_sid == sid)).scalar_one()


def test_link_expires(quick, monkeypatch):
    link = report_link(quick.ledger, 1, "csv", by=LOCAL_ADMIN)
    later = time.time() + 3_700
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: later)
    assert quick.get(link, key=None).status_code == 403


@pytest.mark.parametrize("path", ["/health", "/docs", "/openapi.json", "/pictures/x", "/nowhere", "/send-mms"])
def test_every_answer_has_the_security_headers_and_an_id(quick, path):
    answer = quick.get(path)
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_request_id_is_kept_when_it_is_fit_and_made_otherwise(quick):
    assert quick.get("/health", headers={"X-Request-Id": "order-7"}).headers["X-Request-Id"] == "order-7"
    made = quick.get("/health", headers={"X-Request-Id": "<script>"}).headers["X-Request-Id"]
    assert made != "<script>"
    assert len(made) == 32


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/send-mms"), ("DELETE", "/messages/x"), ("POST", "/health"), ("GET", "/twilio/status"), ("PUT", "/docs")],
)
def test_wrong_method_is_refused_in_the_one_form(quick, method, path):
    answer = requests.request(method, quick.url + path, timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["Allow"]


def test_docs_page_escapes_and_asks_nothing_from_elsewhere(quick):
    page = quick.get("/docs", key=None, headers={"Host": "localhost"}).text
    assert "<script" not in page
    assert "POST /send-mms" in page
    addresses = [part.split('"')[0] for part in page.split('href="')[1:]] + page.split('src="')[1:]
    assert addresses == ["/openapi.json"]


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_load_balancer_may_ask_for_the_head_only(quick, path):
    answer = requests.head(quick.url + path, timeout=30)
    assert (answer.status_code, answer.content) == (200, b"")


def test_health_and_readiness(quick):
    assert quick.get("/health", key=None).json()["status"] == "UP"
    ready = quick.get("/ready", key=None)
    assert (ready.status_code, ready.json()) == (
        200,
        {"status": "READY", "database": "ok", "worker": "ok", "provider": "ok", "clock": "ok", "disk": "ok"},
    )


@pytest.mark.parametrize(
    ("free", "status", "said"),
    [(10**12, 200, "ok"), (250_000_000, 200, "nearly full: 250 MB"), (5_000_000, 503, "is full: 5 MB")],
)
def test_disk_is_named_before_it_is_full_and_calls_are_refused_at_once_when_it_is(
    quick, monkeypatch, free, status, said
):
    usage = shutil.disk_usage(quick.settings.data_dir)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=free))
    answer = quick.get("/ready", key=None)
    assert (answer.status_code, said in answer.json()["disk"]) == (status, True)
    (told,) = re.findall(r"^mms_disk_free_bytes (\S+)$", quick.get("/metrics", key=None).text, re.MULTILINE)
    assert float(told) == free
    sent = quick.send(body=f"disk with {free}")
    if status == 200:
        assert sent.status_code == 200
    else:
        assert (sent.status_code, sent.json()["code"]) == (503, "disk_full")
        assert quick.arrived(f"disk with {free}") == []
        assert quick.get("/messages").status_code == 200, "what is there can be asked for"


def test_metrics_are_for_this_computer_or_for_who_has_a_key(quick):
    elsewhere = {"X-Forwarded-For": "203.0.113.9"}
    assert quick.get("/metrics", key=None, headers=elsewhere).status_code == 403
    assert quick.get("/metrics", key="wrong", headers=elsewhere).status_code == 401
    assert "mms_build_info" in quick.get("/metrics", headers=elsewhere).text


def test_metrics_count_messages_without_naming_anybody(quick):
    quick.send(to="+12025550179")
    text = quick.get("/metrics", key=None).text
    for name in (
        "mms_rows",
        "mms_queue_depth",
        "mms_unknown",
        "mms_pace",
        "mms_receipt_lag_seconds",
        "mms_api_seconds",
    ):
        assert f"# TYPE {name}" in text
    assert "2025550179" not in text
