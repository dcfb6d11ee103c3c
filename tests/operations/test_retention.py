"""Old data goes, counts stay; one person's data comes out and goes on request."""

import json
import sqlite3

import pytest
from sqlalchemy import func, select

from mms.campaigns.drafts.uploads import store_upload
from mms.errors import MmsError, NotAllowed
from mms.ledger import open_ledger, opt_outs
from mms.ledger.tables import audit, campaigns, drafts, opt_out_events, replies, rows, templates, uploads
from mms.opt_outs.replies import Inbound, receive
from mms.phones.mentions import Mentions
from mms.recipients import Upload, read_upload
from mms.retention.person import erase_person, export_person
from mms.retention.policy import purge_by_hand, purge_when_due, retention_days, set_retention_days
from mms.retention.purge import purge
from mms.roles import LOCAL_ADMIN, Role, User

DAY = 86_400.0
SENDER = User("sue", "sue@shop.example", Role.SENDER)


def _counts(ledger, campaign_id):
    query = select(rows.c.state, func.count()).where(rows.c.campaign_id == campaign_id).group_by(rows.c.state)
    with ledger.read() as connection:
        return dict(connection.execute(query).all())


def _column(ledger, column, *conditions):
    with ledger.read() as connection:
        return list(connection.execute(select(column).where(*conditions)).scalars())


def test_numbers_texts_and_uploads_go_and_counts_stay(ledger, launched):
    campaign_id = launched()
    receive(ledger, Inbound("SM" + "0" * 32, "+12025550101", "+15005550006", "thanks, Ann", 0, None))
    before = _counts(ledger, campaign_id)
    with ledger.read() as connection:
        now = ledger.now(connection)
    purged = purge(ledger, now + 1)
    assert (purged.campaigns, purged.rows, purged.uploads, purged.replies) == (1, 3, 1, 1)
    assert _counts(ledger, campaign_id) == before
    assert _column(ledger, rows.c.recipient) == [None] * 3
    assert _column(ledger, rows.c.cells) == ["[]"] * 3
    assert _column(ledger, campaigns.c.body) == [""]
    assert _column(ledger, campaigns.c.row_count) == [3]
    assert _column(ledger, uploads.c.content) == [None]
    assert _column(ledger, replies.c.body) == []


@pytest.mark.parametrize(
    ("state", "ended_at", "goes"),
    [
        pytest.param("finished", 99.0, True, id="ended before"),
        pytest.param("finished", 100.0, False, id="ended at that very moment"),
        pytest.param("canceled", 99.0, True, id="cancelled before"),
        pytest.param("paused", None, False, id="paused for long"),
        pytest.param("stopped", None, False, id="stopped for long"),
        pytest.param("running", None, False, id="runs"),
    ],
)
def test_only_what_ended_long_ago_goes(ledger, launched, state, ended_at, goes):
    launched(state=state, ended_at=ended_at)
    assert purge(ledger, 100.0).campaigns == int(goes)
    assert (_column(ledger, rows.c.recipient)[0] is None) is goes
    assert (_column(ledger, uploads.c.content)[0] is None) is goes


def test_second_purge_has_nothing_left_to_do(ledger, launched):
    launched()
    purge(ledger, 100.0)
    again = purge(ledger, 100.0)
    assert (again.campaigns, again.rows, again.uploads) == (0, 0, 0)


