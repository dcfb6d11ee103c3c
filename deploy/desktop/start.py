"""Starts MMS Campaigns on a person's computer: its own environment, what is missing in it, then the app in the browser.

Only the standard library: nothing is installed yet when this runs. `Start on Linux.sh`, `Start on macOS.command` and
`Start on Windows.bat` find a Python and run it.
"""

import hashlib
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import venv
import webbrowser
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
ENVIRONMENT = HOME / ".venv-desktop"
REQUIREMENTS = HOME / "requirements.txt"
NOTE = ENVIRONMENT / "installed.sha256"
FIRST_PORT, MOST_PORTS = 8501, 20
OLDEST_PYTHON = (3, 11)
SECONDS_TO_START = 120


def main() -> int:
    """Returns the exit code; every sentence is for somebody who does not know a terminal."""
    if sys.version_info < OLDEST_PYTHON:
        say("This Python is too old. Get version 3.11 or newer from https://www.python.org/downloads/ and start again.")
        return 2
    if running := already_running():
        say(f"MMS Campaigns runs already. Opening {running} in your browser.")
        webbrowser.open(running)
        return 0
    if not installed() and not install():
        return 1
    return serve()


def say(sentence: str) -> None:
    """At once, whatever is buffered."""
    print(sentence, flush=True)


def python() -> Path:
    """The interpreter of our own environment."""
    return ENVIRONMENT / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def wanted() -> str:
    """What has to be installed, and by which Python, as one digest."""
    return hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()


def installed() -> bool:
    """Whether the environment holds what this version of the app needs."""
    return python().exists() and NOTE.exists() and NOTE.read_text("utf-8") == wanted()


def install() -> bool:
    """The environment, or what an update changed in it. Words on the way; False with what to do when it fails."""
    if not python().exists():
        say("First start: making room for the app in its own folder …")
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
    say("Installing what the app needs. This takes a few minutes, once; later starts take seconds …")
    pip = [str(python()), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "on"]
    done = subprocess.run([*pip, "-r", str(REQUIREMENTS)], check=False)  # noqa: S603 - our own interpreter
    if done.returncode:
        say("That did not work. Is this computer on the internet? Start again; what was done so far is kept.")
        return False
    NOTE.write_text(wanted(), "utf-8")
    return True


def serve() -> int:
    """Run the app until the window is closed; the browser opens as soon as it answers."""
    port = free_port()
    if port is None:
        say(f"Ports {FIRST_PORT} to {FIRST_PORT + MOST_PORTS - 1} are in use. Close a program and start again.")
        return 1
    say("Starting …")
    command = [str(python()), "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    app = subprocess.Popen(command, cwd=HOME)  # noqa: S603 - likewise
    threading.Thread(target=open_browser, args=(app, port), daemon=True).start()
    try:
        return app.wait()
    except KeyboardInterrupt:
        app.terminate()
        return app.wait()


def open_browser(app: "subprocess.Popen[bytes]", port: int) -> None:
    """Once the app answers; nothing when it ended before."""
    address = f"http://localhost:{port}"
    give_up = time.monotonic() + SECONDS_TO_START
    while app.poll() is None and time.monotonic() < give_up:
        if answers(address):
            say(f"MMS Campaigns is open at {address}. To stop it, close this window.")
            webbrowser.open(address)
            return
        time.sleep(0.5)


def already_running() -> str | None:
    """The address of the dashboard that serves this folder, as it noted it itself."""
    note = HOME / "data" / "dashboard.address"
    address = note.read_text("utf-8").strip() if note.exists() else ""
    return address if address.startswith("http://localhost:") and answers(address) else None


def answers(address: str) -> bool:
    """Whether this very app answers there; another program on the port does not say `UP`."""
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=2) as answer:  # noqa: S310 - http only
            return b'"UP"' in answer.read(500)
    except (OSError, urllib.error.URLError, ValueError):
        return False


def free_port() -> int | None:
    """The first port that nobody listens on."""
    import socket

    for port in range(FIRST_PORT, FIRST_PORT + MOST_PORTS):
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) != 0:
                return port
    return None


if __name__ == "__main__":
    sys.exit(main())
