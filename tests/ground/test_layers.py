"""Imports point one way; the contracts stand in pyproject.toml."""

import ast
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parent.parent.parent


def test_imports_go_downwards_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    found = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert found == EXIT_STATUS_SUCCESS, capsys.readouterr().out


ENTRANCES = [
    ROOT / "app.py",
    *sorted(path for room in ("pages", "mms/cli", "mms/http") for path in (ROOT / room).rglob("*.py")),
]
OF_SQLALCHEMY = {"Connection", "SQLAlchemyError", "IntegrityError"}  # handed on, and told; no statement is made of them


def sql_in(source: str) -> list[str]:
    """What a module imports to talk to the ledger by itself."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = {one.name for one in node.names} if isinstance(node, ast.Import | ast.ImportFrom) else set()
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if module == "mms.ledger.tables" or (module == "mms.ledger" and "tables" in names):
            found.append("mms.ledger.tables")
        if module.split(".")[0] == "sqlalchemy":
            found += sorted(names - OF_SQLALCHEMY)
        found += sorted(name for name in names if not module and name.split(".")[0] == "sqlalchemy")
    return found


@pytest.mark.parametrize("path", ENTRANCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_entrance_runs_no_sql_of_its_own(path: Path) -> None:
    assert sql_in(path.read_text("utf-8")) == [], "Put the question into the room below that knows the answer."


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from mms.ledger.tables import rows", ["mms.ledger.tables"]),
        ("from mms.ledger import tables", ["mms.ledger.tables"]),
        ("from sqlalchemy import Connection, select", ["select"]),
        ("import sqlalchemy as sa", ["sqlalchemy"]),
        ("from sqlalchemy.exc import SQLAlchemyError", []),
        ("from mms.ledger import open_ledger", []),
    ],
)
def test_the_scan_tells_sql_from_what_is_handed_on(source: str, found: list[str]) -> None:
    assert sql_in(source) == found
