"""Which processes work on a data folder, and ending those that live by themselves."""

from dataclasses import dataclass

from filelock import FileLock, Timeout

from mms.delivery.engine.worker_process import stop_worker
from mms.errors import MmsError
from mms.practice.address import PracticeAddress
from mms.practice.start import stop_running
from mms.settings import Settings

DASHBOARD_LOCK = "dashboard.lock"


@dataclass(frozen=True, slots=True)
class Stopped:
    """What ran before and does not any more."""

    worker: bool
    stand_in: bool


def dashboard_runs(settings: Settings) -> bool:
    """Whether a dashboard serves this folder, on this computer."""
    lock = FileLock(settings.data_dir / DASHBOARD_LOCK)
    if not settings.data_dir.is_dir():
        return False
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def stop_processes(settings: Settings) -> Stopped:
    """End the worker (answers of Twilio's are still written down) and the stand-in of this folder.

    Raises:
        MmsError: code `still_running` while a dashboard runs, which would start them again, or when the worker stays.
    """
    if dashboard_runs(settings):
        raise MmsError(
            "The dashboard runs on this folder and would start the worker again, so nothing was stopped. "
            "Stop it first: Ctrl+C in its window, or `systemctl stop mms`.",
            code="still_running",
        )
    worker = stop_worker(settings)
    address = PracticeAddress.read(settings.data_dir)
    stand_in = address is not None and address.is_alive()
    stop_running(settings.data_dir)
    return Stopped(worker, stand_in)
