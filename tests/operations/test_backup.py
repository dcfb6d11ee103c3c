"""Backup and restore: of one moment, readable by the owner only, and never a reason to text somebody twice."""

import stat
import subprocess
import sys
import threading
import zipfile
from contextlib import closing

import pytest
from sqlalchemy import select

from mms.campaigns.launch.senders import ensure_sender
from mms.delivery.engine.worker_process import worker_alive, worker_environment, worker_lock
from mms.errors import MmsError
from mms.ledger import open_ledger
from mms.ledger.tables import campaigns, rows, senders
from mms.operations.backup import back_up, restore
from mms.practice.testing import PracticeServer
from mms.settings import settings_from


def _states(settings):
    ledger = open_ledger(settings)
    with ledger.read() as connection:
        found = connection.execute(select(campaigns.c.name, campaigns.c.state, campaigns.c.reason_code)).all()
        row_states = sorted(connection.execute(select(rows.c.state)).scalars())
    ledger.close()
    return [tuple(one) for one in found], row_states


def test_backup_comes_back_as_it_was(ledger, settings, launched, tmp_path):
    launched()
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    (pictures / "a.jpg").write_bytes(b"picture")
    back_up(settings, tmp_path / "backup.zip")
    launched("b")
    (pictures / "a.jpg").unlink()
    ledger.close()
    moved = restore(settings, tmp_path / "backup.zip", by="ann")
    assert _states(settings) == ([("Sale", "finished", None)], ["delivered"] * 3)
    assert (pictures / "a.jpg").read_bytes() == b"picture"
    assert moved is not None
    assert moved.exists(), "the ledger that was there is kept"


def test_backup_is_for_its_owner_only_and_never_overwrites(ledger, settings, tmp_path):
    target = tmp_path / "backup.zip"
    back_up(settings, target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with pytest.raises(MmsError) as refused:
        back_up(settings, target)
    assert refused.value.code == "exists"


def test_backup_while_others_write_is_of_one_moment(ledger, settings, launched, tmp_path):
    over = threading.Event()

    def write():
        for number in range(10_000):
            if over.is_set():
                return
            launched(str(number))

    writer = threading.Thread(target=write)
    writer.start()
    back_up(settings, tmp_path / "backup.zip")
    over.set()
    writer.join()
    ledger.close()
    restore(settings, tmp_path / "backup.zip", by="ann")
    _found, row_states = _states(settings)
    assert len(row_states) % 3 == 0


@pytest.mark.parametrize("state", ["running", "scheduled", "waiting", "paused", "stopped"])
def test_restored_campaign_that_had_not_ended_is_paused_and_in_doubt(ledger, settings, launched, tmp_path, state):
    launched(state=state, ended_at=None, row_state="ready")
    back_up(settings, tmp_path / "backup.zip")
    ledger.close()
    restore(settings, tmp_path / "backup.zip", by="ann")
    assert _states(settings) == ([("Sale", "paused", "restored")], ["unknown"] * 3)


def test_what_went_out_after_the_backup_is_found_in_twilios_log_and_not_sent_again(tmp_path, database_url):
    with PracticeServer(tmp_path, time_scale=0.1) as practice:
        practice.address.write(tmp_path)
        settings = settings_from(
            {
                "MMS_DATA_DIR": str(tmp_path),
                "DATABASE_URL": database_url,
                "MMS_RATE": "0",
                "MMS_SETTLE_SECONDS": "1",
            }
        )
        account = {"account_sid": practice.address.account_sid, "mode": "practice", "kind": "test"}
        ledger = open_ledger(settings)
        _queue(ledger, practice, **account)
        back_up(settings, tmp_path / "backup.zip")
        _work(settings, lambda: len(practice.remote.requests()) == 1)
        ledger.close()
        restore(settings, tmp_path / "backup.zip", by="ann")
        assert _states(settings)[1] == ["unknown"]
        _work(settings, lambda: _states(settings)[1] != ["unknown"])
        assert _states(settings)[1][0] in {"accepted", "sent", "delivered"}
        assert len(practice.remote.requests()) == 1


def _queue(ledger, practice, **account):
    from mms.campaigns.single_message import SingleMessage, send_single

    message = SingleMessage(
        recipient="+12025550123",
        body="after the backup",
        media_urls=("https://pictures.example/a.jpg",),
        sender_address=practice.address.phone_number,
        request_key="one",
        **account,
    )
    send_single(ledger, message)


def _work(settings, is_done):
    """A real worker until something is done."""
    with (settings.data_dir / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mms", "worker"], env=worker_environment(settings), stdout=log, stderr=log
        )
    waiting = threading.Event()
    try:
        for _ in range(600):
            if is_done():
                return
            waiting.wait(0.05)
        pytest.fail("the worker did not come that far")
    finally:
        process.terminate()
        process.wait(15)
        assert not worker_alive(settings)


def test_restore_is_refused_while_a_worker_runs(ledger, settings, tmp_path):
    back_up(settings, tmp_path / "backup.zip")
    with worker_lock(settings), pytest.raises(MmsError) as refused:
        restore(settings, tmp_path / "backup.zip", by="ann")
    assert refused.value.code == "in_use"


def _zip(path, **files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return path


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda path: path.write_bytes(b"nonsense"), id="no zip"),
        pytest.param(lambda path: _zip(path, readme=b"x"), id="another zip"),
        pytest.param(lambda path: _zip(path, ledger_DOT_db=b"not a database" * 100), id="damaged ledger"),
        pytest.param(lambda path: _zip(path, ledger_DOT_db=b""), id="empty ledger"),
    ],
)
def test_file_that_is_no_backup_changes_nothing(ledger, settings, launched, tmp_path, make):
    launched()
    make(tmp_path / "odd.zip")
    with pytest.raises(MmsError) as refused:
        restore(settings, tmp_path / "odd.zip", by="ann")
    assert refused.value.code == "not_a_backup"
    assert _states(settings)[1] == ["delivered"] * 3


