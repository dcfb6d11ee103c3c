"""A loop that hangs ends its process; one that turns does not."""

import subprocess
import sys

import pytest

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
