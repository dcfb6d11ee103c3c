"""From file to campaign in the pages: what is found is said, what is typed stays, and sending happens once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from mms.campaigns.drafts import decisions
from mms.campaigns.drafts.drafts import draft, save_draft
from mms.ledger.tables import campaigns, rows
from mms.roles import LOCAL_ADMIN
from mms.twilio_codes import explain

GOOD = "Name,Phone\nAna,212-555-0151\nBen,312-555-0152\n"
BAD = "Name,Phone\nAna,212-555-0151\nBen,312555\nCleo,call me\nAna B,(212) 555-0151\n"


def campaign_count(shared):
    with shared.ledger.read() as connection:
        return connection.execute(select(func.count()).select_from(campaigns)).scalar_one()


def tiles(page):
    return {metric.label: metric.value for metric in page.metric}


def field_of(widgets, name):
    return next(widget for widget in widgets if f"_{name}_" in (widget.key or ""))


def test_uploaded_file_is_checked_at_once(open_page, shared):
    page = open_page("new_campaign")
    page.file_uploader(key="recipients_file_0").upload("people.csv", BAD.encode(), "text/csv").run()
    assert not page.exception
    assert page.query_params["step"] == "check"
    assert tiles(page) == {"Ready to send": "1", "To fix": "2", "Duplicates": "1", "Opted out": "0"}
    assert draft(shared.ledger, 1).content.name == "people"


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"", "empty"), (b"PK\x03\x04 zip", "archive"), (b"a,b\n", "rows")],
    ids=["empty", "archive", "header only"],
)
def test_file_that_cannot_be_read_is_one_sentence(open_page, content, word):
    page = open_page("new_campaign")
    page.file_uploader(key="recipients_file_0").upload("people.csv", content, "text/csv").run()
    assert not page.exception
    assert [word in one.value for one in page.error] == [True]


def test_two_phone_columns_are_asked_for(open_page, draft_of):
    text = "Name,Mobile,Work phone\nAna,212-555-0151,212-555-0161\nBen,312-555-0152,312-555-0162\n"
    page = open_page("new_campaign", draft=str(draft_of(text)), step="check")
    if page.error:
        field_of(page.selectbox, "phone_column").select("Work phone").run()
    assert not page.error
    assert field_of(page.selectbox, "phone_column").value in ("Mobile", "Work phone")


def test_cell_mended_in_the_page_is_checked_again(open_page, draft_of):
    page = open_page("new_campaign", draft=str(draft_of(BAD)), step="check")
    key = next(frame.key for frame in page.dataframe if (frame.key or "").startswith("mend_"))
    page.session_state[key] = {
        "edited_rows": {0: {"Cell to fix": "312-555-0152"}},
        "added_rows": [],
        "deleted_rows": [],
    }
    page.button(key="apply_mends").click().run()
    assert not page.exception
    assert tiles(page)["Ready to send"] == "2"
    assert tiles(page)["To fix"] == "1"


def mend(page, cell):
    key = next(frame.key for frame in page.dataframe if (frame.key or "").startswith("mend_"))
    page.session_state[key] = {"edited_rows": {0: {"Cell to fix": cell}}, "added_rows": [], "deleted_rows": []}
    page.button(key="apply_mends").click().run()
    assert not page.exception


@pytest.mark.parametrize(
    ("problem", "content", "column"),
    [
        ("x" * 1_700 + ",Ana,", {"body": "{Note} {Name}"}, "Note"),
        (",,", {"body": "{Note|}{Name|}"}, "Note"),
        ("ok,Ana," + " ".join(f"https://x.de/{n}.jpg" for n in range(11)), {"media_urls": ["{Picture}"]}, "Picture"),
    ],
    ids=["too long", "empty", "too many pictures"],
)
def test_problem_of_the_whole_row_is_mended_in_the_responsible_cell(open_page, draft_of, problem, content, column):
    text = f"Phone,Note,Name,Picture\n212-555-0151,{problem}\n312-555-0152,ok,Ben,https://x.de/a.jpg\n"
    page = open_page("new_campaign", draft=str(draft_of(text, **content)), step="check")
    assert tiles(page)["To fix"] == "1"
    table = next(frame.value for frame in page.dataframe if "Cell to fix" in frame.value.columns)
    assert table["Column"][0] == column
    mend(page, "https://x.de/a.jpg")
    assert tiles(page)["To fix"] == "0"


@pytest.mark.parametrize(
    "content", [{"body": "x" * 1_700}, {"body": "Hi {Name}", "media_urls": ["a.jpg"]}], ids=["text", "link"]
)
def test_fault_of_the_message_for_everybody_is_not_mended_in_a_cell(open_page, draft_of, content):
    page = open_page("new_campaign", draft=str(draft_of(GOOD, **content)), step="check")
    table = next(frame.value for frame in page.dataframe if "Cell to fix" in frame.value.columns)
    assert table["Column"][0] == "Whole row"
    mend(page, "shorter")
    assert any("Compose" in one.value for one in page.error)
    assert tiles(page)["To fix"] == "2"


def test_mended_file_says_what_of_it_was_not_taken_over(open_page, draft_of):
    page = open_page("new_campaign", draft=str(draft_of(BAD)), step="check")
    mended = b"PHONE,Note*,row\n312-555-0152,x,3\n,,\n312-555-0153,x,77\n312-555-0154,,4\n312-555-0155,,4\n"
    uploader = next(one for one in page.file_uploader if (one.key or "").startswith("mended_"))
    uploader.upload("problems.csv", mended, "text/csv").run()
    assert not page.exception
    assert tiles(page)["To fix"] == "1"
    said = page.success[0].value
    for part in ("1 row changed", "Note", "left out: not in this list (77)", "different cells: row 4"):
        assert part in said.replace("\\", "")


def test_what_is_typed_is_in_the_ledger_and_comes_back(open_page, draft_of, shared):
    number = draft_of(GOOD)
    page = open_page("new_campaign", draft=str(number), step="compose")
    page.text_area[0].set_value("Hi {Name}!").run()
    assert draft(shared.ledger, number).content.body == "Hi {Name}!"
    again = open_page("new_campaign", draft=str(number), step="compose")
    assert again.text_area[0].value == "Hi {Name}!"


def test_unknown_field_offers_the_nearest_column(open_page, draft_of, shared):
    number = draft_of(GOOD, body="Hi {Nmae}!")
    page = open_page("new_campaign", draft=str(number), step="compose")
    page.button(key="use_Nmae").click().run()
    assert draft(shared.ledger, number).content.body == "Hi {Name}!"
    assert not page.error


def test_preview_opens_on_the_riskiest_row(open_page, draft_of):
    text = "Name,Phone\nAna,212-555-0151\n,312-555-0152\n"
    page = open_page("new_campaign", draft=str(draft_of(text, body="Hi {Name|friend}!")), step="compose")
    assert "Hi friend!" in [one.value for one in page.text]


def test_button_says_what_is_missing_and_then_carries_the_number(open_page, draft_of):
    number = draft_of(BAD, body="Hi {Name}!")
    page = open_page("new_campaign", draft=str(number), step="review")
    assert page.button(key="send").label == "Send 1 message"
    assert page.button(key="send").disabled
    field_of(page.checkbox, "skip_problems").check().run()
    field_of(page.checkbox, "consent").check().run()
    assert not page.button(key="send").disabled


def test_rows_that_the_message_keeps_back_are_asked_about_again(open_page, draft_of, shared):
    number = draft_of(BAD + ",415-555-0153\n", consent=True)
    page = open_page("new_campaign", draft=str(number), step="check")
    field_of(page.checkbox, "skip_problems").check().run()
    assert field_of(page.checkbox, "skip_problems").label == "Go on without these 2 rows"
    save_draft(shared.ledger, number, by=LOCAL_ADMIN, body="Hi {Name}!")
    page = open_page("new_campaign", draft=str(number), step="review")
    assert page.button(key="send").disabled
    box = field_of(page.checkbox, "skip_problems")
    assert (box.label, box.value) == ("Go on without these 3 rows", False)
    box.check().run()
    assert not page.button(key="send").disabled


@pytest.fixture
def ready_to_send(open_page, draft_of):
    number = draft_of(GOOD, body="Hi {Name}!", consent=True)
    return open_page("new_campaign", draft=str(number), step="review")


def test_rerun_never_sends(ready_to_send, shared):
    for _ in range(3):
        ready_to_send.run()
    ready_to_send.button(key="send").click().run()
    ready_to_send.run()
    assert campaign_count(shared) == 0


def test_confirmed_send_makes_one_campaign_with_every_row(ready_to_send, shared):
    ready_to_send.button(key="send").click().run()
    ready_to_send.button(key="send_confirmed").click().run()
    assert not ready_to_send.exception
    assert ready_to_send.query_params["id"] == "1"
    for _ in range(3):
        ready_to_send.run()
    assert campaign_count(shared) == 1
    with shared.ledger.read() as connection:
        assert connection.execute(select(rows.c.row_number, rows.c.recipient)).all() == [
            (2, "+12125550151"),
            (3, "+13125550152"),
        ]


def test_two_tabs_send_once(open_page, draft_of, shared):
    number = str(draft_of(GOOD, body="Hi {Name}!", consent=True))
    tabs = [open_page("new_campaign", draft=number, step="review") for _ in range(2)]
    for tab in tabs:
        tab.button(key="send").click().run()
    for tab in tabs:
        tab.button(key="send_confirmed").click().run()
    assert campaign_count(shared) == 1


@pytest.mark.parametrize(("days", "people"), [(1.0, 2), (7.0, 1)], ids=["a day", "a week"])
def test_people_messaged_in_the_chosen_days_are_left_out(open_page, draft_of, shared, ready_to_send, days, people):
    ready_to_send.button(key="send").click().run()
    ready_to_send.button(key="send_confirmed").click().run()
    with shared.ledger.write() as connection:
        ago = shared.ledger.now(connection) - 2 * 86_400
        of_ana = rows.c.recipient == "+12125550151"
        connection.execute(update(rows).where(of_ana).values(state="delivered", sent_at=ago, claimed_at=ago))
    number = draft_of(GOOD, body="Hello {Name}!", consent=True, skip_recent=True)
    page = open_page("new_campaign", draft=str(number), step="review")
    field_of(page.selectbox, "recent_days").select(days).run()
    assert not page.exception
    assert page.button(key="send").label.startswith(f"Send {people} message")


def test_start_time_offers_the_next_full_hour(open_page, draft_of, shared):
    number = draft_of(GOOD, body="Hi {Name}!", start="later")
    page = open_page("new_campaign", draft=str(number), step="review")
    assert not page.exception
    offered = datetime.fromisoformat(draft(shared.ledger, number).content.start_at).replace(tzinfo=UTC)
    assert offered.minute == 0
    assert timedelta(0) < offered - datetime.now(UTC) <= timedelta(hours=1)


def test_start_time_of_an_old_draft_is_told_to_be_past(open_page, draft_of):
    number = draft_of(GOOD, body="Hi {Name}!", start="later", start_at="2026-01-02T10:00:00", zone="UTC")
    page = open_page("new_campaign", draft=str(number), step="review")
    assert not page.exception
    assert any("This time is past" in one.value for one in page.warning)


NEW_YORK = {"zone": "America/New_York", "consent": True, "name": "Sale"}


def test_a_start_that_does_not_exist_is_told(open_page, draft_of):
    number = draft_of(GOOD, body="Hi!", start="later", start_at="2027-03-14T02:30:00", **NEW_YORK)
    page = open_page("new_campaign", draft=str(number), step="review")
    assert not page.exception
    said = " ".join(one.value for one in page.warning).replace("\\", "")
    assert "2:30 am on 14 March 2027 does not exist" in said
    assert page.button(key="send").disabled


@pytest.mark.parametrize(("choice", "offset"), [(0, 4), (1, 5)])
def test_a_start_that_comes_twice_is_asked(open_page, draft_of, shared, choice, offset):
    number = draft_of(GOOD, body="Hi!", start="later", start_at="2027-11-07T01:30:00", **NEW_YORK)
    page = open_page("new_campaign", draft=str(number), step="review")
    assert page.button(key="send").disabled
    field_of(page.radio, "start_at_fold").set_value(choice).run()
    assert not page.exception
    assert not page.button(key="send").disabled
    start = decisions.start_at(draft(shared.ledger, number).content)
    assert datetime.fromtimestamp(start, UTC) == datetime(2027, 11, 7, 1 + offset, 30, tzinfo=UTC)


def test_a_last_moment_is_chosen_and_reaches_the_campaign(open_page, draft_of, shared):
    number = draft_of(GOOD, body="Hi!", ends=True, not_after="2027-06-01T20:00:00", **NEW_YORK)
    page = open_page("new_campaign", draft=str(number), step="review")
    assert not page.exception
    page.button(key="send").click().run()
    page.button(key="send_confirmed").click().run()
    assert not page.exception
    with shared.ledger.read() as connection:
        last = connection.execute(select(campaigns.c.not_after).order_by(campaigns.c.id.desc()).limit(1)).scalar_one()
    assert datetime.fromtimestamp(last, UTC) == datetime(2027, 6, 2, 0, 0, tzinfo=UTC)


def test_a_last_moment_before_the_start_keeps_the_button_from_being_pressed(open_page, draft_of):
    number = draft_of(GOOD, body="Hi!", ends=True, not_after="2020-06-01T20:00:00", **NEW_YORK)
    page = open_page("new_campaign", draft=str(number), step="review")
    assert page.button(key="send").disabled
    assert any("nobody would get it" in one.value for one in page.warning)


def test_phone_says_why_a_link_is_refused(open_page, draft_of):
    number = draft_of(GOOD, body="Hi {Name}!", media_urls=["https://10.0.0.1/a.jpg"])
    page = open_page("new_campaign", draft=str(number), step="compose")
    said = " ".join(one.value for one in page.caption)
    assert "Cannot be used" in said
    assert "cannot be shown here" not in said


def test_markup_in_cells_is_shown_as_it_is(open_page, draft_of):
    text = "Name,Phone\n![i](http://evil.example/x.png),212-555-0151\n"
    page = open_page(
        "new_campaign", draft=str(draft_of(text, body="Hi {Name}!", name="[x](http://evil.example)")), step="review"
    )
    drawn = [one.value for kind in (page.markdown, page.caption, page.title, page.warning, page.info) for one in kind]
    assert not any("](http:" in value.replace("\\", "") and "\\[" not in value for value in drawn)
    assert "Hi ![i](http://evil.example/x.png)!" in [one.value for one in page.text]


def test_sample_campaign_leads_to_its_check(open_page):
    page = open_page("home")
    page.button(key="home_sample").click().run()
    assert tiles(page) == {"Ready to send": "11", "To fix": "1", "Duplicates": "1", "Opted out": "0"}


def test_browser_gets_the_ledgers_value_as_the_default(open_page, draft_of):
    """A value set through the session state is lost when a run is cut short; the browser then stored a blank name."""
    page = open_page("new_campaign", draft=str(draft_of(GOOD)), step="check")
    name = field_of(page.text_input, "name")
    assert name.proto.default == "Test list"
    assert not name.proto.set_value


@pytest.fixture
def tested(open_page, draft_of):
    """A page whose draft was sent to its writer's own phone."""
    number = draft_of(GOOD, body="Hi {Name}!")
    page = open_page("new_campaign", draft=str(number), step="compose")
    field_of(page.text_input, "test_number").set_value("212-555-0177").run()
    return page.button(key=f"send_test_{number}").click().run()


