"""Imports point one way; the contracts stand in pyproject.toml."""

from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parent.parent.parent


def test_imports_go_downwards_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    found = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert found == EXIT_STATUS_SUCCESS, capsys.readouterr().out
