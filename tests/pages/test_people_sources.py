"""Step 1 without a file: a saved list, a segment, or an earlier campaign, each taken as it is now."""

import pytest
from sqlalchemy import insert, select

from mms.campaigns.drafts.drafts import draft
from mms.campaigns.drafts.uploads import load_upload
from mms.ledger.tables import campaigns, replies, rows, senders
from mms.lists.conditions import Asks, Condition
from mms.lists.merging import save_new_list
from mms.lists.segments import save_segment
from mms.recipients import CheckOptions, check, read_upload
from mms.roles import LOCAL_ADMIN

MEMBERS = "Name,Mobile,City\nAna,212-555-0151,Denver\nBen,312-555-0152,Boston\nCleo,312-555-0153,Denver\n"


@pytest.fixture
def members(shared):
    upload = read_upload(MEMBERS.encode(), file_name="members.csv")
    checked = check(upload, CheckOptions(phone_column="Mobile", allow_fictional=True))
    return save_new_list(shared.ledger, checked, "Members", by=LOCAL_ADMIN)


@pytest.fixture
def april(shared):
    """Ana got and answered it, Ben's failed with a code worth another try, Cleo's with one that is not."""
    with shared.ledger.write() as connection:
        now = shared.ledger.now(connection)
        sender = connection.execute(
            insert(senders)
            .values(account_sid="AC" + "0" * 32, address="+12125550199", kind="long_code")
            .returning(senders.c.id)
        ).scalar_one()
        campaign = connection.execute(
            insert(campaigns)
            .values(name="April", kind="campaign", mode=shared.mode, state="finished", want="run", sender_id=sender,
                    sender_address="+12125550199", body="Hi", media_urls=[], columns=["Name", "Mobile"],
                    phone_column="Mobile", options={}, row_count=3, tags=[], content_hash="x", created_at=now,
                    started_at=now, queue_position=1)
            .returning(campaigns.c.id)
        ).scalar_one()  # fmt: skip
        people = [
            ("Ana", "+12125550151", "delivered", None),
            ("Ben", "+13125550152", "undelivered", 30003),
            ("Cleo", "+13125550153", "undelivered", 30006),
        ]
        for at, (name, number, state, code) in enumerate(people, start=2):
            row = connection.execute(
                insert(rows)
                .values(campaign_id=campaign, row_number=at, cells=f'["{name}", "{number}"]', recipient=number,
                        state=state, error_code=code, sent_at=now, updated_at=now)
                .returning(rows.c.id)
            ).scalar_one()  # fmt: skip
            if name == "Ana":
                connection.execute(
                    insert(replies).values(
                        message_sid="SM1", sender=number, address="+12125550199", body="Hi", at=now, row_id=row
                    )
                )
    return int(campaign)


def people_of_draft(shared, draft_id=1):
    found = draft(shared.ledger, draft_id)
    with shared.ledger.read() as connection:
        upload = load_upload(connection, found.upload_id)
    at = upload.columns.index("Name")
    return found, [cells[at] for _, cells in upload.rows()]


def chosen(page, source):
    page.segmented_control(key="people_from").set_value(source).run()
    assert not page.exception
    return page


def take(page, label):
    button = page.button(key="take_people")
    assert button.label == label
    button.click().run()
    assert not page.exception
    assert page.query_params["step"] == "check"
    return page


def test_everybody_of_a_list_begins_a_draft_that_is_checked(open_page, shared, members):
    page = take(chosen(open_page("new_campaign"), "list"), "Take 3 people")
    found, names = people_of_draft(shared)
    assert (found.content.name, found.content.phone_column, names) == (
        "Members",
        "Mobile",
        ["Ana", "Ben", "Cleo"],
    )
    assert {one.label: one.value for one in page.metric}["Ready to send"] == "3"


def test_everybody_except_who_got_april(open_page, shared, members, april):
    page = chosen(open_page("new_campaign"), "list")
    page.multiselect(key="people_without").select(april).run()
    take(page, "Take 2 people")
    assert people_of_draft(shared)[1] == ["Ben", "Cleo"]


def test_who_may_still_get_it_is_left_out_as_well(open_page, shared, members, april):
    with shared.ledger.write() as connection:
        connection.execute(rows.update().where(rows.c.recipient == "+13125550152").values(state="unknown"))
    page = chosen(open_page("new_campaign"), "list")
    page.multiselect(key="people_without").select(april).run()
    take(page, "Take 1 person")


def test_a_segment_is_asked_now(open_page, shared, members):
    save_segment(shared.ledger, "Denver", members, [Condition(Asks.COLUMN_IS, "City", "Denver")], by=LOCAL_ADMIN)
    take(chosen(open_page("new_campaign"), "segment"), "Take 2 people")
    assert people_of_draft(shared)[1] == ["Ana", "Cleo"]


@pytest.mark.parametrize(
    ("group", "who"),
    [
        ("everybody", ["Ana", "Ben", "Cleo"]),
        ("arrived", ["Ana"]),
        ("another_try", ["Ben"]),
        ("replied", ["Ana"]),
        ("no_reply", []),
    ],
)
def test_people_of_an_earlier_campaign_by_what_became_of_it(open_page, shared, april, group, who):
    page = chosen(open_page("new_campaign"), "campaign")
    page.radio(key="people_group").set_value(group).run()
    if not who:
        assert page.button(key="take_people").disabled
        return
    take(page, f"Take {len(who)} {'person' if len(who) == 1 else 'people'}")
    assert people_of_draft(shared)[1] == who


def test_a_draft_keeps_its_name_and_message_when_its_people_change(open_page, shared, members, draft_of):
    draft_id = draft_of(body="Hello {Name}", chosen_rows=[3])
    take(chosen(open_page("new_campaign", draft=str(draft_id), step="upload"), "list"), "Take 3 people")
    found, names = people_of_draft(shared, draft_id)
    assert (found.content.name, found.content.body, found.content.chosen_rows) == (
        "Test list",
        "Hello {Name}",
        (),
    )
    assert names == ["Ana", "Ben", "Cleo"]


@pytest.mark.parametrize("source", ["list", "segment", "campaign"])
def test_nothing_to_take_from_is_said(open_page, source):
    page = chosen(open_page("new_campaign"), source)
    assert len(page.info) >= 1
    assert all(button.key != "take_people" for button in page.button)


def test_people_that_are_no_longer_kept_are_said(open_page, shared, april):
    with shared.ledger.write() as connection:
        connection.execute(campaigns.update().values(purged_at=1.0))
    page = chosen(open_page("new_campaign"), "campaign")
    page.button(key="take_people").click().run()
    assert "no longer kept" in page.error[0].value
    with shared.ledger.read() as connection:
        assert connection.execute(select(campaigns.c.id)).scalars().all() == [april]