def test_refused_test_message_says_why_and_what_to_do(tested, shared):
    with shared.ledger.write() as connection:
        connection.execute(update(rows).values(state="refused", error_code=21610, http_status=400))
    tested.run()
    said = explain(21610, 400)
    drawn = " ".join(one.value for one in tested.error).replace("\\", "")
    assert said.meaning in drawn
    assert said.advice in drawn


def test_number_and_result_of_a_test_stay_with_their_draft(tested, open_page, draft_of):
    again = open_page("new_campaign", draft=tested.query_params["draft"], step="compose")
    assert field_of(again.text_input, "test_number").value == "212-555-0177"
    assert any(one.value.startswith("Test") for one in again.markdown)
    tested.query_params["draft"] = str(draft_of(GOOD, body="Hello"))
    tested.run()
    assert not any(one.value.startswith("Test") for one in tested.markdown)


def test_check_says_which_rows_are_still_to_be_decided(open_page, draft_of):
    page = open_page("new_campaign", draft=str(draft_of(BAD)), step="check")
    assert [one.value for one in page.markdown if "Still to decide: 2 rows" in one.value]
    field_of(page.checkbox, "skip_problems").check().run()
    assert not [one.value for one in page.markdown if "Still to decide" in one.value]


def test_draft_opens_where_it_was_left(open_page, draft_of):
    number = str(draft_of(GOOD, body="Hi {Name}!"))
    open_page("new_campaign", draft=number, step="upload").button(key="step_compose").click().run()
    again = open_page("new_campaign", draft=number)
    assert [one.value for one in again.header] == ["What does it say?", "On the phone"]


