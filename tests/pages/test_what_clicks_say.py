"""What a click did is said beside its button, or in the frame; it stays until the next click or another page."""

import pytest

from mms.opt_outs.changes import add_by_hand
from mms.roles import LOCAL_ADMIN


@pytest.fixture
def answered(open_page):
    """The page of opt-outs after a number was added, which answers in the frame."""
    page = open_page("opt_outs")
    page.text_input(key="opt_out_number").set_value("212-555-0123")
    page.button(key="opt_out_add").click().run()
    return page


def said(page):
    return [one.value for one in page.success]


def test_answer_stays_until_the_next_click(answered):
    first = said(answered)
    assert len(first) == 1
    assert said(answered.run()) == first
    answered.text_input(key="opt_out_number").set_value("212-555-0124")
    answered.button(key="opt_out_add").click().run()
    assert len(said(answered)) == 1
    assert said(answered) != first


def test_answer_is_gone_on_another_page(answered):
    answered.switch_page("help.py")
    assert said(answered.run()) == []


def test_refusal_is_an_answer_too(open_page, shared):
    add_by_hand(shared.ledger, shared.settings, LOCAL_ADMIN, "+12125550123")
    page = open_page("opt_outs")
    page.text_input(key="opt_out_number").set_value("12")
    page.button(key="opt_out_add").click().run()
    assert len(page.error) == 1
    assert said(page) == []
