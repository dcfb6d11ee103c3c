"""deploy/nginx.conf in front of the app, on loopback, with TLS and the dashboard's websocket."""

import base64
import http.client
import os
import shutil
import socket
import ssl
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest
from http_tools import ROOT, running_app, until, worker_processes

from mms.practice.testing import PracticeServer

NAME = "texts.example.com"
pytestmark = pytest.mark.skipif(
    not shutil.which("nginx") or not shutil.which("openssl"), reason="nginx or openssl is not installed"
)


class Proxy:
    """A client that speaks TLS to nginx and believes only its certificate."""

    def __init__(self, port: int, certificate: Path) -> None:
        self.port = port
        self.context = ssl.create_default_context(cafile=str(certificate))

    def ask(self, path, *, method="GET", headers=None, body=None):
        """Status, headers and body; the certificate's name is checked, too."""
        with self.connected() as secure:
            connection = http.client.HTTPConnection(NAME)
            connection.sock = secure
            connection.request(method, path, body=body, headers={"Host": NAME, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def connected(self):
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        return self.context.wrap_socket(raw, server_hostname=NAME)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("proxy")
    settings = {
        "PUBLIC_BASE_URL": f"https://{NAME}",
        "MMS_ALLOW_REMOTE_WITHOUT_SIGN_IN": "true",
        "MMS_MODE": "practice",
    }
    with PracticeServer(folder) as practice:
        practice.address.write(folder)
        with running_app(folder, **settings) as app:
            app.wait_healthy()
            with nginx(folder, app.url) as served:
                yield served
        for process in worker_processes(folder):
            process.kill()
            process.wait(15)


@contextmanager
def nginx(folder, app_url):
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={NAME}"]
    names = ["-addext", f"subjectAltName=DNS:{NAME}", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make, *names], check=True, capture_output=True)
    port, plain_port = _free_port(), _free_port()
    site = (ROOT / "deploy" / "nginx.conf").read_text()
    for written, ours in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("listen 80", f"listen 127.0.0.1:{plain_port}"),
        (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", str(certificate)),
        (f"/etc/letsencrypt/live/{NAME}/privkey.pem", str(key)),
        ("http://127.0.0.1:8501", app_url),
        ("/etc/nginx/mms.htpasswd", str(folder / "passwords")),
    ):
        assert written in site, f"deploy/nginx.conf no longer says {written}"
        site = site.replace(written, ours)
    (folder / "site.conf").write_text(site)
    (folder / "passwords").write_text("ann:{PLAIN}right\n")
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # else it reads the password file as nobody
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}"
        f"http {{ access_log off; {temporary} include {folder}/site.conf; }}"
    )
    process = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
    try:
        until(lambda: process.poll() is not None or _is_open(port))
        assert process.poll() is None, (folder / "error.log").read_text()
        yield Proxy(port, certificate)
    finally:
        process.terminate()
        process.wait(10)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _is_open(port) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _authorization(password):
    return "Basic " + base64.b64encode(f"ann:{password}".encode()).decode()


GUARDED = {"Authorization": _authorization("right")}


@pytest.mark.parametrize("headers", [{}, {"Authorization": _authorization("wrong")}, {"Authorization": "Bearer x"}])
@pytest.mark.parametrize(
    "path",
    ["/", "/settings", "/_stcore/stream", "/_stcore/upload_file/a/b", "/reports/1.csv", "/campaigns/_stcore/stream"],
)
def test_nobody_gets_in_without_the_password(proxy, path, headers):
    assert proxy.ask(path, headers=headers)[0] == 401


def test_dashboard_comes_through_with_its_security_headers(proxy):
    status, headers, body = proxy.ask("/", headers=GUARDED)
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"<title>" in body
    assert headers["Strict-Transport-Security"].startswith("max-age")
    assert headers["X-Frame-Options"] == "DENY"


def test_websocket_of_the_dashboard_is_upgraded(proxy):
    with proxy.connected() as connection:
        request = (
            f"GET /_stcore/stream HTTP/1.1\r\nHost: {NAME}\r\nOrigin: https://{NAME}\r\nUpgrade: websocket\r\n"
            f"Authorization: {GUARDED['Authorization']}\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        connection.sendall(request.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 101")


def test_websocket_from_another_site_is_refused(proxy):
    with proxy.connected() as connection:
        request = (
            f"GET /_stcore/stream HTTP/1.1\r\nHost: {NAME}\r\nOrigin: https://evil.example\r\nUpgrade: websocket\r\n"
            f"Authorization: {GUARDED['Authorization']}\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        connection.sendall(request.encode())
        assert b" 403 " in connection.recv(1000).split(b"\r\n")[0]


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/health", "GET", 200),
        ("/send-mms", "POST", 503),
        ("/campaigns", "GET", 401),
        ("/twilio/status", "POST", 403),
        ("/pictures/none.jpg", "GET", 404),
        ("/metrics", "GET", 403),
    ],
)
def test_path_through_the_proxy(proxy, path, method, status):
    assert proxy.ask(path, method=method, body=b"" if method == "POST" else None)[0] == status


def test_foreign_host_name_does_not_reach_the_app(proxy):
    assert proxy.ask("/", headers=GUARDED | {"Host": "evil.example"})[0] == 403
