"""The stand-in is started once, found again, survives being killed, and leaves by itself."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from itertools import islice

import psutil
import pytest
import requests

from mms.errors import MmsError
from mms.practice.address import PracticeAddress
from mms.practice.remote import PracticeRemote
from mms.practice.server import listen, serve
from mms.practice.start import ensure_running, stop_running
from mms.practice.testing import PracticeProcess, PracticeServer

START = """
import pathlib, sys
from mms.practice.start import ensure_running
print(ensure_running(pathlib.Path(sys.argv[1])).base_url)
"""


@pytest.fixture
def data_dir(tmp_path):
    folder = tmp_path / "data"
    yield folder
    stop_running(folder)


def create(address, body="Hello"):
    return requests.post(
        f"{address.base_url}/2010-04-01/Accounts/{address.account_sid}/Messages.json",
        data={"To": "+19075550150", "From": address.phone_number, "Body": body},
        auth=address.auth,
        timeout=10,
    )


def test_second_call_finds_the_first_server(data_dir):
    first = ensure_running(data_dir)
    assert ensure_running(data_dir) == first
    assert create(first).status_code == 201


def test_many_starters_at_once_get_one_server(data_dir):
    starters = [
        subprocess.Popen([sys.executable, "-c", START, str(data_dir)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    addresses = {starter.communicate(timeout=60)[0].strip() for starter in starters}
    assert addresses == {ensure_running(data_dir).base_url}


def test_many_threads_at_once_get_one_server(data_dir):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ensure_running, [data_dir] * 8))) == 1


@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")
def test_files_with_secrets_and_people_are_private(data_dir):
    ensure_running(data_dir)
    for name in ("practice.json", "practice.db"):
        assert stat.S_IMODE((data_dir / name).stat().st_mode) == 0o600


def test_token_is_not_in_the_repr(data_dir):
    address = ensure_running(data_dir)
    assert address.auth_token not in repr(address)


def test_killed_server_comes_back_with_port_token_and_log(data_dir):
    before = ensure_running(data_dir)
    sid = create(before).json()["sid"]
    killed = psutil.Process(PracticeRemote(before).pid())
    killed.kill()
    killed.wait()
    after = ensure_running(data_dir)
    assert after == before
    assert [m["sid"] for m in PracticeRemote(after).messages()["messages"]] == [sid]


def test_everything_answered_before_the_kill_is_in_the_log(tmp_path):
    with PracticeProcess(tmp_path) as practice:
        with ThreadPoolExecutor(8) as pool:
            answered = [pool.submit(create, practice.address, f"Message {n}") for n in range(200)]
            for _ in islice(as_completed(answered), 50):
                pass
            practice.kill()
        sids = {a.result().json()["sid"] for a in answered if not a.exception() and a.result().ok}
        assert len(sids) >= 50
        practice.start()
        logged = {r["sid"] for r in practice.remote.requests()}
        assert sids <= logged
        assert len(logged) == practice.remote.messages(limit=1)["total"]


def test_opt_outs_outlive_the_server(tmp_path):
    with PracticeServer(tmp_path) as server:
        server.remote.reply("+19075550150", "STOP")
    with PracticeServer(tmp_path) as server:
        assert create(server.address).json()["code"] == 21610


def test_taken_port_is_replaced_by_a_free_one(tmp_path):
    with PracticeServer(tmp_path / "one") as first:
        other = listen(tmp_path / "two", port=first.address.port)
        with other.socket:
            assert other.address.port != first.address.port


def test_second_server_on_the_same_folder_is_refused(data_dir):
    ensure_running(data_dir)
    with pytest.raises(MmsError) as refused:
        serve(data_dir=data_dir)
    assert refused.value.code == "practice_running"


def test_it_listens_on_loopback_only(data_dir):
    address = ensure_running(data_dir)
    process = psutil.Process(PracticeRemote(address).pid())
    listening = [c.laddr.ip for c in process.net_connections() if c.status == psutil.CONN_LISTEN]
    assert listening == ["127.0.0.1"]


def test_idle_server_ends_by_itself(tmp_path):
    serve(data_dir=tmp_path, idle_seconds=0.05)
    assert not PracticeAddress.read(tmp_path).is_alive()


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_loopback_does_not_go_through_a_proxy(tmp_path, monkeypatch, name):
    monkeypatch.setenv(name, "http://127.0.0.1:1")
    with PracticeServer(tmp_path) as server:
        assert server.address.is_alive()
        assert server.remote.messages()["total"] == 0


def test_log_of_another_version_is_started_afresh(tmp_path):
    with PracticeServer(tmp_path) as server:
        create(server.address)
    with closing(sqlite3.connect(tmp_path / "practice.db")) as old:
        old.executescript("ALTER TABLE messages RENAME COLUMN price TO cost; PRAGMA user_version = 99")
    with PracticeServer(tmp_path) as server:
        assert server.remote.messages()["total"] == 0
        assert create(server.address).status_code == 201


def test_stopping_what_does_not_run_is_no_error(tmp_path):
    stop_running(tmp_path)


def test_address_file_that_is_damaged_is_as_good_as_none(tmp_path):
    (tmp_path / "practice.json").write_text("{", "utf-8")
    assert PracticeAddress.read(tmp_path) is None


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_polite_end_leaves_a_whole_log(tmp_path):
    with PracticeProcess(tmp_path) as practice:
        sid = create(practice.address).json()["sid"]
        practice.process.send_signal(signal.SIGTERM)
        practice.process.wait(10)
        practice.start()
        assert [r["sid"] for r in practice.remote.requests()] == [sid]