def test_blank_page_offers_the_open_drafts(open_page, draft_of):
    page = open_page("new_campaign")
    assert not [one for one in page.button if one.label.startswith("Go on with")]
    number = draft_of(GOOD)
    page.run()
    page.button(key=f"go_on_{number}").click().run()
    assert page.query_params["draft"] == str(number)
    assert not [one for one in page.button if one.label.startswith("Go on with")]
    page.button(key="step_upload").click().run()
    page.button(key="begin_another").click().run()
    assert "draft" not in page.query_params
    assert page.button(key=f"go_on_{number}")


def test_practice_shows_the_ends_by_zone_that_live_would_have(open_page, draft_of):
    page = open_page("new_campaign", draft=str(draft_of(GOOD, body="Hi {Name}!", consent=True)), step="review")
    assert not page.exception
    ends = next(one.value for one in page.dataframe if "Zone" in one.value)
    assert list(ends["Zone"]) == ["Central time", "Eastern time"]
    assert any("your time" in one.value for one in page.caption)


def test_rows_whose_own_picture_cannot_be_used_are_named_with_the_reason(open_page, draft_of):
    text = "Name,Phone,Picture\nAna,212-555-0151,https://10.0.0.1/a.jpg\nBen,312-555-0152,https://10.0.0.2/b.jpg\n"
    number = draft_of(text, body="Hi", media_urls=["{Picture}"])
    page = open_page("new_campaign", draft=str(number), step="compose")
    assert not page.exception
    assert any("In 2 rows" in warning.value for warning in page.warning)
    said = [line.value for line in page.text]
    assert any(line.startswith("Row 2: 10.0.0.1 is inside a private network") for line in said)
    assert any(line.startswith("Row 3: 10.0.0.2") for line in said)


