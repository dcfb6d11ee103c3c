"""The documents keep to what is there: links, commands with their options, settings, words, rooms."""

import re
import shlex
from pathlib import Path

import click
import pytest

from mms.cli import COMMANDS, cli
from mms.reports.counts import IN_THE_LIST, WORDS
from mms.words import CAMPAIGN_WORDS, GLOSSARY, PROBLEM_LABELS, ROW_WORDS, SKIP_WORDS

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMES = [str(path.relative_to(ROOT)) for path in DOCS]

LINK = re.compile(r"\]\(([^)\s]+)\)")
ELSEWHERE = re.compile(r"[a-z]+:|#")
COMMAND = re.compile(r"python -m mms ([^`\n]+)")  # to the end of its line or of its code span
SETTING = re.compile(r"\b(?:(?:TWILIO|MMS|LOG)_[A-Z_]*[A-Z]|DATABASE_URL|DEFAULT_REGION|PUBLIC_BASE_URL)\b")
VARIABLES_OF_EXAMPLES = {"MMS_KEY"}  # docs/api.md keeps the caller's key in it
FILE = re.compile(r"`((?:mms|pages|tests|benchmarks|deploy|docs)/[\w./-]*|\.streamlit/[\w.]+|app\.py)`")
OF_THE_INSTALLATION = {".streamlit/secrets.toml"}  # written by the operator


def _text(path: Path) -> str:
    return path.read_text("utf-8")


def _commands(path: Path) -> list[list[str]]:
    """The words after `python -m mms`, wherever a document names a command."""
    return [shlex.split(text, comments=True) for text in COMMAND.findall(_text(path))]


def _command_and_rest(words: list[str]) -> tuple[click.Command, list[str]]:
    """Walks down the groups of commands."""
    command: click.Command = cli
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        below = command.get_command(click.Context(command), words[0])
        assert below is not None, f"there is no command {words[0]!r}"
        command, words = below, words[1:]
    return command, words


def _settings_in_code() -> set[str]:
    return set(re.findall(rf'"({SETTING.pattern})"', _text(ROOT / "mms" / "settings.py")))


@pytest.mark.parametrize("path", DOCS, ids=NAMES)
def test_relative_links_lead_to_files(path):
    links = [link for link in LINK.findall(_text(path)) if not ELSEWHERE.match(link)]
    assert [link for link in links if not (path.parent / link.split("#")[0]).exists()] == []


@pytest.mark.parametrize("path", DOCS, ids=NAMES)
def test_commands_exist_with_their_options(path):
    for words in _commands(path):
        command, rest = _command_and_rest(words)
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        assert {word for word in rest if word.startswith("-") and word != "-"} <= known, words


@pytest.mark.parametrize("name", COMMANDS)
def test_operators_guide_has_every_command(name):
    assert any(words[0] == name for words in _commands(ROOT / "docs" / "operator-guide.md"))


@pytest.mark.parametrize("path", DOCS, ids=NAMES)
def test_settings_exist(path):
    assert set(SETTING.findall(_text(path))) - VARIABLES_OF_EXAMPLES <= _settings_in_code()


def test_operators_guide_has_every_setting():
    assert _settings_in_code() <= set(SETTING.findall(_text(ROOT / "docs" / "operator-guide.md")))


def _table_lines(name: str) -> set[tuple[str, ...]]:
    """Cells of every table in a document."""
    lines = [line for line in _text(ROOT / "docs" / name).splitlines() if line.startswith("| ")]
    return {tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]) for line in lines}


def _expected_lines() -> list[tuple[str, ...]]:
    states = [
        (f"`{state.value}`", word.label, word.meaning)
        for words in (ROW_WORDS, SKIP_WORDS, CAMPAIGN_WORDS)
        for state, word in words.items()
    ]
    tiles = [
        (
            count.label,
            "all" if count is IN_THE_LIST else ", ".join(f"`{one.value}`" for one in count.states),
            count.meaning,
        )
        for count in WORDS
    ]
    problems = [(f"`{code.value}`", label) for code, label in PROBLEM_LABELS.items()]
    return [*states, *tiles, *problems, *((word, said.replace("|", "\\|")) for word, said in GLOSSARY.items())]


@pytest.mark.parametrize("line", _expected_lines(), ids=lambda line: line[0])
def test_glossary_says_what_the_pages_say(line):
    assert line in _table_lines("glossary.md")


@pytest.mark.parametrize("path", DOCS, ids=NAMES)
def test_files_that_are_named_exist(path):
    named = set(FILE.findall(_text(path))) - OF_THE_INSTALLATION
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_room_is_in_the_contributors_table():
    rooms = {path.name for path in (ROOT / "mms").iterdir() if path.is_dir() or path.suffix == ".py"}
    rooms -= {"__pycache__", "__init__.py", "__main__.py"}
    text = _text(ROOT / "docs" / "contributor-guide.md")
    assert sorted(room for room in rooms if f"`mms/{room}`" not in text) == []
