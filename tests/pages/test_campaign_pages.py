"""A campaign that is under way or over: tiles add up, buttons do what they say, nothing happens by itself."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from mms.campaigns.drafts.drafts import all_drafts
from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.campaigns.launch.senders import ensure_sender
from mms.campaigns.single_message import SingleMessage, send_single
from mms.ledger import dead_numbers
from mms.ledger.campaign_states import add_campaign
from mms.ledger.tables import audit, campaigns, rows
from mms.links.clicks import Click, record_clicks
from mms.links.visitors import Who
from mms.reports.campaign.grouping import Grouping, OneGroup
from mms.send_options import OWN_LINKS, SendOptions
from mms.states import CampaignState, RowState, SkipReason
from mms.versions.results import VersionResult, differences
from mms.versions.version import Rule, Version
from pages.campaign_detail import figures
from pages.campaign_detail import versions as versions_part

COLUMNS = ("Name", "Phone")
DOUBT = "whether these messages went out"


@pytest.fixture
def campaign_of(shared):
    """A running campaign of so many ready rows and one that was skipped; its number."""

    def made(ready=3, name="Spring", body="Hi {Name}", **changes):
        planned = [
            PlannedRow(at, json.dumps([f"Person {at}", "x"]), f"+1212555{at + 100:04}") for at in range(2, ready + 2)
        ]
        planned.append(PlannedRow(ready + 2, '["Zoe", ""]', None, RowState.SKIPPED, SkipReason.NOT_MENDED, "missing"))
        new = NewCampaign(
            request_key=f"test-{name}",
            name=name,
            body=body,
            media_urls=(),
            columns=COLUMNS,
            phone_column="Phone",
            sender_address=shared.sender_address(),
            account_sid=shared.account.account_sid,
            mode=shared.mode,
            content_hash=name,
            created_by="test",
            **changes,
        )
        return launch(shared.ledger, new, planned)

    return made


def settle(shared, campaign_id, *states):
    """Give the rows these outcomes, as (state, code), and end the campaign."""
    with shared.ledger.write() as connection:
        for number, (state, code) in enumerate(states, start=2):
            of_row = (rows.c.campaign_id == campaign_id) & (rows.c.row_number == number)
            connection.execute(update(rows).where(of_row).values(state=state, error_code=code, sent_at=1.0))
        values = {"state": CampaignState.FINISHED, "finished_at": 1.0}
        connection.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(**values))


def state_of(shared, campaign_id):
    with shared.ledger.read() as connection:
        return connection.execute(select(campaigns.c.state).where(campaigns.c.id == campaign_id)).scalar_one()


def test_tiles_add_up_to_the_rows_of_the_file(open_page, campaign_of):
    page = open_page("campaign", id=str(campaign_of(3)))
    assert sum(int(metric.value) for metric in page.metric) == 4
    assert "Together 4 rows" in " ".join(one.value for one in page.caption)


@pytest.mark.parametrize(
    ("clicks", "state"),
    [(["pause"], "paused"), (["pause", "resume"], "running"), (["cancel"], "canceled")],
    ids=["pause", "resume", "cancel"],
)
def test_control_does_what_it_says(open_page, campaign_of, shared, clicks, state):
    number = campaign_of()
    page = open_page("campaign", id=str(number))
    for click in clicks:
        page.button(key=click).click().run()
    assert not page.exception
    assert state_of(shared, number) == state


@pytest.mark.parametrize(
    ("answer", "state"),
    [("panic_keep", "paused"), ("panic_continue", "running"), ("panic_cancel", "canceled")],
    ids=["leave paused", "continue", "cancel"],
)
def test_panic_button_is_on_other_pages_and_stops_before_it_asks(open_page, campaign_of, shared, answer, state):
    number = campaign_of()
    page = open_page("help")
    page.button(key="panic").click().run()
    assert state_of(shared, number) == "paused"
    page.run()
    page.button(key=answer).click().run()
    assert state_of(shared, number) == state
    assert page.success


def test_rows_are_filtered_by_result(open_page, campaign_of, shared):
    number = campaign_of(3)
    settle(shared, number, ("delivered", None), ("delivered", None), ("undelivered", 30005))
    page = open_page("campaign", id=str(number))
    page.button_group(key="rows_groups").set_value(["not_arrived"]).run()
    table = next(frame.value for frame in page.dataframe if frame.key == "rows_table")
    assert list(table["Code"]) == ["30005"]


def test_row_tells_its_story(open_page, campaign_of):
    page = open_page("campaign", id=str(campaign_of()))
    page.session_state["rows_table"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    page.run()
    assert not page.exception
    assert "Row 2: Waiting" in [one.value.replace("\\", "") for one in page.subheader]


def children(shared, campaign_id):
    with shared.ledger.read() as connection:
        query = select(campaigns.c.id).where(campaigns.c.parent_id == campaign_id)
        return connection.execute(query).scalars().all()


@pytest.mark.parametrize("name", ["campaigns", "home"])
def test_api_message_in_doubt_is_named_until_somebody_decides(open_page, shared, name):
    number = send_single(
        shared.ledger,
        SingleMessage(
            recipient="+12125550123",
            body="Hello",
            media_urls=(),
            sender_address=shared.sender_address(),
            account_sid=shared.account.account_sid,
            mode=shared.mode,
            kind="api",
            request_key="in-doubt",
        ),
    )
    with shared.ledger.write() as connection:
        connection.execute(update(rows).values(state=RowState.UNKNOWN, reason="unsettled"))
        connection.execute(update(campaigns).values(state=CampaignState.STOPPED, reason_code="unknown_rows"))
    assert [one.value for one in open_page(name).warning if DOUBT in one.value]
    page = open_page("campaign", id=str(number))
    page.session_state["rows_table"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    page.run().button(key="decide_give_up").click().run()
    assert not [one.value for one in open_page(name).warning if DOUBT in one.value]


def test_retry_is_offered_with_its_count_and_made_once(open_page, campaign_of, shared):
    number = campaign_of(3)
    settle(shared, number, ("delivered", None), ("undelivered", 30003), ("undelivered", 30005))
    tabs = [open_page("campaign", id=str(number)) for _ in range(2)]
    assert tabs[0].button(key="retry").label == "Send 1 message again"
    for tab in tabs:
        tab.button(key="retry").click().run()
    made = children(shared, number)
    assert len(made) == 1
    assert tabs[1].query_params["id"] == str(made[0])


def test_only_the_ticked_reasons_are_tried_again(open_page, campaign_of, shared):
    number = campaign_of(3)
    settle(shared, number, ("delivered", None), ("undelivered", 30003), ("undelivered", 30008))
    page = open_page("campaign", id=str(number))
    page.checkbox(key=f"retry_{number}_30003").uncheck().run()
    assert page.button(key="retry").label == "Send 1 message again"
    page.button(key="retry").click().run()
    with shared.ledger.read() as connection:
        of_retry = rows.c.campaign_id == children(shared, number)[0]
        assert connection.execute(select(rows.c.row_number).where(of_retry)).scalars().all() == [4]


def test_copy_opens_a_draft_with_the_message(open_page, campaign_of, shared):
    number = campaign_of()
    settle(shared, number, *[("delivered", None)] * 3)
    page = open_page("campaign", id=str(number))
    page.button(key="copy").click().run()
    assert not page.exception
    assert page.title[0].value == "New campaign"
    assert all_drafts(shared.ledger)[0].content.name == "Spring (copy)"


def test_copy_of_a_copy_keeps_its_name(open_page, campaign_of, shared):
    number = campaign_of(name="Spring (copy)")
    settle(shared, number, *[("delivered", None)] * 3)
    open_page("campaign", id=str(number)).button(key="copy").click().run()
    assert all_drafts(shared.ledger)[0].content.name == "Spring (copy)"


def test_list_counts_as_the_tiles_do(open_page, campaign_of, shared):
    number = campaign_of(4)
    settle(shared, number, ("accepted", None), ("sent", None), ("delivered", None), ("refused", 21211))
    line = open_page("campaigns").dataframe[0].value.iloc[0]
    tiles = {metric.label: int(metric.value) for metric in open_page("campaign", id=str(number)).metric}
    assert {name: line[name] for name in tiles if name in line} == {n: tiles[n] for n in tiles if n != "Waiting"}
    assert (line["In the list"], line["Handed over"], line["Arrived"]) == (5, 3, "33.3 to 100.0 %")


def test_filtered_rows_become_the_list_of_a_new_campaign(open_page, campaign_of, shared):
    number = campaign_of(3)
    settle(shared, number, ("delivered", None), ("delivered", None), ("undelivered", 30005))
    page = open_page("campaign", id=str(number))
    page.text_input(key="rows_search").set_value("Person 3").run()
    page.button(key="selection_draft").click().run()
    assert not page.exception
    assert page.title[0].value == "New campaign"
    assert page.query_params["step"] == "check"


def test_rows_are_filtered_by_code(open_page, campaign_of, shared):
    number = campaign_of(3)
    settle(shared, number, ("undelivered", 30003), ("delivered", None), ("undelivered", 30005))
    page = open_page("campaign", id=str(number))
    page.multiselect(key="rows_codes").set_value(["30005"]).run()
    receipt(shared, number, 3, "undelivered", 30003)
    page.run()
    assert not page.exception
    assert list(next(frame.value for frame in page.dataframe if frame.key == "rows_table")["Row"]) == [4]


def test_charts_show_a_campaign_against_the_usual(open_page, campaign_of, shared):
    for name, lost in (("First", 3), ("Second", 1)):
        number = campaign_of(4, name=name)
        outcomes = [("undelivered", 30003)] * lost + [("delivered", None)] * (4 - lost)
        settle(shared, number, *outcomes)
    page = open_page("campaign", id=str(number))
    page.session_state["campaign_tabs"] = "Charts"
    page.run()
    assert not page.exception
    shown = next(frame.value for frame in page.dataframe if "Figure" in frame.value).set_index("Figure")
    assert list(shown.loc["Delivered", ["This campaign", "Your usual"]]) == ["75.0 %", "25.0 %"]


def test_scheduled_campaign_says_that_nothing_is_sent_yet(open_page, campaign_of):
    page = open_page("campaign", id=str(campaign_of(3, start_at=4e9)))
    assert not page.exception
    captions = " ".join(one.value for one in page.caption)
    assert "Nothing is sent before it starts" in captions
    assert "sending goes on" not in captions


def test_list_finds_by_name(open_page, campaign_of):
    campaign_of(name="Spring")
    campaign_of(name="Autumn")
    page = open_page("campaigns")
    page.text_input(key="campaigns_search").set_value("aut").run()
    assert list(page.dataframe[0].value["Name"]) == ["Autumn"]


def test_comparison_counts_what_arrived(open_page, campaign_of, shared):
    number = campaign_of(4)
    settle(shared, number, ("delivered", None), ("sent", None), ("undelivered", 30005), ("refused", 21211))
    page = open_page("compare")
    assert {metric.label: metric.value for metric in page.metric}["Arrived"] == "33.3 to 66.7 %"


def test_comparison_keeps_running_campaigns_out_of_its_sums(open_page, campaign_of, shared):
    settle(shared, campaign_of(3, name="Over"), ("delivered", None), ("delivered", None), ("undelivered", 30005))
    running = campaign_of(3, name="Running")
    receipt(shared, running, 2, "delivered")
    page = open_page("compare")
    assert {metric.label: metric.value for metric in page.metric}["Arrived"] == "66.7 %"
    assert "Not in these sums: 1 campaign with 2 open rows" in messages(page)
    table = page.dataframe[0].value.set_index("Name")
    assert (table.loc["Running", "State"], table.loc["Running", "Open"]) == ("Sending", 2)


def test_opt_outs_that_nobody_can_hear_are_not_known(open_page, campaign_of, shared):
    settle(shared, campaign_of(3), *[("delivered", None)] * 3)
    assert {metric.label: metric.value for metric in open_page("compare").metric}["Opt-outs caused"] == "not known"


def test_comparison_counts_failures_by_family_in_columns_of_numbers(open_page, campaign_of, shared):
    settle(shared, campaign_of(3), ("undelivered", 30005), ("undelivered", 30007), ("refused", 21211))
    table = open_page("compare").dataframe[0].value
    assert table[["Failed: Number", "Failed: Filtered as spam"]].to_numpy().tolist() == [[2, 1]]


def test_comparison_charts_shares_so_that_a_large_campaign_leaves_room(open_page, campaign_of, shared):
    settle(shared, campaign_of(9, name="Large"), *[("delivered", None)] * 9)
    settle(shared, campaign_of(3, name="Small"), ("delivered", None), ("undelivered", 30005), ("undelivered", 30007))
    chart = next(iter(open_page("compare").get("echarts_chart")))
    options = json.loads(chart.proto.spec)
    assert options["xAxis"]["data"] == ["Large", "Small"]
    assert [one["data"] for one in options["series"]] == [[100.0, 33.3], [0.0, 0.0], [0.0, 66.7]]


@pytest.mark.parametrize(
    ("days", "names"),
    [((), ["Spring"]), ((0, 0), ["Spring"]), ((0,), ["Spring"]), ((9, 1), []), ((9,), ["Spring"])],
    ids=["any time", "today", "since today", "before today", "since last week"],
)
def test_list_finds_by_the_day(open_page, campaign_of, days, names):
    campaign_of(name="Spring")
    page = open_page("campaigns")
    today = datetime.now(UTC).date()
    page.date_input(key="campaigns_days").set_value([today - timedelta(days=ago) for ago in days]).run()
    assert [name for frame in page.dataframe for name in frame.value["Name"]] == names


def test_person_shows_every_message_to_a_number(open_page, campaign_of):
    campaign_of(name="Spring")
    page = open_page("person", number="+12125550102")
    assert list(page.dataframe[0].value["Campaign"]) == ["Spring"]


def test_dead_number_is_taken_off_its_list(open_page, shared):
    with shared.ledger.write() as connection:
        dead_numbers.remember(connection, "+12125550102", 30006, at=1.0)
    page = open_page("person")
    page.session_state["dead_table"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    page.run()
    page.button(key="dead_free").click().run()
    assert not page.exception
    with shared.ledger.read() as connection:
        assert dead_numbers.still_dead(connection) == {}


def test_opening_pages_writes_nothing(open_page, campaign_of, shared):
    number = campaign_of()
    with shared.ledger.read() as connection:
        before = len(connection.execute(select(audit.c.id)).all())
    for name in ("home", "campaigns", "compare", "opt_outs", "setup"):
        open_page(name)
    open_page("campaign", id=str(number))
    with shared.ledger.read() as connection:
        assert len(connection.execute(select(audit.c.id)).all()) == before


def messages(page):
    return " ".join(one.value for kind in (page.success, page.warning, page.text, page.caption) for one in kind)


def receipt(shared, campaign_id, row_number, state, code=None):
    with shared.ledger.write() as connection:
        of_row = (rows.c.campaign_id == campaign_id) & (rows.c.row_number == row_number)
        connection.execute(update(rows).where(of_row).values(state=state, error_code=code))


@pytest.mark.parametrize(
    ("state", "changed", "later", "expected"),
    [
        ("finished", True, 1.0, True),
        ("finished", False, 60.0, False),
        ("running", True, 1.0, False),
        ("running", True, 6.0, True),
    ],
    ids=["receipt after the end", "nothing new", "under way: not each second", "under way: soon"],
)
def test_page_follows_its_tiles(campaign_of, shared, state, changed, later, expected):
    number = campaign_of()
    if state == "finished":
        settle(shared, number, *[("sent", None)] * 3)
    drawn = figures.read(number)
    if changed:
        receipt(shared, number, 2, "undelivered", 30003)
    seen = replace(figures.read(number), at=drawn.at + later)
    assert figures.is_out_of_date(drawn, seen) is expected


def test_receipt_does_not_undo_the_filter(open_page, campaign_of, shared):
    number = campaign_of(3)
    settle(shared, number, ("sent", None), ("sent", None), ("undelivered", 30005))
    page = open_page("campaign", id=str(number))
    page.button_group(key="rows_groups").set_value(["not_arrived"]).run()
    receipt(shared, number, 2, "undelivered", 30005)
    page.run()
    assert page.button_group(key="rows_groups").value == ["not_arrived"]
    assert len(next(frame.value for frame in page.dataframe if frame.key == "rows_table")) == 2


def test_messages_taken_back_are_not_done(open_page, campaign_of, shared):
    number = campaign_of(3)
    receipt(shared, number, 2, "sent")
    page = open_page("campaign", id=str(number))
    page.button(key="cancel").click().run()
    receipt(shared, number, 3, "canceled")
    receipt(shared, number, 4, "canceled")
    page.run()
    assert page.get("progress")[0].proto.text == "1 of 3 messages done, 2 taken back"


FINISHED, CANCELED, STOPPED = CampaignState.FINISHED, CampaignState.CANCELED, CampaignState.STOPPED


@pytest.mark.parametrize(
    ("state", "outcome", "kind", "expected"),
    [
        (FINISHED, ["delivered"] * 3, "success", ("3 messages were handed over", "3 arrived", "hand over the report")),
        (FINISHED, ["sent", "accepted", "sent"], "success", ("0 to 3 arrived", "Receipts are still coming in")),
        (FINISHED, ["delivered", "sent", 30003], "warning", ("1 message did not arrive", "Next: *Try 1 person again*")),
        (FINISHED, [30006] * 3, "error", ("3 messages were handed over", "None of them arrived", "tab *Charts*")),
        (FINISHED, ["refused"] * 3, "error", ("No message was handed over", "Twilio refused 3")),
        (FINISHED, ["skipped"] * 3, "error", ("No message was handed over", "4 people were left out", "*Copy this")),
        (CANCELED, [30006, "sent", "canceled"], "info", ("2 messages were handed over to Twilio before",)),
        (CANCELED, ["sent", *["canceled"] * 2], "info", ("1 message was handed over", "2 messages were taken back")),
        (CANCELED, ["canceled"] * 3, "info", ("No message was handed over", "*New campaign with these people*")),
        (STOPPED, ["sent", "unknown", "unknown"], "warning", ("waits for your decision",)),
    ],
    ids=[
        "clean",
        "receipts",
        "retry",
        "taken and charged, none arrived",
        "refused",
        "skipped",
        "failed messages went out, too",
        "cancelled half",
        "cancelled all",
        "for a person",
    ],
)
def test_summary_says_how_it_went_and_what_next(open_page, campaign_of, shared, state, outcome, kind, expected):
    number = campaign_of(3)
    settle(shared, number, *(("undelivered", one) if isinstance(one, int) else (one, None) for one in outcome))
    with shared.ledger.write() as connection:
        code = "unknown_rows" if state is STOPPED else None
        connection.execute(update(campaigns).values(state=state, reason_code=code))
    page = open_page("campaign", id=str(number))
    boxes = {name: " ".join(one.value for one in page.get(name)) for name in ("success", "info", "warning", "error")}
    assert [part for part in expected if part not in boxes[kind]] == []
    assert state is FINISHED or "left out" not in boxes[kind].replace("1 person was left out", "")
    if state is STOPPED:
        assert "Resume" not in boxes[kind]


def test_strip_names_what_is_being_sent_first(open_page, campaign_of, shared):
    campaign_of(name="Tomorrow", start_at=4e9)
    now_sent = campaign_of(name="Spring")
    with shared.ledger.write() as connection:
        connection.execute(update(campaigns).where(campaigns.c.id == now_sent).values(state="running"))
    strip = next(one for one in open_page("help").get("page_link") if "more campaign" in one.proto.label)
    assert strip.proto.label == "Spring and 1 more campaign"


def test_queued_campaign_says_behind_which_it_waits(open_page, campaign_of):
    first, second, third = (campaign_of(name=name) for name in ("Spring", "Summer", "Autumn"))
    assert "It starts after" not in messages(open_page("campaign", id=str(first)))
    assert "It starts after “Spring”: one sender" in messages(open_page("campaign", id=str(second)))
    assert "It starts after “Spring” and 1 more campaign: one sender" in messages(open_page("campaign", id=str(third)))


def test_page_says_that_nobody_sends_yet(open_page, campaign_of):
    assert "The process that sends is being started" in messages(open_page("campaign", id=str(campaign_of())))


def test_one_answer_for_all_messages_in_doubt(open_page, campaign_of, shared):
    number = campaign_of(3)
    settle(shared, number, ("sent", None), ("unknown", None), ("unknown", None))
    with shared.ledger.write() as connection:
        connection.execute(update(campaigns).values(state="stopped", reason_code="unknown_rows"))
        connection.execute(update(rows).where(rows.c.state == "unknown").values(reason="unsettled"))
    page = open_page("campaign", id=str(number))
    assert page.button(key="decide_all").label == "It went out: 2 messages"
    page.radio(key="decide_choice").set_value("give_up").run()
    page.button(key="decide_all").click().run()
    assert not page.exception
    assert state_of(shared, number) == "finished"
    assert "Leave it: decided for 2 messages" in messages(page)


def test_summary_to_print_is_linked(open_page, campaign_of):
    page = open_page("campaign", id=str(campaign_of()))
    links = [one.proto.url for one in page.get("link_button")]
    assert [link.split("?")[0] for link in links] == ["/reports/1.csv", "/reports/1.xlsx", "/reports/1.html"]


def test_alarms_are_told_on_the_page_and_in_the_list(open_page, campaign_of, shared):
    number = campaign_of(50)
    settle(shared, number, *[("undelivered", 30005)] * 20, *[("delivered", None)] * 30)
    told = "At most 30 of 50 messages (60.0%) arrived"
    assert told in messages(open_page("campaign", id=str(number))).replace("\\", "")
    assert told in open_page("campaigns").dataframe[0].value["Needs a look"][0]


def test_pills_count_what_the_search_finds(open_page, campaign_of, shared):
    number = campaign_of(4)
    settle(shared, number, ("delivered", None), ("delivered", None), ("undelivered", 30005), ("delivered", None))
    page = open_page("campaign", id=str(number))
    page.text_input(key="rows_search").set_value("Person 3").run()
    assert page.button_group(key="rows_groups").options == ["Delivered (1)"]


def test_a_heading_sorts_the_whole_list(open_page, campaign_of, shared):
    number = campaign_of(120)
    page = open_page("campaign", id=str(number))
    page.session_state["rows_table"] = {"selection": {"rows": [], "columns": ["Row"], "cells": []}}
    page.run()
    page.toggle(key="rows_descending").set_value(True).run()
    table = next(frame.value for frame in page.dataframe if frame.key == "rows_table")
    assert not page.exception
    assert page.selectbox(key="rows_order").value == "row_number"
    assert table["Row"][0] == 122


def test_a_purged_campaign_says_so_and_offers_nothing_that_cannot_work(open_page, campaign_of, shared):
    number = campaign_of(3)
    settle(shared, number, ("delivered", None), ("undelivered", 30003), ("undelivered", 30008))
    with shared.ledger.write() as connection:
        connection.execute(update(campaigns).values(purged_at=1_790_000_000.0, body=""))
        connection.execute(update(rows).values(cells="[]", recipient=None))
    page = open_page("campaign", id=str(number))
    assert "were deleted on Sep 21, 2026" in " ".join(one.value for one in page.info).replace("\\", "")
    assert not {"copy", "retry", "selection_draft"} & {button.key for button in page.button}


def test_tiles_say_what_they_count_and_of_when(open_page, campaign_of):
    page = open_page("campaign", id=str(campaign_of(3)))
    assert all(metric.proto.help for metric in page.metric)
    assert "As of" in messages(page)


def test_results_by_a_column_lead_to_their_rows(open_page, campaign_of, shared):
    number = campaign_of(3)
    settle(shared, number, ("delivered", None), ("delivered", None), ("undelivered", 30005))
    page = open_page("campaign", id=str(number))
    page.session_state["campaign_tabs"] = "Charts"
    page.run()
    table = next(frame.value for frame in page.dataframe if frame.key == "by_anything_table")
    assert table.set_index("Name").loc["Person 4", "Not arrived"] == 1
    picked = list(table["Name"]).index("Person 4")
    page.session_state["by_anything_table"] = {"selection": {"rows": [picked], "columns": [], "cells": []}}
    page.run()
    assert not page.exception


def test_clicks_of_people_stand_apart_from_machines(open_page, campaign_of, shared):
    options = SendOptions(links=OWN_LINKS)
    number = campaign_of(3, options=options, link_base="http://127.0.0.1:8501", body="See https://shop.example/{Name}")
    settle(shared, number, ("delivered", None), ("delivered", None), ("delivered", None))
    with shared.ledger.read() as connection:
        ids = connection.execute(select(rows.c.id).where(rows.c.campaign_id == number)).scalars().all()
    visits = [(ids[0], Who.PERSON), (ids[0], Who.PERSON), (ids[1], Who.PREVIEW), (ids[2], Who.ROBOT)]
    record_clicks(shared.ledger, [Click(number, row_id, 0, who) for row_id, who in visits])

    page = open_page("campaign", id=str(number))
    page.session_state["campaign_tabs"] = "Clicks"
    page.run()
    tiles = {metric.label: metric.value for metric in page.metric}
    shown = ("People who clicked", "Clicks", "Previews", "Scanners", "Of those handed over")
    assert [tiles[label] for label in shown] == ["1", "2", "1", "1", "33.3 %"]
    assert page.dataframe[-1].value.iloc[0].to_list() == ["https://shop.example/{Name}", 1, 2]


def test_a_half_written_campaign_says_what_it_is_and_can_be_removed(open_page, shared):
    number = half_written(shared)
    page = open_page("campaign", id=str(number))
    assert "was not finished being written; nothing was sent" in page.warning[0].value
    assert not {"pause", "cancel_ask", "resume"} & {button.key for button in page.button}
    page.button(key="remove_half_written").click().run()
    assert not page.exception
    with shared.ledger.read() as connection:
        assert not connection.execute(select(campaigns.c.id)).all()


def half_written(shared):
    """As a program leaves it that is killed after its first rows."""
    with shared.ledger.write() as connection:
        sender = ensure_sender(connection, shared.account.account_sid, shared.senders[0])
        columns = {
            "request_key": "x", "name": "Spring", "kind": "campaign", "mode": shared.mode, "sender_id": sender,
            "sender_address": shared.senders[0], "body": "Hi", "media_urls": [], "columns": ["Phone"], "options": {},
            "row_count": 0, "tags": [], "content_hash": "x", "created_at": 1_790_000_000.0, "queue_position": 0,
        }  # fmt: skip
        return add_campaign(connection, **columns)


def test_versions_are_compared_and_the_rest_is_sent_with_a_click(open_page, campaign_of, shared):
    versions = (Version("A", "Hi {Name}"), Version("B", "{Name}!"))
    number = campaign_of(40, versions=versions, options=SendOptions(test_share=0.5))
    with shared.ledger.write() as connection:
        of = rows.c.campaign_id == number
        for place, version in enumerate("AB"):
            those = rows.c.row_number.between(2 + 10 * place, 11 + 10 * place)
            connection.execute(update(rows).where(of, those).values(version=version, state="delivered"))
        values = {"state": "paused", "reason_code": "canary", "canary_at": 1.0}
        connection.execute(update(campaigns).where(campaigns.c.id == number).values(**values))
    page = open_page("campaign", id=str(number))
    assert not page.exception
    assert [button.key for button in page.button if button.key in ("resume", "choose_A", "choose_B")] == [
        "choose_A",
        "choose_B",
    ]
    assert any("Nobody has replied yet" in one.value.replace("\\", "") for one in page.markdown)
    page.button(key="choose_B").click().run()
    assert not page.exception
    with shared.ledger.read() as connection:
        found = connection.execute(select(campaigns.c.state, campaigns.c.winner)).one()
    assert tuple(found) == ("running", "B")


@pytest.mark.parametrize(
    ("clicks", "said"),
    [((10, 90), "With version B more people clicked"), ((10, 14), "too few people to tell"), ((0, 0), "Nobody has")],
)
def test_a_comparison_names_no_false_winner(clicks, said):
    results = [VersionResult(name, 500, 500, count, 0, 0) for name, count in zip("AB", clicks, strict=True)]
    assert said in versions_part.sentence(results, differences(results, Rule.CLICKS), Rule.CLICKS)


def test_a_line_of_the_results_opens_its_rows_and_all_come_back_with_a_click(open_page, campaign_of):
    page = open_page("campaign", id=str(campaign_of(3)))
    page.session_state["rows_only"] = OneGroup(Grouping("Name", COLUMNS), "Person 3")
    page.run()
    assert not page.exception
    assert any(one.value.startswith("1 row,") for one in page.caption)
    page.button(key="rows_all").click().run()
    assert any(one.value.startswith("4 rows,") for one in page.caption)
