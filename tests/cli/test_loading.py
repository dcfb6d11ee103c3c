"""What a command loads: names, not times, so that the first second stays quick."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from mms.cli import COMMANDS, cli

_HEAVY = {"alembic", "dbos", "numpy", "openpyxl", "pandas", "phonenumbers", "pyarrow", "sqlalchemy", "twilio"}
_NOT_TO_CHECK = {
    *("aiohttp", "alembic", "boto3", "dbos", "fontTools", "openpyxl", "pandas", "phonenumbers.geocoder", "PIL"),
    *("pillow_heif", "python_calamine", "streamlit", "structlog", "twilio", "zxingcpp"),
}
_NOT_TO_SEND = _NOT_TO_CHECK - {"twilio"} | {"xlsxwriter"}
_ROOT = Path(__file__).parents[2]
_HERE = {**os.environ, "PYTHONPATH": str(_ROOT)}
_LOADED = "import sys\nfrom mms.cli import main\nimport os\nos._exit = lambda code: print(*sys.modules)\nmain()"


@pytest.mark.parametrize("arguments", [["--help"], ["--nonsense"], []], ids=["help", "wrong option", "nothing"])
def test_no_library_is_loaded_to_say_which_commands_there_are(arguments):
    done = subprocess.run([sys.executable, "-c", _LOADED, *arguments], capture_output=True, text=True, check=False)
    assert _HEAVY & set(done.stdout.split()) == set()


def _loaded(*arguments, folder):
    code = f"import sys\nsys.path.insert(0, {str(_ROOT)!r})\n{_LOADED}"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, cwd=folder
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("rows", [1, 3_000], ids=["one row", "several chunks"])
def test_check_of_plain_text_loads_what_it_uses(tmp_path, rows):
    (tmp_path / "people.csv").write_text("Phone,Name\n" + "+12025550123,Ann\n" * rows)
    command = ("check", "people.csv", "--body", "Hello {Name}", "--json")
    _loaded(*command, folder=tmp_path)  # the first command makes the ledger, for which Alembic is needed
    assert _loaded(*command, folder=tmp_path) & _NOT_TO_CHECK == set()


def test_send_loads_what_it_uses(tmp_path):
    (tmp_path / "people.csv").write_text("Phone,Name\n+12025550123,Ann\n")
    command = ("send", "people.csv", "--body", "Hello {Name}", "--no-wait", "--yes", "--at", "2100-01-01T00:00:00Z")
    _loaded(*command, folder=tmp_path)
    loaded = _loaded(*command, "--allow-repeat", folder=tmp_path)
    subprocess.run([sys.executable, "-m", "mms", "stop"], cwd=tmp_path, env=_HERE, check=True)
    assert loaded & _NOT_TO_SEND == set()


def test_worker_with_nothing_to_do_loads_no_reader_of_lists(tmp_path):
    _loaded("opt-outs", "list", folder=tmp_path)  # makes the ledger; a worker waits a minute before it leaves
    assert _loaded("worker", "--until-idle", folder=tmp_path) & {"alembic", "openpyxl", "pandas", "streamlit"} == set()


def test_export_writes_its_files_without_pandas(tmp_path):
    assert "pandas" not in _loaded("export", "--output", "out", "--format", "parquet", folder=tmp_path)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_of_the_table_is_there_under_its_name(name):
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), (["show", "x"], 2), (["nonsense"], 2)])
def test_exit_code_outlives_the_quick_end(arguments, code):
    done = subprocess.run([sys.executable, "-m", "mms", *arguments], capture_output=True, check=False)
    assert done.returncode == code
    assert done.stdout or done.stderr
