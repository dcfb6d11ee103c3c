"""A data folder that cannot be used is one sentence, in every command: path, owner and cure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mms.data_folder import data_folder_problem
from mms.errors import SettingsError
from mms.settings import load_settings

ROOT = Path(__file__).parents[2]


def test_a_folder_that_is_there_or_can_be_made_is_no_problem(tmp_path):
    assert data_folder_problem(tmp_path) is None
    assert data_folder_problem(tmp_path / "new" / "deep") is None


@pytest.mark.parametrize("below", ["", "data"])
def test_a_file_in_its_place_is_named(tmp_path, below):
    (tmp_path / "file").write_text("x")
    with pytest.raises(SettingsError, match="is a file, not a folder"):
        load_settings({"MMS_DATA_DIR": str(tmp_path / "file" / below)}, tmp_path / "none.env")


@pytest.mark.parametrize("command", ["campaigns", "doctor", "worker", "stop"])
def test_every_command_says_it_in_one_sentence(tmp_path, command):
    (tmp_path / "file").write_text("x")
    done = subprocess.run(
        [sys.executable, "-m", "mms", command],
        cwd=ROOT,
        env={**os.environ, "MMS_DATA_DIR": str(tmp_path / "file")},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 2
    assert "is a file, not a folder" in said
    assert "Traceback" not in said


@pytest.mark.skipif(not hasattr(os, "fork") or os.geteuid() != 0, reason="wants to become another user")
def test_somebody_elses_folder_is_named_with_its_owner(tmp_path):
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o700)
    (tmp_path / "closed").mkdir(mode=0o755)
    for place in (tmp_path, *tmp_path.parents[:3]):
        place.chmod(place.stat().st_mode | 0o055)
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        os.setuid(12_345)
        said = f"{data_folder_problem(folder)}\n{data_folder_problem(tmp_path / 'closed' / 'new')}"
        os.write(writer, said.encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    first, second = os.read(reader, 10_000).decode().split("\n")
    os.close(reader)
    assert "cannot be read and written by this user; it belongs to root" in first
    assert "cannot be made" in second