@pytest.mark.parametrize("which", ["mine", "theirs"])
def test_two_tabs_on_one_draft_choose_between_both_texts(open_page, draft_of, shared, which):
    number = draft_of(body="Hello")
    first, second = (open_page("new_campaign", draft=str(number), step="compose") for _ in range(2))
    field_of(first.text_area, "body").input("For our VIPs").run()
    field_of(first.text_area, "body").input("For our VIPs only").run()
    assert draft(shared.ledger, number).content.body == "For our VIPs only"
    field_of(second.text_area, "body").input("For the staff").run()
    assert draft(shared.ledger, number).content.body == "For our VIPs only"
    assert ["another tab" in one.value for one in second.warning].count(True) == 1
    assert {"For our VIPs only", "For the staff"} <= {one.value for one in second.text}
    second.button(key=f"keep_{which}_body").click().run()
    assert not second.exception
    chosen = {"mine": "For the staff", "theirs": "For our VIPs only"}[which]
    assert draft(shared.ledger, number).content.body == chosen
    assert field_of(second.text_area, "body").value == chosen
    assert not [one for one in second.warning if "another tab" in one.value]


def test_links_of_a_text_can_be_made_short_and_the_phone_shows_them(open_page, draft_of, shared):
    number = draft_of(GOOD, body="Corner Cup: hi {Name}, https://shop.example/menu. Reply STOP to opt out")
    page = open_page("new_campaign", draft=str(number), step="compose")
    field_of(page.radio, "links").set_value("own").run()
    field_of(page.text_input, "utm_source").input("mms").run()
    assert not page.exception
    assert any("a1B2c3D4e5" in one.value for one in page.caption)
    with_links = draft(shared.ledger, number).content
    options = decisions.send_options(with_links, shared.settings)
    assert (options.links, options.utm) == ("own", "utm_source=mms")


