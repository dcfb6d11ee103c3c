"""The pages of people's own pictures, as a person uses them: a template, a pool, and a campaign with both."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from mms.campaigns.launch.checklist import ALL_PROBLEMS
from mms.coupons.pools import pool_named
from mms.ledger.tables import rows
from mms.picture_templates.saved import template_named
from mms.states import RowState
from tests.coupons.giving_tools import coupon_template

LIST = "Phone,Name\n212-555-0151,Ana\n312-555-0152,Γιώργος\n312-555-0153,Jos\ufffd\n"


def png(size=(540, 675)):
    file = io.BytesIO()
    Image.new("RGB", size, "#d9b38c").save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def editor(open_page, shared):
    """A new template from an uploaded background."""
    page = open_page("picture_templates")
    page.text_input(key="picture_new_name").input("Spring coupon").run()
    page.file_uploader(key="picture_background").upload("back.png", png(), "image/png").run()
    page.button(key="picture_new").click().run()
    assert not page.exception
    return page


def saved(shared):
    with shared.ledger.read() as connection:
        return template_named(connection, "Spring coupon")


def test_a_template_is_made_changed_in_number_fields_undone_and_saved(editor, shared):
    editor.button(key="picture_add_text").click().run()
    editor.button(key="picture_add_code").click().run()
    assert not editor.exception
    field = next(one for one in editor.number_input if one.label == "Left")
    field.set_value(20.0).run()
    assert next(one for one in editor.number_input if one.label == "Left").value == 20.0
    editor.button(key="picture_undo").click().run()
    assert next(one for one in editor.number_input if one.label == "Left").value == 25.0
    editor.button(key="picture_save").click().run()
    assert not editor.exception
    assert any("version 1" in one.value for one in editor.success)
    kinds = [type(layer).__name__ for layer in saved(shared).template.layers]
    assert kinds == ["TextLayer", "CodeLayer"]


def test_opening_and_saving_a_template_changes_nothing(open_page, shared):
    coupon_template(shared.ledger, name="Spring coupon")
    page = open_page("picture_templates")
    page.button(key="picture_open").click().run()
    page.button(key="picture_save").click().run()
    assert not page.exception
    with shared.ledger.read() as connection:
        assert template_named(connection, "Spring coupon").version == 1


def test_a_pool_is_made_and_counted(open_page, shared):
    page = open_page("picture_templates")
    page.text_input(key="pool_name").input("Spring").run()
    page.segmented_control(key="pool_way").set_value("made").run()
    page.number_input(key="pool_count").set_value(50).run()
    page.button(key="pool_make").click().run()
    assert not page.exception
    with shared.ledger.read() as connection:
        assert pool_named(connection, "Spring").left == 50
    assert any("50 codes left" in one.value for one in page.warning)


def test_a_pattern_that_can_be_guessed_is_told(open_page):
    page = open_page("picture_templates")
    page.text_input(key="pool_name").input("Spring").run()
    page.segmented_control(key="pool_way").set_value("made").run()
    page.text_input(key="pool_pattern").input("AB**").run()
    page.button(key="pool_make").click().run()
    assert any("guessed" in one.value for one in page.error)


def test_a_campaign_with_a_picture_for_each_person_is_sent(open_page, draft_of, shared):
    coupon_template(shared.ledger, name="Spring coupon", codes=10)
    said = {"body": "Your code: {coupon}", "picture_template": "Spring coupon", "consent": True}
    asked = open_page("new_campaign", draft=str(draft_of(LIST, **said)), step="review")
    assert asked.button(key="send").disabled  # one person's picture cannot be drawn: to be agreed to
    draft = draft_of(LIST, **said, skip_problems=ALL_PROBLEMS)
    compose = open_page("new_campaign", draft=str(draft), step="compose")
    assert not compose.exception
    assert any(one.label == "Picture for each person" and one.value == "Spring coupon" for one in compose.selectbox)
    page = open_page("new_campaign", draft=str(draft), step="review")
    assert not page.exception
    page.button(key="send").click().run()
    page.button(key="send_confirmed").click().run()
    assert not page.exception
    with shared.ledger.read() as connection:
        found = connection.execute(select(rows).order_by(rows.c.row_number)).all()
    assert [one.problem for one in found] == [None, None, "picture_glyph"]
    assert [one.state for one in found] == [RowState.READY, RowState.READY, RowState.SKIPPED]
    assert [one.coupon for one in found] == ["CODE-0000", "CODE-0001", None]


def test_a_template_that_is_gone_is_told_and_nothing_is_sent(open_page, draft_of):
    draft = draft_of(LIST, body="Hi", picture_template="Gone", consent=True)
    page = open_page("new_campaign", draft=str(draft), step="compose")
    assert any("no picture template called" in one.value for one in page.error)
    page = open_page("new_campaign", draft=str(draft), step="review")
    assert page.button(key="send").disabled
