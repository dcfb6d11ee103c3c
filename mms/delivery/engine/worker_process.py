"""Finds the worker process of a data folder, or starts one that outlives its starter. Imports no engine."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

import mms
from mms.errors import MmsError
from mms.settings import Settings

STOP_SECONDS = 45.0  # a request that is open gets its answer first
LOCK_SECONDS = 2.0  # a worker waits so long for its lock: somebody may just be looking whether it is taken


def worker_lock(settings: Settings) -> FileLock:
    """The lock that the one worker of this data folder and account holds for its life."""
    lane = settings.credentials.account_sid if settings.credentials and not settings.is_practice else "practice"
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return FileLock(settings.data_dir / f"worker-{lane}.lock")


def worker_alive(settings: Settings) -> bool:
    """Whether a worker runs on this data folder, for this account."""
    lock = worker_lock(settings)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def ensure_worker(settings: Settings) -> None:
    """Start a worker unless one is alive, or a service manager owns it (`MMS_WORKER=service`); does not wait for it.

    Two at once are harmless: the second one leaves.
    """
    if settings.worker_is_service or worker_alive(settings):
        return
    with (settings.data_dir / "worker.log").open("ab") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "mms", "worker", "--until-idle"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=worker_environment(settings),
            **_apart(),
        )
    # Whoever started it may live longer than the worker: somebody has to take note of its end.
    threading.Thread(target=worker.wait, name="worker's end", daemon=True).start()


def stop_requested(settings: Settings) -> bool:
    """Whether `stop_worker` has asked the worker of this folder to end; asked for by a file, on every system alike."""
    return _stop_file(settings).exists()


def forget_stop(settings: Settings) -> None:
    """What was asked of an earlier worker does not end this one."""
    _stop_file(settings).unlink(missing_ok=True)


def stop_worker(settings: Settings) -> bool:
    """Ask the worker to end and wait until it has; False when none ran.

    Raises:
        MmsError: code `still_running` when it does not end in time.
    """
    if not worker_alive(settings):
        return False
    _stop_file(settings).touch()
    lock = worker_lock(settings)
    try:
        lock.acquire(timeout=STOP_SECONDS)
    except Timeout:
        raise MmsError(
            "The worker has not ended yet: it waits for an answer of Twilio's. Run stop again in a minute.",
            code="still_running",
        ) from None
    finally:
        forget_stop(settings)
    lock.release()
    return True


def _stop_file(settings: Settings) -> Path:
    return Path(worker_lock(settings).lock_file).with_suffix(".stop")


def worker_environment(settings: Settings) -> dict[str, str]:
    """The environment in which another process reads the same settings, wherever ours came from."""
    credentials = settings.credentials
    wanted: dict[str, Any] = {
        "MMS_MODE": settings.mode.value,
        "MMS_DATA_DIR": settings.data_dir,
        "DATABASE_URL": settings.database_url,
        "TWILIO_API_BASE_URL": settings.api_base_url,
        "TWILIO_PHONE_NUMBER": settings.phone_number,
        "TWILIO_MESSAGING_SERVICE_SID": settings.messaging_service_sid,
        "MMS_RATE": settings.rate,
        "MMS_MAX_IN_FLIGHT": settings.max_in_flight,
        "MMS_BATCH_SIZE": settings.batch_size,
        "MMS_REQUEST_TIMEOUT": settings.request_timeout,
        "MMS_SETTLE_SECONDS": settings.settle_seconds,
        "MMS_ALLOW_PRIVATE_MEDIA": str(settings.allow_private_media).lower(),
        "DEFAULT_REGION": settings.region,
        "PUBLIC_BASE_URL": settings.public_base_url,
        "MMS_MEDIA_HOST": settings.media_host,
        "MMS_MEDIA_BUCKET": settings.media_bucket,
        "MMS_MEDIA_ENDPOINT_URL": settings.media_endpoint_url,
        "MMS_MONTHLY_BUDGET": settings.monthly_budget,
        "MMS_NOTIFY_URLS": " ".join(settings.notify_urls) or None,
        "LOG_LEVEL": settings.log_level,
        "LOG_FORMAT": settings.log_format,
        "PYTHONPATH": os.pathsep.join(
            [str(Path(mms.__file__).parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        ),
    }
    if credentials:
        wanted["TWILIO_ACCOUNT_SID"] = credentials.account_sid
        wanted["TWILIO_AUTH_TOKEN"] = credentials.auth_token
        if credentials.username != credentials.account_sid:
            wanted |= {"TWILIO_API_KEY_SID": credentials.username, "TWILIO_API_KEY_SECRET": credentials.secret}
    return {**os.environ, **{name: str(value) for name, value in wanted.items() if value is not None}}


def _apart() -> dict[str, Any]:
    """Detached: closing the terminal or the dashboard does not take it along."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
