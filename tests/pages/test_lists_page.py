"""The Lists page: a file is kept, a later one is merged, a segment is built by clicks, and both lead to a campaign."""

import pytest

from mms.campaigns.drafts.drafts import all_drafts
from mms.campaigns.drafts.uploads import load_upload
from mms.lists.saved_lists import saved_lists
from mms.lists.segments import all_segments

MEMBERS = "Name,Mobile,City\nAna,212-555-0151,Denver\nBen,312-555-0152,Boston\nX,12,Y\n"
LATER = "Name,Mobile,City\nAna,212-555-0151,Reno\nCleo,312-555-0153,Boston\n"


def uploaded(page, text):
    (control,) = page.file_uploader
    control.upload("members.csv", text.encode(), "text/csv").run()
    assert not page.exception
    return page


@pytest.fixture
def members(open_page, shared):
    page = uploaded(open_page("lists"), MEMBERS)
    assert any("2 people will be in the list" in one.value for one in page.markdown)
    page.text_input(key="list_name").set_value("Members")
    page.button(key="list_save").click().run()
    assert not page.exception
    assert page.header[0].value == "Members"
    return page


def tab(page, name):
    page.session_state["list_tabs"] = name
    page.run()
    return page


def people(shared):
    with shared.ledger.read() as connection:
        (found,) = saved_lists(connection)
    return found.people


def test_a_name_is_asked_for(open_page, shared):
    page = uploaded(open_page("lists"), MEMBERS)
    page.button(key="list_save").click().run()
    assert "Give the list a name" in page.error[0].value
    with shared.ledger.read() as connection:
        assert saved_lists(connection) == []


def test_contact_cards_are_taken_as_for_a_campaign(open_page):
    page = open_page("lists")
    (control,) = page.file_uploader
    card = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana Diaz\r\nTEL;TYPE=CELL:212-555-0151\r\nEND:VCARD\r\n"
    control.upload("phone.vcf", card, "text/vcard").run()
    assert not page.exception
    assert any("1 person will be in the list" in one.value for one in page.markdown)


def test_a_later_file_is_shown_and_then_merged(members, shared):
    page = uploaded(tab(members, "Add a file"), LATER)
    assert any("1 new, 1 changed, 0 as before, 1 in the list" in one.value for one in page.markdown)
    assert page.button(key="list_merge").label == "Add 1, change 1"
    page.button(key="list_merge").click().run()
    assert not page.exception
    assert people(shared) == 3


def test_who_is_not_in_the_file_goes_only_when_asked(members, shared):
    page = uploaded(tab(members, "Add a file"), LATER)
    page.radio(key="list_mode").set_value(page.radio(key="list_mode").options[1]).run()
    assert page.button(key="list_merge").label == "Add 1, change 1, take out 1"
    page.button(key="list_merge").click().run()
    assert people(shared) == 2


def test_a_file_that_cannot_be_read_is_a_sentence(members):
    page = uploaded(tab(members, "Add a file"), "nothing here\n")
    assert len(page.error) == 1


def test_a_segment_is_built_by_clicks_and_sent_to(members, shared):
    page = tab(members, "Segments")
    page.selectbox(key="condition_column").set_value("City").run()
    page.text_input(key="condition_text").set_value("denver").run()
    page.button(key="condition_add").click().run()
    assert any("**1 person** now" in one.value for one in page.markdown)
    page.text_input(key="segment_name").set_value("Denver")
    page.button(key="segment_save").click().run()
    assert not page.exception
    with shared.ledger.read() as connection:
        (segment,) = all_segments(connection)
    page.button(key=f"segment_send_{segment.id}").click().run()
    (draft,) = all_drafts(shared.ledger)
    with shared.ledger.read() as connection:
        upload = load_upload(connection, draft.upload_id)
    assert [cells[1] for _, cells in upload.rows()] == ["Ana"]
    assert not page.exception


def test_a_list_is_sent_to_renamed_and_deleted(members, shared):
    members.button(key="list_send").click().run()
    assert not members.exception
    (draft,) = all_drafts(shared.ledger)
    with shared.ledger.read() as connection:
        assert len(load_upload(connection, draft.upload_id)) == 2
    page = members.switch_page("lists.py")
    page.query_params["list"] = "1"
    page.run()
    page.text_input(key="list_new_name_1").set_value("Friends")
    page.button(key="list_rename").click().run()
    assert page.header[0].value == "Friends"
    page.button(key="list_delete").click().run()
    assert not page.exception
    with shared.ledger.read() as connection:
        assert saved_lists(connection) == []


@pytest.mark.parametrize("address", ["99", "x", "٣"])
def test_a_list_that_is_not_there_is_a_sentence(open_page, address):
    page = open_page("lists", list=address)
    assert not page.exception
    assert page.title[0].value == "Lists"
