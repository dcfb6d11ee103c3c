"""`pytest -m quick` looks into every room; its table is in `tests/conftest.py`."""

from collections import Counter
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ROOMS = sorted(
    folder.name for folder in TESTS.iterdir() if any(folder.glob("test_*.py")) or (folder / "engine").is_dir()
)


@pytest.fixture
def quick_files(pytestconfig: pytest.Config):
    plugin = pytestconfig.pluginmanager.get_plugin(str(TESTS / "conftest.py"))
    return plugin.QUICK


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "browser"])
def test_every_room_has_a_file_in_the_quick_part(room, quick_files):
    assert any(file.startswith(f"{room}/") for file in quick_files)


def test_every_file_of_the_quick_part_is_there(quick_files):
    assert [file for file in sorted(quick_files) if not (TESTS / file).is_file()] == []


def test_no_two_files_have_one_name():
    """Both would be the same module: pytest collects the first and fails at the second."""
    names = Counter(file.name for file in TESTS.rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
