"""Campaigns over HTTP, from outside: made, steered, reported, and what keeps one from going out."""

import csv
import io
import time
import uuid
from datetime import UTC, datetime

import pytest
import requests
from http_tools import until

from mms.http.routes import campaigns as routes
from mms.ledger import opt_outs
from mms.opt_outs.replies import Inbound, receive

KEY = {"Authorization": "Bearer correct horse battery staple"}
PEOPLE = [{"Phone": "+12025550123", "Name": "Ada"}, {"Phone": "(202) 555-0124", "Name": "Grace"}]


def post(installation, path="/campaigns", *, headers=None, **options):
    return requests.post(installation.url + path, headers={**KEY, **(headers or {})}, timeout=60, **options)


def campaign(text, **fields):
    return {"body": text, "recipients": PEOPLE, **fields}


def ended(installation, campaign_id):
    installation.context.rate_limit._free_at.clear()
    return installation.get(f"/campaigns/{campaign_id}").json()["state"] in {"finished", "canceled", "stopped"}


def test_campaign_of_rows_is_checked_sent_and_reported(quick):
    text = f"Hi {{Name}}, {uuid.uuid4()}"
    answer = post(quick, json=campaign(text, name="Spring", reference="spring-1"))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["Location"] == f"/campaigns/{made['id']}"
    assert (made["name"], made["rows"], sum(made["counts"].values())) == ("Spring", 2, 2)
    until(lambda: ended(quick, made["id"]))
    assert len(quick.arrived(text.replace("{Name}", "Ada"))) == 1
    assert len(quick.arrived(text.replace("{Name}", "Grace"))) == 1
    report = list(
        csv.DictReader(io.StringIO(quick.get(f"/campaigns/{made['id']}/report.csv").content.decode("utf-8-sig")))
    )
    assert [(row["Name"], row["row"], row["to"]) for row in report] == [
        ("Ada", "2", "+12025550123"),
        ("Grace", "3", "+12025550124"),
    ]
    assert made["id"] in [one["id"] for one in quick.get("/campaigns").json()]
    assert len(quick.get("/messages?reference=spring-1").json()["messages"]) == 2


def test_campaign_tells_the_callers_own_name_and_is_found_by_it_and_by_its_key(quick):
    own, key = f"own {uuid.uuid4()}", str(uuid.uuid4())
    made = post(quick, json=campaign(f"named {own}", reference=own), headers={"Idempotency-Key": key}).json()
    assert made["reference"] == own
    assert quick.get(f"/campaigns/{made['id']}").json()["reference"] == own
    for query in ({"reference": own}, {"idempotencyKey": key}):
        assert [one["id"] for one in quick.get("/campaigns", params=query).json()] == [made["id"]]
        listed = quick.get("/messages", params=query).json()["messages"]
        assert {one["campaign_id"] for one in listed} == {made["id"]}
    other = post(quick, json=campaign(f"nameless {own}")).json()
    assert "reference" not in quick.get(f"/campaigns/{other['id']}").json()


@pytest.mark.parametrize("name", ["6" * 30, "0", "-1", "abc", "2147483647"])
def test_number_that_no_campaign_has_is_not_found(quick, name):
    assert quick.get(f"/campaigns/{name}").status_code == 404
    assert quick.get(f"/recurring/{name}").status_code == 404
    assert post(quick, f"/campaigns/{name}/pause").status_code == 404


def test_rows_come_page_by_page(quick, monkeypatch):
    monkeypatch.setattr(routes, "_PAGE", 2)
    people = [{"Phone": f"+120255501{number:02}"} for number in range(5)]
    made = post(quick, json={"body": f"paged {uuid.uuid4()}", "recipients": people}).json()
    seen, cursor = [], ""
    while cursor is not None:
        page = quick.get(f"/campaigns/{made['id']}/rows{cursor and f'?cursor={cursor}'}").json()
        seen += [(row["row"], row["to"], row["columns"]["Phone"]) for row in page["rows"]]
        cursor = page["next"]
    assert seen == [(number + 2, person["Phone"], person["Phone"]) for number, person in enumerate(people)]


def test_people_may_come_as_csv_with_the_rest_as_query(quick):
    text = f"csv {uuid.uuid4()}"
    answer = post(
        quick,
        params={"body": text, "name": "From CSV"},
        data=b"Mobile;First\n+12025550123;Ada\n",
        headers={"Content-Type": "text/csv"},
    )
    assert (answer.status_code, answer.json().get("name")) == (201, "From CSV"), answer.text
    until(lambda: len(quick.arrived(text)) == 1)


