"""One dashboard a folder: which one serves it, and the words that the terminal says at the start."""

import sys
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from mms.errors import MmsError
from mms.operations.processes import DASHBOARD_LOCK
from mms.settings import TWILIO_BASE_URL, Settings

_held: list[FileLock] = []  # as long as this process lives
_ADDRESS = "dashboard.address"


def refuse_second_dashboard(settings: Settings, port: int) -> None:
    """Take this folder for a dashboard at `port`.

    Raises:
        MmsError: code `already_served`, with the address of the one that serves it.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(settings.data_dir / DASHBOARD_LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise MmsError(
            f"A dashboard already serves the folder {settings.data_dir}: open {_address(settings, port)}. "
            "To start another one all the same, give it its own port (--server.port=8502).",
            code="already_served",
        ) from None
    _held.append(lock)


def announce(settings: Settings, port: int) -> None:
    """Say on the terminal what runs, where, and how to stop it."""
    address = f"http://localhost:{port}"
    (settings.data_dir / _ADDRESS).write_text(address, "utf-8")
    for label, value in (
        ("Open", address),
        ("Mode", mode_in_words(settings)),
        ("Data", str(settings.data_dir)),
        ("Stop", "press Ctrl+C here, or close this window; campaigns that are under way go on by themselves"),
    ):
        print(f"  {label:6}{value}", file=sys.stderr)


def mode_in_words(settings: Settings) -> str:
    """Which world this is: practice, Twilio, or another address that speaks Twilio's language."""
    if settings.is_practice:
        return "practice: nothing leaves this computer"
    if settings.api_base_url != TWILIO_BASE_URL:
        return f"live, against {urlsplit(settings.api_base_url).netloc} instead of Twilio"
    return "live: messages go to real people"


def _address(settings: Settings, port: int) -> str:
    try:
        return (settings.data_dir / _ADDRESS).read_text("utf-8").strip() or f"http://localhost:{port}"
    except OSError:
        return f"http://localhost:{port}"
