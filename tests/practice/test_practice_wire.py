"""Twilio's own SDK works against the stand-in as against Twilio."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from mms.practice.account import API_KEY_SID, MAIN, POOL, TEXT_ONLY, VOICE_ONLY

TO = "+19075550150"  # always delivered
PICTURE = "https://example.com/sale.png"


def create(twilio, **fields):
    return twilio.messages.create(**{"to": TO, "from_": MAIN.number, "body": "Hello", **fields})


def test_create_answers_with_the_whole_resource(server, post):
    answer = post(MediaUrl=[PICTURE, "https://example.com/b.gif"])
    message = answer.json()
    assert answer.status_code == 201
    assert re.fullmatch(r"MM[0-9a-f]{32}", message.pop("sid"))
    assert datetime.strptime(message.pop("date_created"), "%a, %d %b %Y %H:%M:%S %z").utcoffset() == timedelta(0)
    message.pop("date_updated"), message.pop("uri"), message.pop("subresource_uris")
    assert message == {
        "account_sid": server.address.account_sid,
        "api_version": "2010-04-01",
        "body": "Hello",
        "date_sent": None,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": MAIN.number,
        "messaging_service_sid": None,
        "num_media": "2",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "status": "queued",
        "to": TO,
    }


def test_answers_carry_twilios_headers(post):
    headers = post().headers
    assert re.fullmatch(r"RQ[0-9a-f]{32}", headers["Twilio-Request-Id"])
    assert headers["Twilio-Concurrent-Requests"] == "1"


@pytest.mark.parametrize(
    ("fields", "prefix", "segments"),
    [
        pytest.param({"body": "x" * 160}, "SM", "1", id="one text"),
        pytest.param({"body": "x" * 161}, "SM", "2", id="two texts"),
        pytest.param({"body": "é" * 160}, "SM", "1", id="accents of the basic table"),
        pytest.param({"body": "€" * 81}, "SM", "2", id="characters that count twice"),
        pytest.param({"body": "ё" * 70}, "SM", "1", id="another alphabet"),
        pytest.param({"body": "😀" * 36}, "SM", "2", id="emoji"),
        pytest.param({"media_url": [PICTURE], "body": "x" * 900}, "MM", "1", id="picture"),
        pytest.param({"send_as_mms": True}, "MM", "1", id="text sent as MMS"),
    ],
)
def test_kind_and_segments_follow_the_content(twilio, fields, prefix, segments):
    message = create(twilio, **fields)
    assert (message.sid[:2], message.num_segments) == (prefix, segments)


# twilio 9.13 signs in the way that aiohttp 3.14 wants to give up
@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:The 'auth' parameter is deprecated:DeprecationWarning")
def test_async_client_creates(server):
    async def send() -> str:
        async with AsyncTwilioHttpClient() as http:
            client = Client(*server.address.auth, http_client=http)
            client.api.base_url = server.address.base_url
            return (await client.messages.create_async(to=TO, from_=MAIN.number, body="Hello")).status

    assert asyncio.run(send()) == "queued"


def test_message_moves_on_to_its_end(twilio):
    message = create(twilio, media_url=[PICTURE]).fetch()
    assert (message.status, message.price, message.error_code) == ("delivered", "-0.02200", None)
    assert message.date_sent >= message.date_created


def test_message_waits_its_time(server, twilio):
    server.remote.set_time_scale(1000)
    message = create(twilio).fetch()
    assert (message.status, message.date_sent, message.price) == ("queued", None, None)


def test_failure_has_code_and_text(twilio):
    message = create(twilio, to="+19075550165").fetch()
    assert (message.status, message.error_code) == ("undelivered", 30005)
    assert message.error_message


def test_service_chooses_the_sender_later(server, twilio):
    server.remote.set_time_scale(1000)
    message = create(twilio, from_=None, messaging_service_sid=POOL.sid)
    assert (message.status, message.from_, message.num_segments) == ("accepted", None, "0")
    server.remote.set_time_scale(0)
    message = create(twilio, from_=None, messaging_service_sid=POOL.sid).fetch()
    assert message.from_ in {n.number for n in POOL.numbers}
    assert message.messaging_service_sid == POOL.sid


def test_number_as_people_write_it_is_brought_to_e164(twilio):
    assert create(twilio, to="(907) 555-0150").to == TO


def test_media_of_a_message(twilio):
    media = create(twilio, media_url=[PICTURE, "https://example.com/b.jpg"]).media.list()
    assert [m.content_type for m in media] == ["image/png", "image/jpeg"]


def test_body_can_be_redacted(twilio):
    message = create(twilio)
    assert message.update(body="").body == ""
    assert message.fetch().body == ""


def test_scheduled_message_can_be_cancelled_once(twilio):
    at = datetime.now(UTC) + timedelta(hours=1)
    fields = {"from_": None, "messaging_service_sid": POOL.sid, "schedule_type": "fixed", "send_at": at}
    message = create(twilio, **fields)
    assert message.status == "scheduled"
    assert message.update(status="canceled").status == "canceled"
    assert message.fetch().status == "canceled"
    with pytest.raises(TwilioRestException) as refused:
        message.update(status="canceled")
    assert (refused.value.status, refused.value.code) == (409, 30409)


def test_message_under_way_cannot_be_deleted(server, twilio):
    server.remote.set_time_scale(1000)
    with pytest.raises(TwilioRestException) as refused:
        create(twilio).delete()
    assert refused.value.code == 20009


def test_deleted_message_is_gone(twilio):
    message = create(twilio)
    assert message.delete()
    with pytest.raises(TwilioRestException) as refused:
        message.fetch()
    assert (refused.value.status, refused.value.code) == (404, 20404)


def test_account_and_capabilities(twilio, server):
    assert twilio.api.accounts(server.address.account_sid).fetch().status == "active"
    can = {n.phone_number: (n.capabilities["sms"], n.capabilities["mms"]) for n in twilio.incoming_phone_numbers.list()}
    assert can[MAIN.number] == (True, True)
    assert can[TEXT_ONLY.number] == (True, False)
    assert can[VOICE_ONLY.number] == (False, False)


def test_number_is_found_by_the_number(twilio):
    (found,) = twilio.incoming_phone_numbers.list(phone_number=MAIN.number)
    assert twilio.incoming_phone_numbers(found.sid).fetch().phone_number == MAIN.number


def test_services_and_their_pools(twilio, server):
    assert {s.sid for s in twilio.messaging.v1.services.list()} >= {POOL.sid}
    pool = twilio.messaging.v1.services(server.address.messaging_service_sid)
    assert pool.fetch().friendly_name == POOL.name
    assert [n.capabilities for n in pool.phone_numbers.list()] == [["MMS", "SMS", "Voice"]] * 2


@pytest.mark.parametrize(
    ("user", "password"),
    [
        pytest.param(None, None, id="nobody"),
        pytest.param("right", "wrong", id="wrong token"),
        pytest.param("AC" + "0" * 32, "right", id="another account"),
    ],
)
def test_wrong_credentials_are_refused(server, user, password):
    address = server.address
    named = {"right": address.account_sid}.get(user, user), {"right": address.auth_token}.get(password, password)
    answer = requests.get(f"{address.base_url}/practice/messages", auth=named if user else None, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


def test_api_key_signs_in_with_the_account_in_the_path(server):
    client = Client(API_KEY_SID, server.address.auth_token, server.address.account_sid)
    client.api.base_url = server.address.base_url
    assert create(client).status == "queued"


def test_unknown_path_is_refused_as_twilio_does(server):
    answer = requests.get(f"{server.address.base_url}/2010-04-01/Nothing", auth=server.address.auth, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


def test_unknown_method_is_refused_as_twilio_does(server):
    url = f"{server.address.base_url}/v1/Services"
    assert requests.put(url, auth=server.address.auth, timeout=10).json()["code"] == 20004


def test_list_pages_have_every_message_once_newest_first(server, twilio):
    sids = [create(twilio).sid for _ in range(7)]
    found = twilio.messages.list(page_size=3)
    assert sorted(m.sid for m in found) == sorted(sids)
    assert [m.date_sent for m in found] == sorted((m.date_sent for m in found), reverse=True)


def test_new_messages_do_not_shift_the_next_page(twilio):
    sids = [create(twilio).sid for _ in range(4)]
    pages = twilio.messages.stream(page_size=2)
    seen = [next(pages).sid for _ in range(2)]
    create(twilio)
    assert sorted(seen + [m.sid for m in pages]) == sorted(sids)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        pytest.param({"to": TO}, True, id="to"),
        pytest.param({"to": "+19075550151"}, False, id="to another"),
        pytest.param({"from_": MAIN.number}, True, id="from"),
        pytest.param({"from_": TEXT_ONLY.number}, False, id="from another"),
        pytest.param({"date_sent": 0}, True, id="today"),
        pytest.param({"date_sent": -1}, False, id="yesterday"),
        pytest.param({"date_sent_after": 0}, True, id="since today"),
        pytest.param({"date_sent_after": 1}, False, id="since tomorrow"),
        pytest.param({"date_sent_before": 0}, True, id="up to today"),
        pytest.param({"date_sent_before": -1}, False, id="up to yesterday"),
    ],
)
def test_list_filters(twilio, filters, found):
    message = create(twilio)
    sent = message.fetch().date_sent
    days = {k: sent + timedelta(days=v) if isinstance(v, int) else v for k, v in filters.items()}
    assert [m.sid for m in twilio.messages.list(**days)] == ([message.sid] if found else [])


def test_message_not_sent_yet_is_in_no_day(server, twilio):
    server.remote.set_time_scale(1000)
    message = create(twilio)
    assert twilio.messages.list(date_sent_after=datetime(2026, 1, 1, tzinfo=UTC)) == []
    assert [m.sid for m in twilio.messages.list(to=TO)] == [message.sid]


@pytest.mark.parametrize("query", ["PageSize=0", "PageSize=ten", "DateSent=soon", "PageToken=PAnonsense", "Page=-1"])
def test_unreadable_list_query_is_refused(server, query):
    address = server.address
    url = f"{address.base_url}/2010-04-01/Accounts/{address.account_sid}/Messages.json?{query}"
    assert requests.get(url, auth=address.auth, timeout=10).json()["code"] == 20001


def test_reads_are_counted(server, twilio):
    create(twilio).fetch()
    twilio.messages.list(limit=5)
    assert server.remote.calls() == {"fetch": 1, "list": 1}


def test_failing_list_is_an_error_for_the_sdk(server, twilio):
    server.remote.set_faults(lists_failing=1.0)
    with pytest.raises(TwilioException):
        twilio.messages.list(limit=5)