def test_a_backup_comes_back_in_either_database(ledger, settings, launched, tmp_path, request):
    launched(state="running", ended_at=None, row_state="ready")
    back_up(settings, tmp_path / "backup.zip")
    other = {True: "postgres_database", False: None}[ledger.is_sqlite]
    url = request.getfixturevalue(other) if other else f"sqlite:///{(tmp_path / 'other.db').as_posix()}"
    elsewhere = settings_from({"MMS_DATA_DIR": str(tmp_path / "other"), "DATABASE_URL": url})
    restore(elsewhere, tmp_path / "backup.zip", by="ann")
    assert _states(elsewhere) == ([("Sale", "paused", "restored")], ["unknown"] * 3)


def test_on_postgresql_a_worker_elsewhere_is_in_the_way_and_old_fences_are_never_given_again(
    postgres_database, tmp_path
):
    settings = settings_from({"MMS_DATA_DIR": str(tmp_path), "DATABASE_URL": postgres_database})
    with closing(open_ledger(settings)) as ledger:
        with ledger.write() as connection:
            sender = ensure_sender(connection, "AC" + "0" * 32, "+12025550100")
            connection.execute(senders.update().values(fence=3))
        back_up(settings, tmp_path / "backup.zip")
        with ledger.write() as connection:
            connection.execute(senders.update().values(fence=7, holder="elsewhere", held_until=4e9))
        with pytest.raises(MmsError, match="another computer"):
            restore(settings, tmp_path / "backup.zip", by="ann")
        with ledger.write() as connection:
            connection.execute(senders.update().values(held_until=1))
        moved = restore(settings, tmp_path / "backup.zip", by="ann")
        with ledger.read() as connection:
            assert connection.execute(select(senders.c.fence).where(senders.c.id == sender)).scalar_one() > 7
    assert moved is not None
    assert moved.exists()
