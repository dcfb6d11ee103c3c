"""One whole installation for these tests: practice Twilio, worker process, and the site on a real socket."""

from collections.abc import Iterator

import pytest
from installation import Installation, installation_settings, listening, serve, worker

from mms.practice.testing import PracticeServer


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """In practice mode on SQLite, unpaced, with short patience for Twilio."""
    data_dir = tmp_path_factory.mktemp("installation")
    with PracticeServer(data_dir, time_scale=0.2) as practice, listening() as listener:
        settings = installation_settings(data_dir, f"http://127.0.0.1:{listener.getsockname()[1]}")
        practice.address.write(data_dir)  # so that the worker finds this one instead of starting its own
        with worker(settings), serve(settings, practice, listener) as served:
            yield served


@pytest.fixture
def quick(installation: Installation) -> Iterator[Installation]:
    """The installation with no faults and a fresh rate limit."""
    installation.practice.remote.set_faults()
    installation.context.rate_limit._free_at.clear()
    yield installation
    installation.practice.remote.set_faults()
