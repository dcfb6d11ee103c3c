"""Only two modules write rows and campaigns: whoever else tries is found here."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WRITERS = {"mms/ledger/row_states.py", "mms/ledger/campaign_states.py"}
TABLES = {"rows", "campaigns"}
_SQL = re.compile(r"\b(?:UPDATE|INSERT\s+INTO|DELETE\s+FROM)\s+mms_(?:rows|campaigns)\b", re.IGNORECASE)
FILES = sorted(
    path
    for folder in ("mms", "pages")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts and path.relative_to(ROOT).as_posix() not in WRITERS
)


def writes_in(source: str) -> list[int]:
    """Lines that write one of the tables: by a function, by a method of the table, by SQL in a text."""
    tree = ast.parse(source)
    names = TABLES | {
        alias.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "mms.ledger.tables"
        for alias in node.names
        if alias.name in TABLES and alias.asname
    }
    return [node.lineno for node in ast.walk(tree) if _writes(node, names)]


def _writes(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return bool(_SQL.search(node.value))
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr in ("update", "insert", "delete"):
        return _is_table(function.value, names) or any(_is_table(one, names) for one in node.args[:1])
    is_writer = isinstance(function, ast.Name) and function.id in ("update", "insert", "delete")
    return is_writer and any(_is_table(one, names) for one in node.args[:1])


def _is_table(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in names
    return isinstance(node, ast.Attribute) and node.attr in TABLES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nobody_else_writes_rows_or_campaigns(path):
    assert writes_in(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "update(rows).where(x)",
        "connection.execute(insert(campaigns).values(a=1))",
        "rows.update()",
        "tables.campaigns.delete()",
        "sa.update(tables.rows)",
        "text('UPDATE mms_rows SET state = 1')",
        "f'DELETE FROM mms_campaigns WHERE id = {x}'",
        "from mms.ledger.tables import rows as table\ntable.insert()",
    ],
)
def test_each_way_of_writing_is_found(source):
    assert writes_in(source) != []


def test_reading_is_not_writing():
    assert (
        writes_in("select(rows).where(campaigns.c.id == 1)\ntext('SELECT 1 FROM mms_rows')\nseen.update(rows_of)") == []
    )
