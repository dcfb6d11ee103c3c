"""Notices: each end, stop and wait is told once to a real listener, and told again only while nobody took it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import insert, text

from mms.ledger.tables import campaigns, senders
from mms.notices.telling import tell_what_is_due
from mms.settings import settings_from


@pytest.fixture
def listener():
    """Takes what Apprise posts; answers with `status`."""
    heard = []

    class Handler(BaseHTTPRequestHandler):
        status = 200

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.status == 200:
                heard.append((body["title"], body["message"]))
            self.send_response(self.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, heard, Handler
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(listener, tmp_path):
    url = f"json://127.0.0.1:{listener[0]}/"
    return settings_from({"MMS_DATA_DIR": str(tmp_path), "MMS_NOTIFY_URLS": url, "MMS_MODE": "practice"})


def campaign(ledger, name, state, code=None, reason=None, mode="practice"):
    with ledger.write() as connection:
        now = ledger.now(connection)
        found = connection.execute(text("SELECT id FROM mms_senders")).scalar()
        if found is None:
            values = {"account_sid": "AC" + "0" * 32, "address": "+12125550199", "kind": "long_code"}
            found = connection.execute(insert(senders).values(**values).returning(senders.c.id)).scalar_one()
        connection.execute(
            insert(campaigns).values(
                name=name, kind="campaign", mode=mode, state=state, want="run", sender_id=found,
                sender_address="+12125550199", body="secret", media_urls=[], columns=[], options={}, row_count=0,
                tags=[], content_hash="x", created_at=now, queue_position=1, finished_at=now,
                reason_code=code, reason=reason,
            )
        )  # fmt: skip


def told(ledger, settings, listener):
    tell_what_is_due(ledger, settings)
    return [title for title, _ in listener[1]]


def test_what_was_over_before_is_not_told_and_what_comes_is_told_once(ledger, settings, listener):
    with ledger.write() as connection:
        connection.execute(text("SELECT 1"))
    assert told(ledger, settings, listener) == []
    campaign(ledger, "April", "finished")
    campaign(ledger, "May", "stopped", "breaker", "50 of the last 100 messages failed.")
    campaign(ledger, "June", "paused", "canary", "The first 5 messages are out.")
    campaign(ledger, "July", "paused", "by_hand", "You paused it.")
    campaign(ledger, "Live", "finished", mode="live")
    for _ in range(2):
        assert told(ledger, settings, listener) == [
            "Campaign finished: April",
            "Campaign stopped: May",
            "Campaign waits for you: June",
        ]
    assert not any("secret" in message for _, message in listener[1])


def test_a_notice_that_nobody_took_is_told_again_later(ledger, settings, listener):
    told(ledger, settings, listener)
    listener[2].status = 500
    campaign(ledger, "April", "finished")
    assert told(ledger, settings, listener) == []
    listener[2].status = 200
    assert told(ledger, settings, listener) == []  # not at once
    with ledger.write() as connection:
        connection.execute(text("UPDATE mms_notices SET next_at = 0"))
    assert told(ledger, settings, listener) == ["Campaign finished: April"]


def test_without_addresses_nothing_is_noted(ledger, tmp_path):
    assert not tell_what_is_due(ledger, settings_from({"MMS_DATA_DIR": str(tmp_path)}))
