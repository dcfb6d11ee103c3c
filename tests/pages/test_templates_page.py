"""The page Templates: written, changed, renamed, deleted; last used; begun with."""

import pytest
from sqlalchemy import select

from mms.campaigns.drafts.drafts import draft
from mms.campaigns.drafts.templates import save_message, saved_messages
from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.campaigns.launch.submission import Content
from mms.ledger.tables import templates
from mms.roles import LOCAL_ADMIN

PICTURE = "https://pictures.example/a.jpg"


@pytest.fixture
def hello(shared):
    save_message(shared.ledger, "Hello", Content("Hi {Name}", (PICTURE,)), by=LOCAL_ADMIN)


def names(shared):
    return {one.name: (one.content.body, one.content.media_urls) for one in saved_messages(shared.ledger)}


def by_key(widgets, start):
    return next(one for one in widgets if (one.key or "").startswith(start))


def test_a_template_is_written_here(open_page, shared):
    page = open_page("templates")
    page.text_input(key="template_new_name").set_value("Welcome")
    page.text_area(key="template_new_text").set_value("Hello there")
    page.button(key="template_add").click().run()
    assert not page.exception
    assert names(shared) == {"Welcome": ("Hello there", ())}
    assert any("Not used yet" in one.value for one in page.caption)
    page.text_input(key="template_new_name").set_value("WELCOME")
    page.text_area(key="template_new_text").set_value("Other")
    page.button(key="template_add").click().run()
    assert "already" in page.error[0].value
    assert names(shared) == {"Welcome": ("Hello there", ())}


def test_it_is_changed_renamed_and_deleted(open_page, shared, hello):
    page = open_page("templates")
    by_key(page.text_area, "template_text_1").set_value("Hi again").run()
    page.button(key="template_save_1").click().run()
    assert names(shared) == {"Hello": ("Hi again", (PICTURE,))}
    by_key(page.text_input, "template_name_1").set_value("Greeting").run()
    page.button(key="template_rename_1").click().run()
    assert list(names(shared)) == ["Greeting"]
    page.button(key="template_delete_1").click().run()
    assert not page.exception
    assert names(shared) == {}


def test_last_use_is_that_of_a_campaign_that_says_just_that(open_page, shared, hello):
    new = NewCampaign(
        request_key="k", name="Spring", body="Hi {Name}", media_urls=(PICTURE,), columns=("Name", "Phone"),
        phone_column="Phone", sender_address="+12125550199", account_sid=shared.account.account_sid,
        mode=shared.mode, content_hash="h",
    )  # fmt: skip
    launch(shared.ledger, new, [PlannedRow(2, '["Ana", "+12125550101"]', "+12125550101")])
    page = open_page("templates")
    assert any("Last used" in one.value for one in page.caption)


def test_a_campaign_is_begun_with_it(open_page, shared, hello):
    page = open_page("templates")
    page.button(key="template_use_1").click().run()
    assert not page.exception
    found = draft(shared.ledger, 1)
    assert (found.content.name, found.content.body, found.content.media_urls) == ("Hello", "Hi {Name}", (PICTURE,))


def test_search_narrows(open_page, shared, hello):
    save_message(shared.ledger, "Bye", Content("See you"), by=LOCAL_ADMIN)
    page = open_page("templates")
    page.text_input(key="template_search").set_value("see YOU").run()
    assert "Bye" in [one.value for one in page.subheader]
    assert "Hello" not in [one.value for one in page.subheader]
    with shared.ledger.read() as connection:
        assert len(connection.execute(select(templates.c.id)).all()) == 2
