"""A practice Twilio for tests: in a thread (quick), or in a process of its own (can be killed)."""

import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from mms.practice.address import PracticeAddress
from mms.practice.remote import PracticeRemote
from mms.practice.server import listen
from mms.practice.start import spawn, wait_until_alive


class PracticeServer:
    """In a thread, on a free port: `with PracticeServer(tmp_path) as server: server.address, server.remote`."""

    def __init__(self, data_dir: Path, *, time_scale: float = 1.0, inbound_url: str = "") -> None:
        self._listener = listen(data_dir, time_scale=time_scale, inbound_url=inbound_url)
        self._thread = threading.Thread(target=self._listener.run)
        self.address = self._listener.address
        self.remote = PracticeRemote(self.address)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.stop()
        self._thread.join()


class PracticeProcess:
    """In a process of its own. `start` after `kill` comes back on the same port with the same log."""

    process: "subprocess.Popen[bytes]"
    address: PracticeAddress

    def __init__(self, data_dir: Path, *, time_scale: float = 1.0) -> None:
        self._data_dir = data_dir
        self._time_scale = time_scale

    @property
    def remote(self) -> PracticeRemote:
        """Its own pages."""
        return PracticeRemote(self.address)

    def start(self) -> None:
        """Returns when it answers. Raises MmsError when it does not."""
        self._data_dir.mkdir(parents=True, exist_ok=True)
        self.process = spawn(self._data_dir, "--time-scale", str(self._time_scale))
        self.address = wait_until_alive(self.process, self._data_dir)

    def kill(self) -> None:
        """SIGKILL: no chance to finish anything."""
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
