"""A ledger of an older version opens, and what stood in it stands in it."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from mms.campaigns.launch.submission import Content
from mms.ledger import Ledger
from mms.ledger.schema import MIGRATIONS, migrate
from mms.ledger.tables import api_requests, campaigns, drafts, rows
from mms.recipients.check.checked_list import identity_hash

LOCK = "0123456789abcdef0123456789abcdef"
PEOPLE = ["+12025550102", "+12025550101"]


@pytest.fixture(params=[(kind, version) for kind in ("sqlite", "postgresql") for version in ("0002", "0005")])
def older(request, tmp_path):
    """A ledger of an older version with a draft, a retry and a running campaign."""
    kind, version = request.param
    url = f"sqlite:///{(tmp_path / 'mms.db').as_posix()}"
    ledger = Ledger(url if kind == "sqlite" else request.getfixturevalue("bare_postgres_database"))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with ledger.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        connection.execute(
            text("INSERT INTO mms_senders (id, account_sid, address, kind) VALUES (1, 'AC', '+1', 'long_code')")
        )
        for number, (state, code, content_hash) in enumerate(
            [("draft", LOCK, "a"), ("finished", None, "retry-of-1"), ("stopped", "breaker", "b")], start=1
        ):
            connection.execute(
                text("""INSERT INTO mms_campaigns (id, name, kind, mode, state, want, reason_code, sender_id,
                    sender_address, body, media_urls, columns, options, row_count, tags, content_hash, created_at,
                    queue_position, approved_by) VALUES (:id, 'x', 'campaign', 'live', :state, 'run', :code, 1, '+1',
                    'Hi', '["https://example.com/a.jpg"]', '[]', '{}', 2, '[]', :hash, 1, 1, 'somebody')"""),
                {"id": number, "state": state, "code": code, "hash": content_hash},
            )
            for row, recipient in enumerate([*PEOPLE, "+12025550103"], start=2):
                values = {"c": number, "n": row, "to": recipient, "state": "skipped" if row == 4 else "unknown"}
                connection.execute(
                    text("""INSERT INTO mms_rows (campaign_id, row_number, cells, recipient, state, attempts, looks,
                        unknown_since, updated_at) VALUES (:c, :n, '[]', :to, :state, 1, 0, 5, 5)"""),
                    values,
                )
    yield ledger
    ledger.close()


def test_keys_of_a_database_before_the_modes_were_apart_still_answer(request, tmp_path):
    ledger = Ledger(f"sqlite:///{(tmp_path / 'mms.db').as_posix()}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with ledger.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text("INSERT INTO mms_senders (id, account_sid, address, kind) VALUES (1, 'AC', '+1', 'long_code')")
        )
        for number, mode in enumerate(("live", "practice"), start=1):
            connection.execute(
                text("""INSERT INTO mms_campaigns (id, name, kind, mode, state, want, sender_id, sender_address, body,
                    media_urls, columns, options, row_count, tags, content_hash, created_at, queue_position) VALUES
                    (:id, 'x', 'api', :mode, 'finished', 'run', 1, '+1', 'Hi', '[]', '[]', '{}', 1, '[]',
                    'a', 1, 1)"""),
                {"id": number, "mode": mode},
            )
            connection.execute(
                text("INSERT INTO mms_api_requests VALUES ('shop', :key, 'sha', :id, 1)"),
                {"key": f"order-{number}", "id": number},
            )
    migrate(ledger)
    with ledger.read() as connection:
        query = select(api_requests.c.idempotency_key, api_requests.c.mode).order_by(api_requests.c.campaign_id)
        assert connection.execute(query).all() == [("order-1", "live"), ("order-2", "practice")]
    ledger.close()


def test_an_older_ledger_keeps_what_it_holds(older):
    migrate(older)
    content = Content("Hi", ("https://example.com/a.jpg",)).identity
    with older.read() as connection:
        found = {c.id: c for c in connection.execute(select(campaigns))}
        states = connection.execute(select(rows.c.state).order_by(rows.c.id)).scalars().all()
    assert (found[1].reason_code, found[1].writer) == (None, LOCK)
    assert (found[3].reason_code, found[3].writer, found[3].content_hash) == ("breaker", None, "b")
    assert found[2].content_hash == identity_hash(PEOPLE, content)
    assert states == ["unknown", "unknown", "skipped"] * 3


def test_numbers_in_addresses_are_never_given_twice(older):
    migrate(older)
    with older.write() as connection:
        for _ in range(2):
            connection.execute(text("DELETE FROM mms_drafts"))
            values = {"content": {}, "created_at": 1, "updated_at": 1}
            last = connection.execute(drafts.insert().values(**values).returning(drafts.c.id)).scalar_one()
    with older.read() as connection:
        assert last == 2
        if older.is_sqlite:
            assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    with pytest.raises(IntegrityError), older.write() as connection:
        connection.execute(text("UPDATE mms_rows SET campaign_id = 99"))
