"""A loop that hangs ends its process; one that turns does not."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mms.delivery.engine.pulse import Pulse
from mms.delivery.engine.worker import _Active
from mms.settings import settings_from

SCRIPT = """
import time
from mms.delivery.engine.watchdog import Watchdog
watchdog = Watchdog(0.6, code=70)
watchdog.start()
for _ in range({turns}):
    watchdog.turned()
    time.sleep(0.02)
{then}
"""


@pytest.mark.parametrize(
    ("turns", "then", "code"),
    [pytest.param(1, "time.sleep(3600)", 70, id="hangs"), pytest.param(60, "", 0, id="turns, then ends")],
)
def test_the_watchdog(turns: int, then: str, code: int) -> None:
    script = SCRIPT.format(turns=turns, then=then)
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=120).returncode == code


@pytest.mark.skipif(sys.platform == "win32", reason="systemd is Linux's")
def test_the_service_manager_hears_the_pulse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the names of sockets must be short
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("notify")
        monkeypatch.setenv("NOTIFY_SOCKET", "notify")
        Pulse(settings_from({"MMS_DATA_DIR": str(tmp_path)})).beat()
        assert manager.recv(100) == b"WATCHDOG=1"


@pytest.mark.parametrize(
    ("looks", "hangs"),
    [
        pytest.param([(0, {1}), (115, {1}), (125, {1})], False, id="held"),
        pytest.param([(0, set()), (115, set())], False, id="waits for a lease"),
        pytest.param([(0, set()), (125, set())], True, id="without a lease for two minutes"),
        pytest.param([(0, set()), (60, {1}), (125, set())], False, id="held in between"),
    ],
)
def test_a_run_without_its_lease_hangs(looks: list[tuple[float, set[int]]], hangs: bool) -> None:
    active = _Active()
    with active.running(1):
        assert [active.hangs(held, at) for at, held in looks][-1] is hangs
    assert not active.hangs(set(), 1000.0)
