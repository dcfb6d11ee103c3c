"""Drafts and uploads: stored as one types, there again after a restart."""

import pytest

from mms.campaigns.drafts.drafts import all_drafts, delete_draft, draft, new_draft, save_draft, save_field
from mms.campaigns.drafts.uploads import load_upload, store_upload
from mms.errors import CampaignError
from mms.recipients import read_upload
from mms.roles import Role, User

ANN = User("ann", None, Role.SENDER)


def test_a_draft_keeps_what_was_typed(ledger):
    number = new_draft(ledger, by=ANN, content={"body": "Hi"})
    save_draft(ledger, number, by=ANN, name="Spring")
    save_draft(ledger, number, by=ANN, body="Hello", step=2)
    assert draft(ledger, number).content == {"body": "Hello", "name": "Spring", "step": 2}
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
    number = new_draft(ledger, by=ANN, content={"body": "Hi"})
    save_draft(ledger, number, by=sam, step="review")
    save_draft(ledger, number, by=sam, body="Hi")  # the same again is no edit
    assert draft(ledger, number).editors == ["ann"]
    save_field(ledger, number, "body", "Hello", seen=("Hi",), by=sam)
    assert draft(ledger, number).editors == ["ann", "sam"]
    save_draft(ledger, number, by=ANN, upload_id=None, name="Spring")
    assert draft(ledger, number).editors == ["sam", "ann"]
