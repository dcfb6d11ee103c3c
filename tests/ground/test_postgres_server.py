"""A test run that is ended leaves no database server behind."""

import subprocess
import sys
from pathlib import Path

import psutil

_TESTS = Path(__file__).parents[1]
_SCRIPT = """
import os, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import psycopg
from postgres_server import postgres_server
with postgres_server(Path(sys.argv[2])) as url, psycopg.connect(url) as connection:
    folder = connection.execute("SHOW data_directory").fetchone()[0]
    print((Path(folder) / "postmaster.pid").read_text().split()[0], flush=True)
    time.sleep(300)
"""


def test_a_killed_run_takes_its_server_along(tmp_path: Path) -> None:
    run = subprocess.Popen([sys.executable, "-c", _SCRIPT, str(_TESTS), str(tmp_path)], stdout=subprocess.PIPE)
    assert run.stdout is not None
    server = psutil.Process(int(run.stdout.readline()))
    assert server.is_running()
    run.kill()
    run.wait()
    run.stdout.close()
    server.wait(60)
