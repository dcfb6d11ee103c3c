"""The process that decodes: what it costs to be killed, and that it has nothing worth taking."""

import contextlib
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mms import isolation
from mms.errors import MmsError, NotAllowed, UploadError
from mms.isolation import running
from mms.isolation.frames import packed_error, unpacked_error
from mms.isolation.process import Process, _environment
from mms.isolation.turns import AT_ONCE, Turns
from mms.recipients import Limits, parse_upload, read_upload
from mms.recipients.read import isolated

LIST = b"phone,name\n4155552671,Ann\n4155552672,B\xc3\xa9a\n\n"
ROOMY = isolation.Limits(memory=1_000_000_000, processor=30, wall=60)


@pytest.fixture(autouse=True)
def _in_other_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running._place, "here", False)


def test_upload_is_the_same_from_another_process() -> None:
    other, here = read_upload(LIST, file_name="../l.csv"), parse_upload(LIST, file_name="../l.csv")

    assert list(other.rows()) == list(here.rows())
    for name in ("file_name", "sha256", "columns", "header_row", "repairs", "sheets", "sheet"):
        assert getattr(other, name) == getattr(here, name), name


def test_refusals_keep_class_code_and_what_they_hold() -> None:
    with pytest.raises(UploadError) as refusal:
        read_upload(LIST, limits=Limits(max_rows=1))

    assert (refusal.value.code, str(refusal.value)) == ("too_many_rows", refusal.value.message)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        pytest.param(isolation.Limits(memory=0, processor=30, wall=60), isolation.MEMORY, id="memory"),
        pytest.param(isolation.Limits(memory=2**31, processor=0, wall=60), isolation.TIME, id="processor"),
        pytest.param(isolation.Limits(memory=2**31, processor=30, wall=0), isolation.TIME, id="wall"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="other systems are watched from outside, every tenth of a second")
def test_process_that_goes_beyond_a_limit_is_a_sentence(limits, code, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_BOUNDS", limits)
    with pytest.raises(UploadError) as refusal:
        read_upload(b"phone,name\n" + b"4155552671,Ann\n" * 900_000)

    assert refusal.value.message == isolated._SENTENCES[code][0]


def test_killed_process_is_a_sentence_and_the_next_file_is_read() -> None:
    process = Process()
    process._child.kill()
    with pytest.raises(isolation.Died) as died:
        process.run("mms.recipients.read.isolated", "decode", {}, b"", ROOMY)
    process.close()

    assert died.value.code == isolation.BROKE
    assert len(read_upload(LIST)) == 2


def test_fault_in_a_reader_is_a_sentence_and_is_logged_without_the_file(caplog: pytest.LogCaptureFixture) -> None:
    decoder = isolation.Decoder(ROOMY)
    with contextlib.closing(decoder), pytest.raises(isolation.Died):
        decoder.run(isolation.Task("json", "loads"), {}, b"4155552671")

    assert "TypeError" in caplog.text
    assert "4155552671" not in caplog.text


def test_process_has_no_setting_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:secret@h/d")

    assert "secret" not in str(_environment())
    assert "PATH" in _environment() or "PATH" not in os.environ


def test_answer_can_name_no_class_but_our_errors() -> None:
    packed = packed_error(NotAllowed("No.", code="not_allowed"))
    assert isinstance(unpacked_error(packed), NotAllowed)
    for name in ("SystemExit", "Popen", ""):
        assert isinstance(unpacked_error(packed | {"class": name}), MmsError)


def test_a_person_has_one_file_read_at_a_time_and_all_together_few() -> None:
    turns, lock = Turns(), threading.Lock()
    now: list[str] = []
    most = {"one": 0, "all": 0}

    def read(person: str) -> None:
        with turns.turn(person):
            with lock:
                now.append(person)
                most["one"] = max(most["one"], now.count(person))
                most["all"] = max(most["all"], len(now))
            with lock:
                now.remove(person)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(read, ["ann", "bob", "cleo", "dan"] * 200))

    assert most["one"] == 1
    assert most["all"] <= AT_ONCE
    assert turns._busy == {}


def test_process_kept_ready_is_used_and_replaced() -> None:
    with isolation.kept_ready():
        first = running._place._spare
        read_upload(LIST)
        assert first is not None
        assert not first.is_alive
    assert running._place._spare is None
