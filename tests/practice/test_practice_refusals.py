"""What Twilio refuses when asked to create a message, with the same code."""

import pytest

from mms.practice.account import OTHER_ACCOUNTS_NUMBER, SERVICES, TEXT_ONLY, VOICE_ONLY, Service

BY_NAME: dict[str, Service] = {service.name: service for service in SERVICES.values()}
POOL, EMPTY, TEXTS = (BY_NAME[n].sid for n in ("Practice service", "Service without senders", "Service without MMS"))
PICTURE = "https://example.com/a.png"
SERVICE_ONLY = {"From": None, "MessagingServiceSid": POOL}

REFUSED = [
    pytest.param({"To": None}, 21604, id="no recipient"),
    pytest.param({"To": ""}, 21604, id="empty recipient"),
    pytest.param({"From": None}, 21603, id="no sender"),
    pytest.param({"Body": None}, 21602, id="no content"),
    pytest.param({"Body": "", "MediaUrl": ""}, 21602, id="empty content"),
    pytest.param({"To": "+1907555"}, 21211, id="too short"),
    pytest.param({"To": "hello"}, 21211, id="no number"),
    pytest.param({"To": "+11155550100"}, 21211, id="area code cannot exist"),
    pytest.param({"To": "+0123456789"}, 21211, id="no such country code"),
    pytest.param({"To": "12345"}, 21265, id="short code"),
    pytest.param({"To": "+19075550190"}, 21266, id="own number"),
    pytest.param({"To": "+5511955550100"}, 21408, id="country not opened"),
    pytest.param({"To": "whatsapp:+19075550150"}, 21910, id="another channel"),
    pytest.param({"From": "+1999"}, 21212, id="sender is no number"),
    pytest.param({"From": "ACME"}, 21212, id="a name as sender"),
    pytest.param({"From": "+19075550151"}, 21659, id="sender not at Twilio"),
    pytest.param({"From": OTHER_ACCOUNTS_NUMBER}, 21660, id="sender of another account"),
    pytest.param({"From": VOICE_ONLY.number}, 21661, id="sender cannot text"),
    pytest.param({"From": TEXT_ONLY.number, "MediaUrl": PICTURE}, 21621, id="sender cannot send pictures"),
    pytest.param({"From": None, "MessagingServiceSid": "MG1"}, 21705, id="service malformed"),
    pytest.param({"From": None, "MessagingServiceSid": "MG" + "0" * 32}, 21701, id="service unknown"),
    pytest.param({"From": None, "MessagingServiceSid": EMPTY}, 21704, id="service without senders"),
    pytest.param({"From": None, "MessagingServiceSid": TEXTS, "MediaUrl": PICTURE}, 21703, id="service without MMS"),
    pytest.param({"From": TEXT_ONLY.number, "MessagingServiceSid": POOL}, 21711, id="sender not in the service"),
    pytest.param({"Body": "x" * 1601}, 21617, id="text too long"),
    pytest.param({"Body": "😀" * 801}, 21617, id="emoji count twice"),
    pytest.param({"MediaUrl": [PICTURE] * 11}, 21623, id="eleven pictures"),
    pytest.param({"MediaUrl": "ftp://example.com/a.png"}, 21620, id="picture not on the web"),
    pytest.param({"MediaUrl": "a.png"}, 21620, id="picture without address"),
    pytest.param({"MediaUrl": [PICTURE, "https://"]}, 21620, id="second picture without host"),
    pytest.param({"MediaUrl": "https://[::1"}, 21620, id="picture's host malformed"),
    pytest.param({"StatusCallback": "example.com/cb"}, 21609, id="callback without scheme"),
    pytest.param({"StatusCallback": "https://my_host.example/cb"}, 21609, id="callback host with underscore"),
    pytest.param({"ValidityPeriod": "0"}, 21624, id="no time to wait"),
    pytest.param({"ValidityPeriod": "36001"}, 21624, id="more than ten hours to wait"),
    pytest.param({"ValidityPeriod": "soon"}, 21624, id="time to wait in words"),
    pytest.param({"ContentVariables": "{}"}, 21654, id="variables without template"),
    pytest.param({"ContentSid": "HX1"}, 21655, id="unknown template"),
    pytest.param({"ContentSid": "HX1", "ContentVariables": "x"}, 21656, id="variables not JSON"),
    pytest.param({**SERVICE_ONLY, "ScheduleType": "later"}, 35126, id="unknown schedule"),
    pytest.param({"ScheduleType": "fixed", "SendAt": "2030-01-01T00:00:00Z"}, 35118, id="schedule without service"),
    pytest.param({**SERVICE_ONLY, "ScheduleType": "fixed"}, 35111, id="schedule without time"),
    pytest.param({**SERVICE_ONLY, "ScheduleType": "fixed", "SendAt": "2020-01-01T00:00:00Z"}, 35114, id="past time"),
    pytest.param({**SERVICE_ONLY, "ScheduleType": "fixed", "SendAt": "noon"}, 35114, id="unreadable time"),
    # Twilio's magic numbers
    pytest.param({"From": "+15005550001"}, 21212, id="magic sender invalid"),
    pytest.param({"From": "+15005550007"}, 21606, id="magic sender not owned"),
    pytest.param({"From": "+15005550008"}, 21611, id="magic sender with full queue"),
    pytest.param({"To": "+15005550001"}, 21211, id="magic recipient invalid"),
    pytest.param({"To": "+15005550002"}, 21612, id="magic recipient without route"),
    pytest.param({"To": "+15005550003"}, 21408, id="magic recipient abroad"),
    pytest.param({"To": "+15005550004"}, 21610, id="magic recipient opted out"),
    pytest.param({"To": "+15005550009"}, 21614, id="magic recipient landline"),
    # Practice numbers
    pytest.param({"To": "+19075550170"}, 21610, id="practice recipient opted out"),
    pytest.param({"To": "+19075550171"}, 21211, id="practice recipient invalid"),
    pytest.param({"To": "+19075550172"}, 21612, id="practice recipient without route"),
    pytest.param({"To": "+19075550173"}, 21408, id="practice recipient abroad"),
    pytest.param({"To": "+19075550174"}, 21614, id="practice recipient not mobile"),
    pytest.param({"To": "+19075550175"}, 21635, id="practice recipient landline"),
]

