"""The Replies page: a conversation is opened, answered, noted about and done."""

import pytest
from sqlalchemy import select

from mms.ledger.tables import campaigns, replies
from mms.opt_outs.replies import Inbound, receive

ANA = "+12125550151"


@pytest.fixture
def written(shared):
    receive(shared.ledger, Inbound("SM" + "1" * 32, ANA, "+12125550199", "**Is it** open?", 1, None))


def column(shared, of):
    with shared.ledger.read() as connection:
        return connection.execute(select(of)).scalars().all()


def test_nobody_wrote_yet(open_page):
    page = open_page("replies")
    assert "Nobody has written back yet" in page.info[-1].value


def test_a_conversation_is_read_by_opening_it(open_page, shared, written):
    page = open_page("replies", number=ANA)
    assert not page.exception
    assert [one.value for one in page.text if "open" in one.value] == ["**Is it** open?"]
    assert column(shared, replies.c.read_at) != [None]


def test_an_answer_is_sent_once(open_page, shared, written):
    page = open_page("replies", number=ANA)
    page.text_area(key="answer_text").set_value("Until five.")
    page.button(key="answer_send").click().run()
    assert not page.exception
    assert any("on its way" in one.value for one in page.success)
    assert column(shared, campaigns.c.kind) == ["answer"]
    assert page.text_area(key="answer_text").value == ""


def test_an_empty_answer_is_a_sentence(open_page, shared, written):
    page = open_page("replies", number=ANA)
    page.button(key="answer_send").click().run()
    assert len(page.error) == 1
    assert column(shared, campaigns.c.id) == []


def test_done_and_noted(open_page, shared, written):
    page = open_page("replies", number=ANA)
    page.text_area(key="note_text").set_value("Called back")
    page.button(key="note_save").click().run()
    page.button(key="reply_done").click().run()
    assert not page.exception
    assert column(shared, replies.c.done_at) != [None]
    assert any(one.value == "Called back" for one in page.text)


def test_a_picture_that_came_is_shown_when_it_is_asked_for(open_page, shared, stand_in, pictures):
    sid = stand_in.remote.reply("+12125550155", "Look", [f"{pictures}/good.png"], url="")["message"]["sid"]
    receive(shared.ledger, Inbound(sid, "+12125550155", "+12125550199", "Look", 1, None))
    page = open_page("replies", number="+12125550155")
    assert not page.get("image")
    page.toggle(key=f"reply_pictures_{sid}").set_value(True).run()
    assert not page.exception
    assert not page.error
    assert len(page.get("image")) == 1
