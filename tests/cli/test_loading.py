"""What a command loads: names, not times, so that the first second stays quick."""

import subprocess
import sys

import click
import pytest

from mms.cli import COMMANDS, cli

_HEAVY = {"alembic", "dbos", "numpy", "openpyxl", "pandas", "phonenumbers", "pyarrow", "sqlalchemy", "twilio"}
_LOADED = "import sys\nfrom mms.cli import main\nimport os\nos._exit = lambda code: print(*sys.modules)\nmain()"


@pytest.mark.parametrize("arguments", [["--help"], ["--nonsense"], []], ids=["help", "wrong option", "nothing"])
def test_no_library_is_loaded_to_say_which_commands_there_are(arguments):
    done = subprocess.run([sys.executable, "-c", _LOADED, *arguments], capture_output=True, text=True, check=False)
    assert _HEAVY & set(done.stdout.split()) == set()


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
