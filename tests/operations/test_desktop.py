"""The start file to double-click: finds what is there, opens the browser, and stops with its window."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mms.practice.testing import PracticeServer

DESKTOP = Path(__file__).parents[2] / "deploy" / "desktop"


@pytest.fixture
def start(tmp_path):
    spec = importlib.util.spec_from_file_location("start", DESKTOP / "start.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ENVIRONMENT, module.REQUIREMENTS = tmp_path / "venv", tmp_path / "requirements.txt"
    module.NOTE, module.HOME = tmp_path / "venv" / "installed", tmp_path
    module.REQUIREMENTS.write_text("# nothing\n")
    return module


def test_first_start_installs_and_an_update_installs_again(start, capsys):
    assert not start.installed()
    assert start.install()
    assert start.installed()
    assert "Installing what the app needs" in capsys.readouterr().out
    start.REQUIREMENTS.write_text("# something else\n")
    assert not start.installed()


def test_install_that_fails_says_what_to_do(start, capsys):
    start.REQUIREMENTS.write_text("not a requirement !\n")
    assert not start.install()
    assert "Start again" in capsys.readouterr().out
    assert not start.installed()


def test_dashboard_that_runs_already_is_opened(start, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(start.webbrowser, "open", opened.append)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "dashboard.address").write_text("http://localhost:8501")
    monkeypatch.setattr(start, "answers", lambda _: True)
    assert start.main() == 0
    assert opened == ["http://localhost:8501"]


def test_it_starts_says_where_and_stops(tmp_path):
    with PracticeServer(tmp_path) as practice:
        practice.address.write(tmp_path)
        code = (
            "import sys, pathlib, start;"
            "start.python = lambda: pathlib.Path(sys.executable); start.installed = lambda: True;"
            "start.already_running = lambda: None;"
            "start.webbrowser.open = lambda address: print('opened', address, flush=True);"
            "sys.exit(start.main())"
        )
        environment = {**os.environ, "MMS_DATA_DIR": str(tmp_path), "PYTHONPATH": str(DESKTOP)}
        process = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        try:
            said = next(line for line in process.stdout if line.startswith("opened"))
            assert "http://localhost:" in said
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


@pytest.mark.parametrize("name", ["Start on Linux.sh", "Start on macOS.command"])
def test_shell_files_are_shell(name):
    shell = shutil.which("sh")
    if not shell:
        pytest.skip("no sh here")
    assert subprocess.run([shell, "-n", str(DESKTOP / name)], check=False).returncode == 0
    assert os.access(DESKTOP / name, os.X_OK)
