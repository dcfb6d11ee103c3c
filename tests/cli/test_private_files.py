"""What the command line writes is for its owner only, whatever the umask."""

import os
import subprocess
import sys

import pytest


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_files_of_a_command_are_private(tmp_path):
    (tmp_path / "list.csv").write_text("phone\n911\n")
    done = subprocess.run(
        [sys.executable, "-m", "mms", "check", str(tmp_path / "list.csv"), "--problems", str(tmp_path / "mend.csv")],
        env={"MMS_DATA_DIR": str(tmp_path / "data"), "MMS_MODE": "practice", "PYTHONPATH": ".", "PATH": ""},
        umask=0,
        check=False,
        capture_output=True,
    )
    assert done.returncode == 1, done.stderr
    written = [tmp_path / "mend.csv", *(path for path in (tmp_path / "data").rglob("*") if path.is_file())]
    assert [path.name for path in written if path.stat().st_mode & 0o077] == []
