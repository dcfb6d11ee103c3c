"""Every example of docs/api.md runs, and prints what it says that it prints."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"
EXAMPLES = re.findall(r"```(bash|python)\n# expect: (.+?)\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
RUNNERS = {"bash": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}


def test_no_example_is_left_out():
    assert len(EXAMPLES) == len(re.findall(r"```(?:bash|python)", DOCUMENT.read_text("utf-8"))) > 5


@pytest.mark.parametrize(("language", "expected", "code"), EXAMPLES)
def test_example_runs_and_prints_what_it_says(quick, language, expected, code):
    ours = code.replace("http://localhost:8501", quick.url)
    environment = {**os.environ, "MMS_KEY": "correct horse battery staple", "NO_PROXY": "*"}
    done = subprocess.run(
        [*RUNNERS[language], ours], check=False, capture_output=True, text=True, timeout=60, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert expected in done.stdout