def test_suppression_list_is_never_purged(ledger):
    with ledger.write() as connection:
        opt_outs.add(connection, ["+12025550101"], source=opt_outs.REPLY, at=1.0)
    purge(ledger, 10**12)
    with ledger.read() as connection:
        assert opt_outs.everyone(connection) == {"+12025550101"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL overwrites in its own time (VACUUM)
def test_purged_content_is_nowhere_in_the_files(ledger, launched, tmp_path):
    launched()
    purge(ledger, 100.0)
    ledger.close()
    with sqlite3.connect(tmp_path / "mms.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = b"".join(path.read_bytes() for path in tmp_path.glob("mms.db*"))
    assert b"+12025550101" not in content
    assert b"Hello {Name}" not in content


def test_schedule_is_obeyed_once_a_day(ledger, launched):
    launched()
    assert purge_when_due(ledger) is None, "nobody chose a time"
    set_retention_days(ledger, LOCAL_ADMIN, 30)
    assert purge_when_due(ledger).campaigns == 1
    assert purge_when_due(ledger) is None
    with ledger.read() as connection:
        assert retention_days(connection) == 30
        assert "schedule" in connection.execute(select(audit.c.who)).scalars().all()


@pytest.mark.parametrize("days", [0, -1])
def test_less_than_a_day_is_refused(ledger, days):
    with pytest.raises(MmsError):
        set_retention_days(ledger, LOCAL_ADMIN, days)


def test_retention_is_for_admins(ledger, settings):
    for forbidden in (
        lambda: set_retention_days(ledger, SENDER, 30),
        lambda: purge_by_hand(ledger, SENDER, 30),
        lambda: erase_person(ledger, settings, SENDER, "+12025550101"),
        lambda: export_person(ledger, settings, SENDER, "+12025550101"),
    ):
        with pytest.raises(NotAllowed):
            forbidden()


def test_export_holds_everything_about_one_person_and_nobody_else(ledger, settings, launched):
    launched()
    receive(ledger, Inbound("SM" + "0" * 32, "+12025550101", "+15005550006", "stop", 0, None))
    told = export_person(ledger, settings, LOCAL_ADMIN, "(202) 555-0101")
    assert told["number"] == "+12025550101"
    assert told["messages"][0]["row"] == {"Mobile": "+12025550101", "Name": "Ann 0"}
    assert [reply["body"] for reply in told["replies"]] == ["stop"]
    assert told["opt_out"][0]["source"] == "reply"
    assert "+12025550102" not in str(told)


def test_erased_person_is_forgotten_and_the_others_stay(ledger, settings, launched):
    campaign_id = launched()
    receive(ledger, Inbound("SM" + "0" * 32, "+12025550101", "+15005550006", "who?", 0, None))
    before = _counts(ledger, campaign_id)
    with ledger.write() as connection:
        connection.execute(
            drafts.insert().values(content={"mended": {"(202) 555-0101": "x"}, "n": 1}, created_at=1.0, updated_at=1.0)
        )
    assert erase_person(ledger, settings, LOCAL_ADMIN, "202-555-0101") == 1
    assert _counts(ledger, campaign_id) == before
    assert sorted(filter(None, _column(ledger, rows.c.recipient))) == ["+12025550102", "+12025550103"]
    assert _column(ledger, replies.c.id) == []
    upload = Upload.from_bytes(_column(ledger, uploads.c.content)[0])
    assert upload.cells(2) == {"Mobile": "", "Name": ""}
    assert upload.cells(3) == {"Mobile": "+12025550102", "Name": "Ann 1"}
    assert _column(ledger, drafts.c.content) == [{"mended": {"": "x"}, "n": 1}]
    assert "2025550101" not in str(export_person(ledger, settings, LOCAL_ADMIN, "+12025550101")["messages"])


def test_erasure_keeps_an_opt_out_without_its_note(ledger, settings):
    with ledger.write() as connection:
        opt_outs.add(connection, ["+12025550101"], source=opt_outs.BY_HAND, at=1.0, note="Ann from Springfield")
    erase_person(ledger, settings, LOCAL_ADMIN, "+12025550101")
    with ledger.read() as connection:
        assert opt_outs.everyone(connection) == {"+12025550101"}
    assert _column(ledger, opt_out_events.c.note) == [None]


def test_erasure_cancels_what_was_not_sent_yet(ledger, settings, launched):
    launched(state="paused", ended_at=None, row_state="ready")
    erase_person(ledger, settings, LOCAL_ADMIN, "+12025550101")
    assert sorted(_column(ledger, rows.c.state)) == ["canceled", "ready", "ready"]


@pytest.mark.parametrize("row_state", ["sending", "unknown"])
def test_erasure_waits_for_a_message_that_is_on_its_way(ledger, settings, launched, row_state):
    launched(state="running", ended_at=None, row_state=row_state)
    with pytest.raises(MmsError) as refused:
        erase_person(ledger, settings, LOCAL_ADMIN, "+12025550101")
    assert refused.value.code == "on_its_way"
    assert _column(ledger, rows.c.recipient)[0] == "+12025550101"


FORMS = [
    "+12025550101",
    "2025550101",
    "(202) 555-0101",
    "1-202-555-0101",
    "202.555.0101",
    "001 202 555 0101",
    "202-555-0101 / 202-555-0199",
    "202 555 0101 x12",
    "ask for Ann, 202\u00a0555\u20110101",
    "2025550101.0",
    "２０２５５５０１０１",
    "٢٠٢٥٥٥٠١٠١",
    "2\u200b025550101",
    "tel:+1-202-555-0101",
    "202_555_0101",
]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_number_goes_from_the_raw_files_and_others_keep_their_rows(settings, form):
    ledger = open_ledger(settings)
    upload = read_upload(f"Mobile,Name,Note\n202-555-0102,Bob,{chr(34)}{form}{chr(34)}\n".encode(), file_name="l.csv")
    with ledger.write() as connection:
        store_upload(connection, upload, at=1.0, by=LOCAL_ADMIN)
        templates_row = {"name": "t", "body": f"Call {form}", "media_urls": [], "updated_at": 1.0}
        connection.execute(templates.insert().values(**templates_row))
        connection.execute(drafts.insert().values(content={"x": form}, created_at=1.0, updated_at=1.0))
    erase_person(ledger, settings, LOCAL_ADMIN, "+12025550101")
    kept = Upload.from_bytes(_column(ledger, uploads.c.content)[0]).cells(2)
    ledger.close()

    assert kept == {"Mobile": "202-555-0102", "Name": "Bob", "Note": ""}
    raw = b"".join(path.read_bytes() for path in settings.data_dir.rglob("*") if path.is_file())
    for stored in (form.encode(), json.dumps(form)[1:-1].encode()):
        assert stored not in raw


@pytest.mark.parametrize("text", ["120255501019", "20255501012", "912025550101", "202-555-0102", "order 202 555", ""])
def test_other_numbers_are_not_taken_for_it(text):
    assert not Mentions.of("+12025550101").are_in(text)
