"""`streamlit run app.py`: the dashboard and the rest on one port, from its start to its stop."""

import hashlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import closing
from urllib.parse import urlsplit

import pytest
import requests
from http_tools import ROOT, running_app, until, worker_processes

from mms.http.running import announce, refuse_second_dashboard
from mms.practice.testing import PracticeServer
from mms.settings import settings_from

KEY = "key of these tests"
KEYS = f"tests:{hashlib.sha256(KEY.encode()).hexdigest()}"
ODD_PATHS = (  # Streamlit answers such paths with a bare `Bad Request`
    "/pictures/..%2f..%2fmms.db",
    "/pictures/../../etc/passwd",
    "/pictures/a%5c..%5cb",
    "/pictures//x",
    "/messages/..%2fx",
    "/twilio/../x",
)


@pytest.fixture
def stand_in(tmp_path):
    with PracticeServer(tmp_path) as practice:
        practice.address.write(tmp_path)
        yield practice
        for process in worker_processes(tmp_path):
            process.kill()
            process.wait(15)


def _send(app, **fields):
    body = {"to": "+12025550123", "body": "Hello", "mediaUrl": "https://pictures.example/a.jpg"} | fields
    return requests.post(f"{app.url}/send-mms", json=body, headers={"Authorization": f"Bearer {KEY}"}, timeout=60)


def _as_written(app, path):
    """Status and `success` for a path that other clients would tidy up first."""
    with closing(http.client.HTTPConnection(urlsplit(app.url).netloc, timeout=30)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())["success"]


def test_one_port_serves_the_dashboard_the_api_and_a_worker_that_comes_back(tmp_path, stand_in):
    with running_app(tmp_path, MMS_API_KEYS=KEYS, MMS_REQUEST_TIMEOUT="20") as app:
        app.wait_healthy()
        page = requests.get(app.url, timeout=30)
        assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert requests.get(f"{app.url}/docs", timeout=30).text.startswith("<!doctype html>")
        assert _send(app).status_code == 200
        for path in ODD_PATHS:
            assert _as_written(app, path) == (404, False), path

        until(lambda: len(worker_processes(tmp_path)) == 1)  # of two that start at once, one leaves
        (worker,) = worker_processes(tmp_path)
        worker.kill()
        worker.wait(10)
        assert _send(app, body="after the worker was killed").status_code == 200
        until(lambda: len(worker_processes(tmp_path)) == 1)
        (another,) = worker_processes(tmp_path)

        stand_in.remote.set_faults(script=["hang_before"], hang_seconds=20)
        answers = []
        waiting = threading.Thread(target=lambda: answers.append(_send(app, body="while stopping")))
        waiting.start()
        until(lambda: any(one["fault"] == "hang_before" for one in stand_in.remote.requests()))
        app.process.send_signal(signal.SIGTERM)
        app.process.wait(15)
        waiting.join()
        assert (answers[0].status_code, answers[0].json()["status"]) == (504, "unknown")
        assert another.is_running(), "the worker goes on by itself"


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        pytest.param(["--server.address=0.0.0.0"], {}, "everyone there would be its admin", id="open to the network"),
        pytest.param(
            [],
            {"DATABASE_URL": "postgresql://127.0.0.1:1/mms"},
            "The database cannot be reached",
            id="no database",
        ),
    ],
)
def test_start_that_cannot_be_says_why_in_a_sentence(tmp_path, stand_in, arguments, settings, said):
    with running_app(tmp_path, *arguments, **settings) as app:
        assert app.process.wait(60) == 2
        log = app.log.read_text()
    assert said in log
    assert "Traceback" not in log


def test_files_are_for_their_owner_only(tmp_path, stand_in):
    if os.name == "nt":
        pytest.skip("Windows has no such modes")
    with running_app(tmp_path, MMS_API_KEYS=KEYS) as app:
        app.wait_healthy()
        assert _send(app).status_code == 200
        open_to_others = [path.name for path in tmp_path.glob("mms.db*") if path.stat().st_mode & 0o077]
    assert open_to_others == []


def test_app_is_a_page_under_apptest(tmp_path, stand_in):
    code = (
        "from streamlit.testing.v1 import AppTest\n"
        "assert not AppTest.from_file('app.py', default_timeout=60).run().exception"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "MMS_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_second_dashboard_on_a_folder_names_the_first(tmp_path, stand_in):
    settings = settings_from({"MMS_DATA_DIR": str(tmp_path)})
    refuse_second_dashboard(settings, 8501)
    announce(settings, 8501)
    code = "from mms.http.site import site_or_exit;site_or_exit(address='127.0.0.1', port=8501, port_is_chosen=False)"
    environment = {**os.environ, "MMS_DATA_DIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert "already serves the folder" in ended.stderr
    assert "http://localhost:8501" in ended.stderr


def test_terminal_says_what_runs_and_how_to_stop_it(tmp_path, stand_in):
    with running_app(tmp_path) as app:
        app.wait_healthy()
        log = app.log.read_text()
    assert [word for word in (app.url.rpartition(":")[2], "practice", str(tmp_path), "Ctrl+C") if word not in log] == []
