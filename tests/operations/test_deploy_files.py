"""What lies in deploy/ and docs/deploy.md fits the program: commands run, files and settings exist."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
INSTRUCTIONS = {"FROM", "ENV", "RUN", "WORKDIR", "COPY", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"}


def _instructions():
    text = re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE).replace("\\\n", " ")
    return [tuple(line.split(maxsplit=1)) for line in text.splitlines() if line.strip()]


def test_dockerfile_has_known_instructions_and_copies_what_exists():
    assert {name for name, _rest in _instructions()} == INSTRUCTIONS
    for name, rest in _instructions():
        if name == "COPY":
            assert (ROOT / shlex.split(rest)[0]).exists()


def test_container_does_not_run_as_root():
    order = [name for name, _rest in _instructions()]
    assert order.index("USER") < order.index("CMD")
    assert dict(_instructions())["USER"] != "root"


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["-m", "streamlit", "run", "--help"], id="dashboard"),
        pytest.param(["-m", "mms", "worker", "--help"], id="worker"),
    ],
)
def test_commands_of_the_containers_exist(command):
    assert subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, check=False).returncode == 0


def test_compose_names_what_exists():
    services = COMPOSE["services"]
    assert set(services) == {"app", "worker", "database"}
    for service in (services["app"], services["worker"]):
        assert (ROOT / "deploy" / service["build"]["context"] / service["build"]["dockerfile"]).exists()
        assert "database" in service["depends_on"]
    assert shlex.join(services["worker"]["command"]) == "python -m mms worker"
    assert "MMS_ALLOW_REMOTE_WITHOUT_SIGN_IN" not in str(COMPOSE), "it starts with sign-in, or not at all"
    assert services["app"]["ports"] == ["127.0.0.1:8501:8501"], "never on the network by itself"


@pytest.mark.parametrize("name", ["docs/deploy.md", "deploy/compose.yaml", "deploy/Dockerfile"])
def test_settings_that_are_named_exist(name):
    known = (ROOT / ".env.example").read_text() + (ROOT / "mms" / "settings.py").read_text()
    named = set(
        re.findall(r"\b(?:MMS|TWILIO|LOG)_[A-Z_]+[A-Z]|\bPUBLIC_BASE_URL|\bDATABASE_URL", (ROOT / name).read_text())
    )
    assert {setting for setting in named if setting not in known} == set()


def test_compose_file_is_accepted_by_docker(tmp_path):
    compose = shutil.which("docker-compose")
    if not compose:
        pytest.skip("docker-compose is not installed")
    (tmp_path / "deploy").mkdir()
    (tmp_path / ".env").write_text("")
    (tmp_path / "deploy" / "compose.yaml").write_text((ROOT / "deploy" / "compose.yaml").read_text())
    done = subprocess.run(
        [compose, "-f", str(tmp_path / "deploy" / "compose.yaml"), "config", "--quiet"],
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "POSTGRES_PASSWORD": "x", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["mms.service", "mms-worker.service"])
def test_unit_runs_what_exists_and_stops_in_time(name):
    unit = (ROOT / "deploy" / name).read_text()
    command = re.search(r"^ExecStart=/opt/mms/venv/bin/(.+)$", unit, re.MULTILINE)
    assert command is not None
    assert command[1].split()[0] in {"streamlit", "python"}
    assert "TimeoutStopSec=15" in unit, "a stop takes up to ten seconds"


def test_container_without_sign_in_refuses_with_its_sentence(tmp_path):
    """What compose starts, as it starts it: its environment, the image's command, and no secrets."""
    command = json.loads(dict(_instructions())["CMD"])
    environment = {"MMS_DATA_DIR": str(tmp_path), "PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    environment |= {
        name: value for name, value in COMPOSE["services"]["app"]["environment"].items() if "$" not in value
    }
    done = subprocess.run(
        [sys.executable, "-m", *command, f"--secrets.files={tmp_path / 'none.toml'}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert "no sign-in is set up" in done.stderr


def test_nothing_but_the_program_gets_into_the_image():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "**", "everything is left out unless it is named"
    assert {rule.removeprefix("!") for rule in rules if rule.startswith("!")} == {
        *("app.py", "requirements.txt", "mms", "pages", ".streamlit/config.toml")
    }


@pytest.mark.parametrize("unit", ["mms.service", "mms-worker.service"])
def test_units_make_their_folder_and_leave_the_worker_to_systemd(unit):
    text = (ROOT / "deploy" / unit).read_text()
    assert "StateDirectory=mms" in text
    assert "MMS_WORKER=service" in text
    assert "ReadWritePaths" not in text


def test_compose_leaves_the_worker_to_its_own_container():
    assert COMPOSE["services"]["app"]["environment"]["MMS_WORKER"] == "service"
