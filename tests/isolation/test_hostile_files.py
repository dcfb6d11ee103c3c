"""Files that froze or filled the dashboard: each is one sentence now, whoever opens it, and nobody else waits."""

import json
import subprocess
import sys

import pytest

from mms.errors import UploadError
from mms.isolation import running
from mms.media.image.isolated import glances, prepare_picture
from mms.recipients import read_upload
from tests.isolation.hostile_files import LISTS, PICTURES

MADE: dict[str, bytes] = {}


@pytest.fixture(autouse=True)
def _in_other_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running._place, "here", False)


def made(name: str) -> bytes:
    if name not in MADE:
        MADE[name] = LISTS[name][0]()
    return MADE[name]


@pytest.mark.parametrize("name", LISTS)
def test_hostile_list_is_read_or_refused_with_its_code(name: str) -> None:
    wanted = LISTS[name][1]
    found = code_of(made(name))

    assert wanted in (None, found)


def code_of(data: bytes) -> str | None:
    """The code of the refusal, None when it was read."""
    try:
        read_upload(data, file_name="list.xlsx", by="ann")
    except UploadError as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize(
    "name", ["row 50,000,000", "size field that lies", "column XFD in 20,000 rows", "millions of unknown elements"]
)
def test_command_line_refuses_it_with_the_same_code(name: str, tmp_path) -> None:
    file = tmp_path / "list.xlsx"
    file.write_bytes(made(name))
    run = subprocess.run(
        [sys.executable, "-m", "mms", "check", str(file), "--json"],
        capture_output=True,
        env={"MMS_DATA_DIR": str(tmp_path), "PATH": "", "PYTHONPATH": "."},
        check=False,
    )
    answer = json.loads(run.stdout)
    if LISTS[name][1]:
        assert (run.returncode, answer["error"]["code"]) == (2, LISTS[name][1])
    else:
        assert run.returncode in (0, 1, 2), run.stderr


@pytest.mark.parametrize("name", PICTURES)
def test_hostile_picture_is_a_sentence_in_upload_and_preflight(name: str) -> None:
    data = PICTURES[name]()

    with pytest.raises(UploadError) as refusal:
        prepare_picture(data, "a.jpg", by="ann")
    with glances() as looking:
        look = looking.look(data)

    assert refusal.value.code == "media_too_large"
    assert look.too_costly or look.too_many_pixels or look.thumbnail
