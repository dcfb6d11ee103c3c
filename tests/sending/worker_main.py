"""A worker process for tests: the real one, live mode against whatever `TWILIO_API_BASE_URL` names."""

import logging
import os

from mms.engine.worker import run_worker
from mms.sender import Account
from mms.settings import Settings, load_settings


def account_for(settings: Settings) -> Account:
    credentials = settings.credentials
    assert credentials is not None
    return Account(settings.api_base_url, credentials.account_sid, credentials.username, credentials.secret)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    run_worker(load_settings(), account_for, idle_seconds=float(os.environ.get("TEST_IDLE_SECONDS", "60")))