TAKEN = [
    pytest.param({}, id="plain text"),
    pytest.param({"Body": "x" * 1600}, id="longest text"),
    pytest.param({"Body": None, "MediaUrl": [PICTURE] * 10}, id="ten pictures and no text"),
    pytest.param({"MediaUrl": "http://127.0.0.1:8501/a.png"}, id="picture on this computer"),
    pytest.param({"To": "+447700900100"}, id="an opened country"),
    pytest.param({"To": "+1 (907) 555-0150"}, id="decorated number"),
    pytest.param({"From": "+15005550006"}, id="magic sender"),
    pytest.param({"From": TEXT_ONLY.number}, id="text from a number without MMS"),
    pytest.param(SERVICE_ONLY, id="service"),
    pytest.param({"MessagingServiceSid": POOL}, id="service and a number of its pool"),
    pytest.param({"ValidityPeriod": "36000"}, id="ten hours to wait"),
    pytest.param({"StatusCallback": "https://example.com/cb?row=7#rc=3"}, id="callback with fragment"),
    pytest.param({"Nonsense": "1"}, id="unknown parameters are ignored"),
]


@pytest.mark.parametrize(("fields", "code"), REFUSED)
def test_create_is_refused_for_the_right_reason(post, server, fields, code):
    answer = post(**fields)
    error = answer.json()
    assert (error["code"], error["status"]) == (code, answer.status_code)
    assert error["more_info"].endswith(f"/{code}")
    assert error["message"]
    assert [(r["status"], r["code"], r["sid"]) for r in server.remote.requests()] == [(error["status"], code, None)]
    assert server.remote.messages()["total"] == 0


@pytest.mark.parametrize("fields", TAKEN)
def test_create_is_taken(post, server, fields):
    answer = post(**fields)
    assert answer.status_code == 201
    assert [r["sid"] for r in server.remote.requests()] == [answer.json()["sid"]]


@pytest.mark.parametrize("number", ["+15005550004", "+19075550170"])
def test_opt_out_with_a_service_fails_after_the_201(post, twilio, number):
    message = twilio.messages(post(To=number, **SERVICE_ONLY).json()["sid"]).fetch()
    assert (message.status, message.error_code, message.price) == ("failed", 21610, None)
