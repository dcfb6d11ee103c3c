"""What stands on screen is said in the words of the glossary: none of the machine's, none of our own making."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORBIDDEN = re.compile(
    r"\b(mend(s|ed|ing)?|paced?|pacing|ledgers?|workers?)\b"  # fix, speed, (where it is kept), (what sends)
    r"|\b(America|Europe|Asia|Africa|Pacific|Atlantic|Australia)/[A-Z]",  # zones have names: `zone_said`
    re.IGNORECASE,
)
ON_PURPOSE = {"systemctl restart mms-worker": "a command, typed as it stands"}
SENTENCES_ELSEWHERE = (
    "words.py",
    "problem_texts.py",
    "campaigns/launch/checklist.py",
    "media/check/messages.py",
    "quiet_hours/local_times.py",
    "recipients/check/list_warnings.py",
    "reports/campaign/explanations.py",
    "reports/comparison/alerts.py",
    "reports/counts.py",
)
FILES = [*sorted((ROOT / "pages").rglob("*.py")), *(ROOT / "mms" / name for name in SENTENCES_ELSEWHERE)]


def sentences(source: str) -> list[tuple[int, str]]:
    """Texts that may be read by somebody, with their line: no docstrings, no keys (one word in small letters)."""
    tree = ast.parse(source)
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
        if " " in node.value or node.value[:1].isupper()
    ]


def forbidden_in(text: str) -> bool:
    """Leaving out what stands there on purpose."""
    for allowed in ON_PURPOSE:
        text = text.replace(allowed, "")
    return FORBIDDEN.search(text) is not None


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_nothing_on_screen_is_said_in_the_machines_words(file):
    found = sentences(file.read_text(encoding="utf-8"))
    assert [f"line {line}: {text}" for line, text in found if forbidden_in(text)] == []


@pytest.mark.parametrize(
    ("source", "is_found"),
    [
        ('st.write("Mend the rows.")', True),
        ('st.button("Pace")', True),
        ('st.text(f"Time of {x} in America/Chicago")', True),
        ('st.button("Speed", key="pace_menu")', False),
        ('"""The ledger is read."""', False),
    ],
    ids=["a sentence", "a label", "a zone", "a key", "a docstring"],
)
def test_scan_tells_sentences_from_the_rest(source, is_found):
    assert any(forbidden_in(text) for _, text in sentences(source)) is is_found
