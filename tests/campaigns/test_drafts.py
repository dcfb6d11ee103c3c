"""Drafts and uploads: stored as one types, there again after a restart."""

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from mms.campaigns.drafts.content import VERSION, DraftContent, Start
from mms.campaigns.drafts.drafts import all_drafts, delete_draft, draft, new_draft, save_draft, save_field
from mms.campaigns.drafts.uploads import load_upload, store_upload
from mms.errors import CampaignError
from mms.ledger.tables import drafts
from mms.recipients import read_upload
from mms.roles import Role, User

ANN = User("ann", None, Role.SENDER)


def test_a_draft_keeps_what_was_typed(ledger):
    number = new_draft(ledger, by=ANN, content=DraftContent(body="Hi"))
    save_draft(ledger, number, by=ANN, name="Spring")
    save_draft(ledger, number, by=ANN, body="Hello", step="review", media_urls=["https://example.com/a.jpg"])
    assert draft(ledger, number).content == DraftContent(
        body="Hello", name="Spring", step="review", media_urls=("https://example.com/a.jpg",)
    )
    assert [one.id for one in all_drafts(ledger)] == [number]
    delete_draft(ledger, number, by=ANN)
    save_draft(ledger, number, by=ANN, body="typed in another tab")
    with pytest.raises(CampaignError, match="gone"):
        draft(ledger, number)


def test_an_upload_comes_back_as_it_was_checked(ledger):
    upload = read_upload("Mobile;Name\r\n2025550101;José\r\n\r\n2025550102;Zoë 🎉\r\n".encode(), file_name="l.csv")
    with ledger.write() as connection:
        number = store_upload(connection, upload, at=1.0, by=ANN)
    with ledger.read() as connection:
        back = load_upload(connection, number)
    assert list(back.rows()) == list(upload.rows())
    assert (back.columns, back.sha256, back.repairs) == (upload.columns, upload.sha256, upload.repairs)


def test_a_purged_upload_says_what_to_do(ledger):
    with ledger.read() as connection, pytest.raises(CampaignError, match="Upload it again"):
        load_upload(connection, 1)


def test_a_draft_knows_who_edited_what_is_sent_and_not_who_looked(ledger):
    sam = User("sam", None, Role.SENDER)
    number = new_draft(ledger, by=ANN, content=DraftContent(body="Hi"))
    save_draft(ledger, number, by=sam, step="review")
    save_draft(ledger, number, by=sam, body="Hi")  # the same again is no edit
    assert draft(ledger, number).editors == ["ann"]
    save_field(ledger, number, "body", "Hello", seen=("Hi",), by=sam)
    assert draft(ledger, number).editors == ["ann", "sam"]
    save_draft(ledger, number, by=ANN, upload_id=None, name="Spring")
    assert draft(ledger, number).editors == ["sam", "ann"]


OLDER = {
    "before versions": (
        {"name": "Spring", "media_urls": ["https://example.com/a.jpg"], "start": "later", "canary": None, "rate": 2.5},
        DraftContent(name="Spring", media_urls=("https://example.com/a.jpg",), start=Start.LATER, rate=2.5),
    ),
    "a name that is gone": ({"body": "Hi", "mended": {"2": "x"}}, DraftContent(body="Hi")),
    "values that do not fit": (
        {"body": None, "tags": "spring", "start": "some day", "skip_dead": None, "consent": True},
        DraftContent(consent=True),
    ),
    "a newer version": ({"version": VERSION + 1, "body": "Hi", "moon_phase": "full"}, DraftContent(body="Hi")),
}


@pytest.mark.parametrize(("kept", "read"), OLDER.values(), ids=OLDER)
def test_a_draft_of_another_version_opens_and_loses_nothing(ledger, kept, read):
    with ledger.write() as connection:
        values = {"content": kept, "owner": "ann", "editors": ["ann"], "created_at": 1.0, "updated_at": 1.0}
        number = connection.execute(drafts.insert().values(**values).returning(drafts.c.id)).scalar_one()
    assert draft(ledger, number).content == read
    save_draft(ledger, number, by=ANN, name="Autumn")
    with ledger.read() as connection:
        stored = connection.execute(select(drafts.c.content)).scalar_one()
    assert stored == {**kept, "name": "Autumn", "version": VERSION}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        pytest.param({"boddy": "Hi"}, TypeError, id="a name that no draft has"),
        pytest.param({"media_urls": "https://example.com/a.jpg"}, ValidationError, id="a value that does not fit"),
    ],
)
def test_what_does_not_fit_a_draft_is_a_fault_of_the_caller(ledger, changes, fault):
    number = new_draft(ledger, by=ANN)
    with pytest.raises(fault):
        save_draft(ledger, number, by=ANN, **changes)


def test_a_field_changed_elsewhere_stays_whatever_form_it_was_read_in(ledger):
    number = new_draft(ledger, by=ANN, content=DraftContent(tags=("a",)))
    assert save_field(ledger, number, "tags", ["a", "b"], seen=(["a"],), by=ANN) == ("a", "b")
    assert save_field(ledger, number, "tags", ["c"], seen=(("a",),), by=ANN) == ("a", "b")
