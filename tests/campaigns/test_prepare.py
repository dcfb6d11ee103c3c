"""From a checked list to rows in the ledger: every row once, each with its reason; pictures, repeats, quiet hours."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from launching import checked_list, launch, rows_of, said
from sqlalchemy import update

from mms.campaigns import controls
from mms.campaigns.launch.forecast import send_end
from mms.campaigns.launch.submission import Content, repeats
from mms.campaigns.pictures.media_check import (
    MediaFindings,
    check_campaign_media,
    good_until,
    keep_verdicts,
    known_verdicts,
    straight_end,
)
from mms.campaigns.pictures.prestart_check import check_due_pictures
from mms.campaigns.records import campaign
from mms.campaigns.retry import retry_campaign
from mms.delivery.queue.sender_queue import live_campaigns
from mms.errors import CampaignError
from mms.ledger import dead_numbers, opt_outs
from mms.ledger.tables import campaigns, rows
from mms.media.check.verdict import MediaVerdict
from mms.roles import LOCAL_ADMIN
from mms.settings import settings_from
from mms.states import CampaignState, Reason

LIST = """Mobile,Name,Picture
2025550101,Ann,{base}/good.png
2025550102,Ben,{base}/gone.png
2025550103,Cy,{base}/good.png
202555010,Dee,{base}/good.png
(202) 555-0101,Ann again,{base}/good.png
,,
2025550104,Eve,{base}/good.png
"""


def at(moment):
    return {"start": "later", "start_at": datetime.fromtimestamp(moment, UTC).isoformat()}


def test_every_row_enters_once_with_its_reason(settings, ledger, pictures):
    content = Content("Hi {Name}", ("{Picture}",))
    with ledger.write() as connection:
        opt_outs.add(connection, ["+12025550104"], source=opt_outs.BY_HAND, at=1.0)
    checked = checked_list(settings, ledger, LIST.replace("{base}", pictures), content)
    findings = check_campaign_media(checked, content.template, allow_private=True)
    found = rows_of(ledger, launch(ledger, checked, content, findings=findings))
    assert [(row.row_number, row.state, row.reason, row.problem) for row in found] == [
        (2, "ready", None, None),
        (3, "skipped", "not_mended", "media_not_found"),
        (4, "ready", None, None),
        (5, "skipped", "not_mended", "too_short"),
        (6, "skipped", "duplicate", None),
        (7, "skipped", "not_mended", None),
        (8, "skipped", "opted_out", None),
    ]
    assert json.loads(found[0].cells) == ["2025550101", "Ann", f"{pictures}/good.png"]


def test_a_picture_that_everybody_gets_stops_the_launch(settings, ledger, pictures):
    content = Content("Hi", (f"{pictures}/gone.png",))
    checked = checked_list(settings, ledger, "Mobile\n2025550101\n", content)
    findings = check_campaign_media(checked, content.template, allow_private=True)
    with pytest.raises(CampaignError) as caught:
        launch(ledger, checked, content, findings=findings)
    assert caught.value.code == "media_not_found"


def test_verdicts_are_kept_for_the_next_look(settings, ledger, pictures):
    url = f"{pictures}/good.png"
    content = Content("Hi", (url,))
    checked = checked_list(settings, ledger, "Mobile\n2025550101\n", content)
    findings = check_campaign_media(checked, content.template, allow_private=True)
    for _ in range(2):
        keep_verdicts(ledger, findings.verdicts)
    with ledger.read() as connection:
        assert known_verdicts(connection, [url, "https://example.com/x.png"], since=0) == findings.verdicts
        assert known_verdicts(connection, [url], since=4e9) == {}


def test_recent_and_dead_numbers_are_offered_and_skipped_when_chosen(settings, ledger):
    content = Content("Hi {Name}")
    text = "Mobile,Name\n2025550101,Ann\n2025550102,Ben\n2025550103,Cy\n"
    checked = checked_list(settings, ledger, text, content)
    first = launch(ledger, checked, content, key="first")
    with ledger.write() as connection:
        now = ledger.now(connection)
        sent = rows.c.recipient == "+12025550101"
        connection.execute(update(rows).where(sent).values(state="sent", sent_at=now))
        dead_numbers.remember(connection, "+12025550102", 30005, at=now, campaign_id=first)
    _end(ledger, first)
    known = repeats(ledger, checked, content, "practice", days=1)
    assert [one.id for one in known.same] == [first]
    assert (known.recent, known.dead) == ({"+12025550101"}, {"+12025550102": 30005})
    choices = said(name="Again", skip_recent=True, skip_dead=True)
    found = rows_of(ledger, launch(ledger, checked, content, choices, key="second"))
    assert [(row.state, row.reason) for row in found] == [
        ("skipped", "recently_messaged"),
        ("skipped", "not_mended"),
        ("ready", None),
    ]


@pytest.mark.parametrize(
    ("mode", "any_hour", "held"),
    [
        pytest.param("live", False, True, id="live: held until the window opens"),
        pytest.param("live", True, False, id="any hour"),
        pytest.param("practice", False, False, id="nobody sleeps in practice"),
    ],
)
def test_quiet_hours_hold_rows_at_the_launch(settings, ledger, mode, any_hour, held):
    content = Content("Hi")
    checked = checked_list(settings, ledger, "Mobile\n2025550101\n", content)
    three_at_night = 1_795_507_200.0  # 2026-11-24 08:00 UTC, 3:00 in Washington
    choices = said(name="Night", any_hour=any_hour, **at(three_at_night))
    row = rows_of(ledger, launch(ledger, checked, content, choices, mode=mode))[0]
    assert (row.not_before is not None) is held
    if held:
        assert three_at_night < row.not_before < three_at_night + 8 * 3600
        assert row.time_zone == "America/New_York"


def _scheduled(settings, ledger, content, text, start_in):
    checked = checked_list(settings, ledger, text, content)
    with ledger.read() as connection:
        start = ledger.now(connection) + start_in
    choices = said(name="Later", check_media=True, **at(start))
    return launch(ledger, checked, content, choices)


@pytest.mark.parametrize(
    ("url", "start_in", "state", "looked"),
    [
        pytest.param("good.png", 30, CampaignState.SCHEDULED, True, id="a good picture may start"),
        pytest.param("gone.png", 30, CampaignState.STOPPED, True, id="a broken one stops it"),
        pytest.param("gone.png", 600, CampaignState.SCHEDULED, False, id="not due yet"),
    ],
)
def test_pictures_are_asked_again_before_a_scheduled_start(
    tmp_path, database_url, ledger, pictures, url, start_in, state, looked
):
    settings = settings_from(
        {"MMS_DATA_DIR": str(tmp_path), "DATABASE_URL": database_url, "MMS_ALLOW_PRIVATE_MEDIA": "true"}
    )
    made = _scheduled(settings, ledger, Content("Hi", (f"{pictures}/{url}",)), "Mobile\n2025550101\n", start_in)
    check_due_pictures(ledger, settings)
    with ledger.read() as connection:
        now = campaign(connection, made)
    assert (now.state, now.options.media_checked) == (state, looked)


def test_a_row_whose_picture_broke_meanwhile_is_kept_back(tmp_path, database_url, ledger, pictures):
    settings = settings_from(
        {"MMS_DATA_DIR": str(tmp_path), "DATABASE_URL": database_url, "MMS_ALLOW_PRIVATE_MEDIA": "true"}
    )
    text = f"Mobile,Picture\n2025550101,{pictures}/good.png\n2025550102,{pictures}/gone.png\n"
    made = _scheduled(settings, ledger, Content("Hi", ("{Picture}",)), text, 10)
    check_due_pictures(ledger, settings)
    assert [(row.state, row.problem) for row in rows_of(ledger, made)] == [
        ("ready", None),
        ("skipped", "media_not_found"),
    ]


@pytest.fixture
def open_settings(tmp_path, database_url):
    """Settings under which pictures on this computer may be asked for."""
    return settings_from(
        {"MMS_DATA_DIR": str(tmp_path), "DATABASE_URL": database_url, "MMS_ALLOW_PRIVATE_MEDIA": "true"}
    )


def _verdicts_of_before(checked, content, seconds, **changes):
    """Findings of a pre-flight that was made so many seconds ago, when the picture may still have been there."""
    findings = check_campaign_media(checked, content.template, allow_private=True)
    then = datetime.now(UTC) - timedelta(seconds=seconds)
    old = {url: replace(verdict, checked_at=then, **changes) for url, verdict in findings.verdicts.items()}
    return MediaFindings(old)


def _state(ledger, campaign_id):
    with ledger.read() as connection:
        now = campaign(connection, campaign_id)
    return now.state, now.reason_code


@pytest.mark.parametrize(
    ("age", "look", "launched", "looked_at"),
    [
        pytest.param(
            *(5, True, (CampaignState.RUNNING, None), (CampaignState.RUNNING, None)),
            id="seen just now",
        ),
        pytest.param(
            *(
                600,
                True,
                (CampaignState.SCHEDULED, Reason.PICTURES),
                (CampaignState.STOPPED, "media"),
            ),
            id="seen ten minutes ago, gone since",
        ),
        pytest.param(
            *(600, False, (CampaignState.RUNNING, None), (CampaignState.RUNNING, None)),
            id="not to be looked at",
        ),
    ],
)
def test_a_send_now_starts_on_pictures_that_were_just_looked_at(
    open_settings, ledger, pictures, age, look, launched, looked_at
):
    content = Content("Hi", (f"{pictures}/gone.png",))
    checked = checked_list(open_settings, ledger, "Mobile\n2025550101\n", content)
    findings = _verdicts_of_before(checked, content, age, ok=True)
    made = launch(ledger, checked, content, said(name="Now", check_media=look), findings=findings)
    assert _state(ledger, made) == launched
    check_due_pictures(ledger, open_settings)
    assert _state(ledger, made) == looked_at


def _end(ledger, campaign_id):
    with ledger.write() as connection:
        connection.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(state=CampaignState.FINISHED))


def test_a_queued_campaign_is_looked_at_when_its_turn_comes(open_settings, ledger, pictures):
    content = Content("Hi", (f"{pictures}/good.png",))
    checked = checked_list(open_settings, ledger, "Mobile\n2025550101\n", content)
    findings = _verdicts_of_before(checked, content, 5)
    first, second, third = (
        launch(ledger, checked, content, said(name=key, check_media=True), findings=findings, key=key) for key in "abc"
    )
    check_due_pictures(ledger, open_settings)
    assert [_state(ledger, one)[1] for one in (first, second, third)] == [None, Reason.PICTURES, Reason.PICTURES]
    _end(ledger, first)
    check_due_pictures(ledger, open_settings)
    assert [_state(ledger, one)[1] for one in (second, third)] == ["queued", Reason.PICTURES]
    with ledger.read() as connection:
        found = live_campaigns(connection, campaign(connection, first).sender_id, 0)
    assert [one.id for one in found if one.may_send] == [second]


@pytest.mark.parametrize(
    ("stopped_by", "picture"),
    [
        pytest.param({"state": "paused", "reason_code": "missed_start"}, "good.png", id="a start that was missed"),
        pytest.param({"state": "stopped", "reason_code": "media"}, "good.png", id="a picture that was broken"),
    ],
)
def test_resume_looks_at_the_pictures_before_the_start(open_settings, ledger, pictures, stopped_by, picture):
    made = _scheduled(open_settings, ledger, Content("Hi", (f"{pictures}/{picture}",)), "Mobile\n2025550101\n", 3600)
    with ledger.write() as connection:
        this = campaigns.c.id == made
        connection.execute(update(campaigns).where(this).values(**stopped_by, start_at=1.0))
    controls.resume(ledger, made, by=LOCAL_ADMIN)
    assert _state(ledger, made) == (CampaignState.SCHEDULED, Reason.PICTURES)
    check_due_pictures(ledger, open_settings)
    assert _state(ledger, made) == (CampaignState.SCHEDULED, "queued")


def test_a_retry_looks_at_the_pictures_again(open_settings, ledger, pictures):
    content = Content("Hi", (f"{pictures}/gone.png",))
    checked = checked_list(open_settings, ledger, "Mobile\n2025550101\n", content)
    findings = _verdicts_of_before(checked, content, 5, ok=True)
    first = launch(ledger, checked, content, said(name="First", check_media=True), findings=findings)
    with ledger.write() as connection:
        failed = {"state": "undelivered", "error_code": 30003}
        connection.execute(update(rows).where(rows.c.campaign_id == first).values(**failed))
    _end(ledger, first)
    again = retry_campaign(ledger, first, by=LOCAL_ADMIN)
    assert _state(ledger, again) == (CampaignState.SCHEDULED, Reason.PICTURES)
    check_due_pictures(ledger, open_settings)
    assert _state(ledger, again) == (CampaignState.STOPPED, "media")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param("", None, id="no text"),
        pytest.param("Hi", "media_too_large", id="two letters too many"),
    ],
)
def test_the_text_counts_in_the_size_of_the_message(settings, ledger, body, code):
    url = "https://example.com/full.mp4"
    content = Content(body, (url,))
    checked = checked_list(settings, ledger, "Mobile\n2025550101\n", content)
    full = MediaVerdict(
        url, url, (), True, None, "", None, "video/mp4", "video/mp4", 5_000_000, False, datetime.now(UTC), None, None
    )
    findings = check_campaign_media(checked, content.template, allow_private=False, known={url: full})
    assert [one.code for one in findings.for_all] == ([code] if code else [])


@pytest.mark.parametrize(
    ("messages", "refused"),
    [
        pytest.param(10, False, id="the link outlives the send and Twilio's queue"),
        pytest.param(100_000, True, id="the link ends before the last message may go out"),
    ],
)
def test_a_link_must_outlive_the_send(settings, ledger, pictures, messages, refused):
    ends = int((datetime.now(UTC) + timedelta(hours=20)).timestamp())
    signed = f"{pictures}/good.png?Expires={ends}&Signature=x&Key-Pair-Id=y"
    content = Content("Hi", (signed,))
    checked = checked_list(settings, ledger, "Mobile\n2025550101\n", content)
    seen = check_campaign_media(checked, content.template, allow_private=True)
    findings = good_until(seen, content.template, straight_end(messages, rate=1))
    assert [one.code for one in findings.for_all] == (["media_expires"] if refused else [])


def test_a_link_that_ends_too_soon_is_found_before_a_scheduled_start(open_settings, ledger, pictures):
    ends = int((datetime.now(UTC) + timedelta(hours=5)).timestamp())
    signed = f"{pictures}/good.png?Expires={ends}&Signature=x&Key-Pair-Id=y"
    made = _scheduled(open_settings, ledger, Content("Hi", (signed,)), "Mobile\n2025550101\n", 30)
    check_due_pictures(ledger, open_settings)
    assert _state(ledger, made) == (CampaignState.STOPPED, "media")


@pytest.mark.parametrize(("any_hour", "waits"), [(False, True), (True, False)], ids=["quiet hours", "any hour"])
def test_the_end_of_a_send_knows_quiet_hours(ledger, any_hour, waits):
    three_at_night = 1_795_507_200.0  # 2026-11-24 08:00 UTC, 3:00 in Washington
    end = send_end(ledger, ["+12025550101"], rate=1, start_at=three_at_night, any_hour=any_hour)
    assert (end.timestamp() > three_at_night + 3600) is waits
