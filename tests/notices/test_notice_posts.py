"""Notices as signed posts: each told once to each address, again while it fails, and never with people's data."""

import json

import pytest
from post_receiver import Receiver
from sqlalchemy import select, update
from test_notices import campaign

from mms.ledger.tables import notice_posts
from mms.notices.notice_posts import post_notices, receiver_of
from mms.notices.telling import tell_what_is_due
from mms.outgoing.signing import secret_of, signature_headers
from mms.settings import settings_from


@pytest.fixture
def receivers():
    made = (Receiver(), Receiver())
    yield made
    for one in made:
        one.close()


@pytest.fixture
def settings(receivers, tmp_path):
    urls = " ".join(f"webhook+{one.url}" for one in receivers)
    return settings_from({"MMS_DATA_DIR": str(tmp_path), "MMS_NOTIFY_URLS": urls, "MMS_ALLOW_PRIVATE_MEDIA": "true"})


def test_an_end_is_told_to_each_address_once_and_signed(ledger, settings, receivers):
    post_notices(ledger, settings)
    campaign(ledger, "Spring", "finished")
    assert [post_notices(ledger, settings), post_notices(ledger, settings)] == [False, False]
    for one in receivers:
        ((headers, body),) = one.got
        said = json.loads(body)
        assert (said["type"], said["data"]["name"], said["data"]["state"]) == ("campaign.ended", "Spring", "finished")
        assert b"secret" not in body
        secret, at = secret_of(ledger, receiver_of(one.url)), float(headers["webhook-timestamp"])
        expected = signature_headers(secret, headers["webhook-id"], at, body)
        assert headers["webhook-signature"] == expected["webhook-signature"]


def test_one_that_fails_hears_again_and_the_other_does_not(ledger, settings, receivers):
    post_notices(ledger, settings)
    campaign(ledger, "Spring", "stopped", reason="Bad number")
    receivers[0].answer = 500
    assert post_notices(ledger, settings)
    with ledger.write() as connection:
        connection.execute(update(notice_posts).values(next_at=0.0))
    receivers[0].answer = 200
    assert not post_notices(ledger, settings)
    assert [len(one.got) for one in receivers] == [2, 1]
    assert len({headers["webhook-id"] for headers, _ in receivers[0].got}) == 1
    with ledger.read() as connection:
        assert None not in connection.execute(select(notice_posts.c.done_at)).scalars().all()


def test_listeners_and_addresses_are_apart(ledger, settings, tmp_path):
    assert (len(settings.notify_webhooks), settings.notify_listeners) == (2, ())
    assert tell_what_is_due(ledger, settings) is False
    none = settings_from({"MMS_DATA_DIR": str(tmp_path), "MMS_NOTIFY_URLS": "json://127.0.0.1/"})
    assert (none.notify_webhooks, none.notify_listeners) == ((), ("json://127.0.0.1/",))
    assert post_notices(ledger, none) is False
