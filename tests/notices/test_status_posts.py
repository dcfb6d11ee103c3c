"""Each change of a message's status is posted to its key's address: signed, again after failures, also after a kill."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from post_receiver import Receiver
from sqlalchemy import func, insert, select, text, update

from mms.access.api_keys import add_key, listed_keys, revoke_key, set_status_url
from mms.campaigns.single_message import SingleMessage, queue_single
from mms.errors import MmsError
from mms.ledger import open_ledger
from mms.ledger.tables import campaigns, rows, status_posts
from mms.notices.status_posts import post_what_is_due
from mms.notices.watching import anything_is_watched, watch, watch_campaign
from mms.outgoing.backoff import GIVE_UP_AFTER
from mms.roles import LOCAL_ADMIN
from mms.settings import settings_from
from mms.states import CampaignKind

ROOT = Path(__file__).parents[2]
ACCOUNT = "AC" + "0" * 32


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def settings(tmp_path, database_url):
    return settings_from(
        {"MMS_DATA_DIR": str(tmp_path), "DATABASE_URL": database_url, "MMS_ALLOW_PRIVATE_MEDIA": "true"}
    )


@pytest.fixture
def secret(ledger, settings, receiver):
    add_key(ledger, settings, "shop", by=LOCAL_ADMIN)
    return set_status_url(ledger, settings, "shop", receiver.url, by=LOCAL_ADMIN)


def message(ledger, key_name="shop", reference="order-7"):
    """A queued message of this key; returns the number of its row."""
    with ledger.write() as connection:
        now = ledger.now(connection)
        campaign_id = queue_single(
            connection,
            now,
            SingleMessage(
                "+12025550123", "secret text", (), "+12125550199", ACCOUNT, "practice", CampaignKind.API,
                request_key=os.urandom(8).hex(), reference=reference,
            ),
        )  # fmt: skip
        watch(connection, campaign_id, key_name, now)
        return connection.execute(select(rows.c.id).where(rows.c.campaign_id == campaign_id)).scalar_one()


def becomes(ledger, row_id, state, status=None):
    with ledger.write() as connection:
        values = {"state": state, "provider_status": status, "updated_at": ledger.now(connection)}
        connection.execute(update(rows).where(rows.c.id == row_id).values(**values))


def watched(ledger):
    with ledger.read() as connection:
        return connection.execute(select(func.count()).select_from(status_posts)).scalar_one()


def make_due(ledger):
    with ledger.write() as connection:
        connection.execute(text("UPDATE mms_status_posts SET next_at = 0"))


def test_each_change_is_posted_once_and_signed_until_the_last_word(ledger, settings, receiver, secret):
    row_id = message(ledger)
    assert post_what_is_due(ledger, settings), "a young message: more is to come"
    assert receiver.told == [], "that it waits was the answer to the call"
    for state, status in [("accepted", "queued"), ("sent", "sent"), ("sent", "sent"), ("delivered", "delivered")]:
        becomes(ledger, row_id, state, status)
        post_what_is_due(ledger, settings)
    assert receiver.told == ["sent", "delivered"]
    headers, body = receiver.got[0]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(time.time() - int(headers["webhook-timestamp"])) < 300
    event = json.loads(body)
    assert event["type"] == "message.status"
    assert (event["data"]["id"], event["data"]["reference"]) == (row_id, "order-7")
    assert b"secret text" not in body
    assert not post_what_is_due(ledger, settings)
    assert not anything_is_watched(ledger)


def test_what_nobody_took_is_posted_again_under_the_same_id(ledger, settings, receiver, secret):
    row_id = message(ledger)
    receiver.answer = 503
    becomes(ledger, row_id, "failed", "failed")
    assert post_what_is_due(ledger, settings)
    assert post_what_is_due(ledger, settings)
    assert len(receiver.got) == 1, "not at once"
    make_due(ledger)
    receiver.answer = 204
    assert not post_what_is_due(ledger, settings)
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1
    assert receiver.told == ["failed", "failed"]


def test_nobody_tries_for_ever(ledger, settings, receiver, secret):
    row_id = message(ledger)
    receiver.answer = 500
    becomes(ledger, row_id, "failed", "failed")
    for _ in range(GIVE_UP_AFTER + 3):
        make_due(ledger)
        post_what_is_due(ledger, settings)
    assert len(receiver.got) == GIVE_UP_AFTER
    assert watched(ledger) == 0


def test_an_address_that_is_gone_hears_no_more(ledger, settings, receiver, secret):
    first, second = message(ledger), message(ledger)
    receiver.answer = 410
    becomes(ledger, first, "delivered", "delivered")
    post_what_is_due(ledger, settings)
    becomes(ledger, second, "delivered", "delivered")
    post_what_is_due(ledger, settings)
    assert len(receiver.got) == 1
    assert watched(ledger) == 0
    with ledger.read() as connection:
        assert [one.status_url for one in listed_keys(connection, settings)] == [None]


@pytest.mark.parametrize("how", ["revoked", "off"])
def test_a_key_that_is_revoked_or_wants_none_hears_nothing(ledger, settings, receiver, secret, how):
    row_id = message(ledger)
    if how == "revoked":
        revoke_key(ledger, "shop", by=LOCAL_ADMIN)
    else:
        set_status_url(ledger, settings, "shop", None, by=LOCAL_ADMIN)
    becomes(ledger, row_id, "delivered", "delivered")
    post_what_is_due(ledger, settings)
    message(ledger)
    assert (receiver.got, watched(ledger)) == ([], 0)


def test_only_messages_of_a_key_with_an_address_are_watched(ledger, settings, receiver, secret):
    add_key(ledger, settings, "crm", by=LOCAL_ADMIN)
    message(ledger, key_name="crm")
    message(ledger, key_name="of the settings")
    assert watched(ledger) == 0


def test_a_campaign_of_a_program_is_watched_without_what_was_left_out(ledger, settings, receiver, secret):
    row_id = message(ledger)
    with ledger.write() as connection:
        connection.execute(text("DELETE FROM mms_status_posts"))
        found = connection.execute(select(rows).where(rows.c.id == row_id)).mappings().one()
        skipped = {**found, "id": None, "row_number": 3, "state": "skipped", "reason": "duplicate"}
        connection.execute(insert(rows).values(**{k: v for k, v in skipped.items() if k != "id"}))
    for _ in range(2):
        watch_campaign(ledger, found["campaign_id"], "shop")
    assert watched(ledger) == 1


def test_what_stays_at_sent_is_forgotten_after_days(ledger, settings, receiver, secret):
    row_id = message(ledger)
    becomes(ledger, row_id, "sent", "sent")
    post_what_is_due(ledger, settings)
    with ledger.write() as connection:
        connection.execute(update(rows).values(updated_at=rows.c.updated_at - 5 * 86_400))
    assert not post_what_is_due(ledger, settings)
    assert (receiver.told, watched(ledger)) == (["sent"], 0)


def test_practice_posts_nothing_of_live_messages(ledger, settings, receiver, secret):
    row_id = message(ledger)
    becomes(ledger, row_id, "delivered", "delivered")
    with ledger.write() as connection:
        connection.execute(update(campaigns).values(mode="live"))
    post_what_is_due(ledger, settings)
    assert (receiver.got, watched(ledger)) == ([], 1)


def test_where_private_addresses_are_not_allowed_none_is_set_and_none_is_reached(ledger, tmp_path, receiver, secret):
    careful = settings_from({"MMS_DATA_DIR": str(tmp_path)})
    with pytest.raises(MmsError, match="cannot be posted to"):
        set_status_url(ledger, careful, "shop", receiver.url, by=LOCAL_ADMIN)
    becomes(ledger, message(ledger), "delivered", "delivered")
    post_what_is_due(ledger, careful)
    assert receiver.got == []


_POST = """
import sys
from mms.ledger import open_ledger
from mms.notices.status_posts import post_what_is_due
from mms.settings import settings_from
settings = settings_from({"MMS_DATA_DIR": sys.argv[1], "DATABASE_URL": sys.argv[2], "MMS_ALLOW_PRIVATE_MEDIA": "true"})
post_what_is_due(open_ledger(settings), settings)
"""


def test_a_kill_in_the_middle_of_posting_loses_nothing(settings, receiver, ledger, secret):
    row_id = message(ledger)
    becomes(ledger, row_id, "delivered", "delivered")
    receiver.held = threading.Event()
    command = [sys.executable, "-c", _POST, str(settings.data_dir), settings.database_url]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        deadline = time.monotonic() + 60
        while not receiver.got and time.monotonic() < deadline:
            time.sleep(0.02)
        assert receiver.got, "it was posted"
    finally:
        process.kill()
        process.wait()
    receiver.held.set()
    again = open_ledger(settings)
    post_what_is_due(again, settings)
    again.close()
    assert receiver.told == ["delivered", "delivered"]
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1, "so that the receiver can tell"
    assert watched(ledger) == 0