def test_a_text_without_link_is_not_asked_about_links(open_page, draft_of):
    page = open_page("new_campaign", draft=str(draft_of(GOOD, body="Hi {Name}")), step="compose")
    assert not [one for one in page.radio if "_links_" in (one.key or "")]


def test_picture_is_moved_before_the_one_above_it(open_page, draft_of, shared):
    first, second = "https://example.com/1.jpg", "https://example.com/2.jpg"
    number = draft_of(GOOD, body="Hi", media_urls=[first, second])
    page = open_page("new_campaign", draft=str(number), step="compose")
    page.button(key="earlier_picture_1").click().run()
    assert draft(shared.ledger, number).content.media_urls == (second, first)


def test_file_that_cannot_be_sent_is_refused_in_our_words_beside_the_control(open_page, draft_of):
    page = open_page("new_campaign", draft=str(draft_of(GOOD, body="Hi")), step="compose")
    page.file_uploader[0].upload("menu.pdf", b"%PDF-1.4 menu", "application/pdf").run()
    assert not page.exception
    assert len(page.error) == 1
    assert "JPEG" in page.error[0].value


def test_a_second_text_is_tried_on_some_people(open_page, draft_of, shared):
    people = "Name,Phone\n" + "".join(f"P{at},212-555-01{at:02}\n" for at in range(50, 90))
    number = draft_of(people, body="Corner Cup: hi {Name}. Reply STOP to opt out", consent=True)
    page = open_page("new_campaign", draft=str(number), step="compose")
    field_of(page.checkbox, "test_on").check().run()
    field_of(page.text_area, "version_b").input("Corner Cup: {Name}, come by. Reply STOP to opt out").run()
    assert not page.exception
    page = open_page("new_campaign", draft=str(number), step="review")
    page.button(key="send").click().run()
    page.button(key="send_confirmed").click().run()
    assert not page.exception
    with shared.ledger.read() as connection:
        found = connection.execute(select(campaigns.c.versions, campaigns.c.options)).one()
        tried = connection.execute(select(rows.c.version, func.count()).group_by(rows.c.version)).all()
    assert [one["name"] for one in found.versions] == ["A", "B"]
    assert found.options["test_share"] == 0.2
    assert {one[0]: one[1] for one in tried} == {"A": 4, "B": 4, None: 32}
