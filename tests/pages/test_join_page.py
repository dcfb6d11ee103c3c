"""The page Join by text: a word is added and deleted, its code is there to print, what cannot be is a sentence."""

import pytest

from mms.campaigns.drafts.templates import save_message
from mms.campaigns.launch.submission import Content
from mms.join_words.handling import take_joins
from mms.join_words.words import all_words
from mms.lists.merging import save_new_list
from mms.opt_outs.replies import Inbound, receive
from mms.recipients import CheckOptions, check, read_upload
from mms.roles import LOCAL_ADMIN


@pytest.fixture
def members(shared):
    upload = read_upload(b"Name,Mobile\nAna,212-555-0151\n", file_name="members.csv")
    checked = check(upload, CheckOptions(phone_column="Mobile", allow_fictional=True))
    return save_new_list(shared.ledger, checked, "Members", by=LOCAL_ADMIN)


def words(shared):
    with shared.ledger.read() as connection:
        return all_words(connection, shared.account.account_sid)


def added(page, word="Join"):
    page.text_input(key="join_word").set_value(word).run()
    page.button(key="join_add").click().run()
    assert not page.exception
    return page


def test_without_a_list_the_way_there_is_shown(open_page):
    assert any("no list yet" in one.value for one in open_page("join").info)


def test_a_word_is_added_used_and_deleted(open_page, shared, members):
    save_message(shared.ledger, "Hello", Content("Welcome", ("https://pictures.example/a.jpg",)), by=LOCAL_ADMIN)
    page = open_page("join")
    page.selectbox(key="join_welcome_from").select_index(1).run()
    added(page)
    (one,) = words(shared)
    assert (one.word, one.welcome, one.welcome_media) == ("join", "Welcome", ("https://pictures.example/a.jpg",))
    assert "YES" in (one.ask or "")
    assert [code.value for code in page.code] == [f"sms:{one.address}?&body=JOIN"]
    for text in ("JOIN", "YES"):
        receive(shared.ledger, Inbound(f"SM{text:_<32}", "+12125550152", one.address, text, 0, None))
        take_joins(shared.ledger, shared.account.account_sid)
    page.run()
    assert any("**1 person** joined" in line.value for line in page.markdown)
    page.button(key=f"join_delete_{one.id}").click().run()
    assert not page.exception
    assert words(shared) == []


@pytest.mark.parametrize("word", ["STOP", "two words", ""])
def test_what_cannot_be_a_word_is_a_sentence(open_page, shared, members, word):
    page = added(open_page("join"), word)
    assert len(page.error) == 1
    assert words(shared) == []
