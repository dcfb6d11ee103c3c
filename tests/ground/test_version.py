"""One version: that of the package, which metrics, backups and the project file tell."""

import tomllib
from pathlib import Path

from mms import __version__


def test_version_is_that_of_the_project_file():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == __version__