def test_rows_to_mend_are_answered_like_check(quick):
    rows = [*PEOPLE, {"Phone": "12", "Name": "Nobody"}]
    answer = post(quick, json=campaign(f"mend {uuid.uuid4()}", recipients=rows))
    said = answer.json()
    assert (answer.status_code, said["success"], said["code"]) == (422, False, "rows_to_mend")
    assert (said["rows"], said["ready"], said["problems"][0]["row"], said["problems"][0]["code"]) == (
        3,
        2,
        4,
        "too_short",
    )
    assert said["columns"]["phone"] == "Phone"
    sent = post(quick, json=campaign(f"mend {uuid.uuid4()}", recipients=rows, skipProblems=True))
    assert (sent.status_code, sent.json()["counts"]["skipped"]) == (201, 1)


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        pytest.param({"colour": "red"}, 400, "invalid_field", id="unknown field"),
        pytest.param({"recipients": None}, 400, "missing_field", id="nobody"),
        pytest.param({"list": "Everyone"}, 400, "missing_field", id="two sources"),
        pytest.param({"recipients": []}, 422, "no_rows", id="no rows"),
        pytest.param({"recipients": [{"Name": "Ada"}]}, 422, "no_phone_column", id="no phone column"),
        pytest.param({"recipients": [{"": "1"}]}, 422, "no_header", id="a column without a name"),
        pytest.param({"recipients": None, "list": "None such"}, 404, "no_such_list", id="no such list"),
        pytest.param({"body": "{Nmae}"}, 422, "missing_columns", id="no such column"),
        pytest.param({"body": "{Name"}, 400, "template", id="brace without partner"),
        pytest.param({"at": "2020-01-01T10:00:00Z"}, 400, "invalid_field", id="in the past"),
        pytest.param({"at": "soon"}, 400, "invalid_field", id="no time"),
        pytest.param({"from": "nonsense"}, 400, "bad_sender", id="no sender"),
        pytest.param({"rate": -1}, 400, "invalid_field", id="rate"),
        pytest.param({"region": "XXX"}, 400, "invalid_field", id="region"),
    ],
)
def test_campaign_that_cannot_be_says_why(quick, fields, status, code):
    body = {name: value for name, value in campaign("Hello {Name}", **fields).items() if value is not None}
    answer = post(quick, json=body)
    assert (answer.status_code, answer.json()["code"], answer.json()["success"]) == (status, code, False), answer.text


def test_same_people_and_message_are_not_sent_to_again_unless_said(quick):
    text = f"twice {uuid.uuid4()}"
    assert post(quick, json=campaign(text)).status_code == 201
    again = post(quick, json=campaign(text))
    assert (again.status_code, again.json()["code"]) == (409, "already_sent")
    assert post(quick, json=campaign(text, allowRepeat=True)).status_code == 201


def test_idempotency_key_finds_the_first_campaign(quick):
    text, key = f"once {uuid.uuid4()}", {"Idempotency-Key": uuid.uuid4().hex}
    first, second = (post(quick, json=campaign(text), headers=key) for _ in range(2))
    assert (first.status_code, second.status_code, first.json()["id"]) == (201, 201, second.json()["id"])
    other = post(quick, json=campaign(f"other {text}"), headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


def test_campaign_is_paused_resumed_and_cancelled(quick):
    made = post(quick, json=campaign(f"later {uuid.uuid4()}", at="2090-01-01T10:00:00Z")).json()
    assert made["state"] == "scheduled"
    place = f"/campaigns/{made['id']}"
    assert post(quick, f"{place}/pause").json()["state"] == "paused"
    assert post(quick, f"{place}/resume").json()["state"] == "scheduled"
    assert post(quick, f"{place}/cancel").json()["state"] == "canceled"
    refused = post(quick, f"{place}/resume")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    nothing = post(quick, f"{place}/retry")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_retry")


@pytest.mark.parametrize("path", ["", "/rows", "/report.csv"])
def test_campaign_that_is_not_there_is_not_found(quick, path):
    answer = quick.get(f"/campaigns/999999{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_campaign")


def test_campaigns_need_the_key(quick):
    assert quick.get("/campaigns", key=None).status_code == 401
    assert requests.post(f"{quick.url}/campaigns", json={}, timeout=30).status_code == 401


def test_other_type_of_body_is_refused(quick):
    answer = post(quick, data=b"<people/>", headers={"Content-Type": "application/xml"})
    assert (answer.status_code, answer.json()["code"]) == (415, "not_json")


def test_opt_outs_are_listed_and_added(quick):
    added = post(quick, "/opt-outs", json={"to": "(202) 555-0188"})
    assert (added.status_code, added.json()["to"], added.json()["source"]) == (201, "+12025550188", "by_hand")
    assert "+12025550188" in [one["to"] for one in quick.get("/opt-outs?to=5550188").json()["opt_outs"]]
    refused = post(quick, "/opt-outs", json={"to": "nobody"})
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_number")
    assert quick.send(to="+12025550188").status_code == 422
    with quick.ledger.write() as connection:
        opt_outs.remove(connection, "+12025550188", source=opt_outs.BY_HAND, at=2.0)


def test_replies_are_listed_newest_first(quick):
    for number in range(2):
        inbound = Inbound(f"SM{number:032}", "+12025550123", "+15005550006", f"answer {number}", 0, None)
        receive(quick.ledger, inbound)
    listed = quick.get("/replies?since=2020-01-01").json()
    assert [one["body"] for one in listed["replies"][:2]] == ["answer 1", "answer 0"]
    assert listed["replies"][0]["from"] == "+12025550123"
    assert quick.get("/replies?since=2100-01-01").json() == {"replies": [], "next": None}


def _in(seconds):
    return datetime.fromtimestamp(time.time() + seconds, UTC).isoformat()


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(lambda: {"notAfter": "soon"}, id="no time"),
        pytest.param(lambda: {"notAfter": _in(-60)}, id="past"),
        pytest.param(lambda: {"notAfter": _in(30)}, id="too soon to send anything"),
        pytest.param(lambda: {"notAfter": _in(3_600), "at": _in(7_200)}, id="before its start"),
    ],
)
def test_a_last_moment_that_makes_no_sense_is_refused(quick, fields):
    answer = post(quick, json=campaign(f"never {uuid.uuid4()}", **fields()))
    assert answer.status_code == 400, answer.text
    assert "notAfter" in answer.text or answer.json()["code"] == "not_after"


def test_a_last_moment_goes_along_with_every_message(quick):
    text = f"last {uuid.uuid4()}"
    made = post(quick, json=campaign(text, notAfter=_in(1_200), anyHour=True))
    assert made.status_code == 201, made.text
    until(lambda: ended(quick, made.json()["id"]))
    sent = quick.arrived(text)
    assert len(sent) == 2
    assert all(0 < int(one["form"]["ValidityPeriod"][0]) <= 1_200 for one in sent)
