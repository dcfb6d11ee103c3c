"""Lists, segments and recurring sends over HTTP."""

import pytest
import requests

from mms.lists.conditions import Asks, Condition
from mms.lists.merging import save_new_list
from mms.lists.saved_lists import delete_list
from mms.lists.segments import save_segment
from mms.recipients import CheckOptions, check, read_upload
from mms.roles import LOCAL_ADMIN

KEY = {"Authorization": "Bearer correct horse battery staple"}
MONTHLY = {
    "name": "Offer",
    "list": "Members",
    "every": "month",
    "day": 31,
    "at": "10:00",
    "zone": "America/New_York",
    "messages": [{"body": "Hi {Name}"}],
}


@pytest.fixture
def members(quick):
    upload = read_upload(b"Name,Mobile\nAna,+12025550191\nBen,+12025550192\n", file_name="members.csv")
    checked = check(upload, CheckOptions(phone_column="Mobile", allow_fictional=True))
    list_id = save_new_list(quick.ledger, checked, "Members", by=LOCAL_ADMIN)
    save_segment(quick.ledger, "Ana", list_id, [Condition(Asks.COLUMN_IS, "Name", "Ana")], by=LOCAL_ADMIN)
    yield quick
    delete_list(quick.ledger, list_id, by=LOCAL_ADMIN)


def call(installation, method, path, **options):
    installation.context.rate_limit._free_at.clear()
    return requests.request(method, installation.url + path, headers=KEY, timeout=30, **options)


def test_lists_and_segments_are_shown(members):
    (one,) = call(members, "GET", "/lists").json()
    assert (one["name"], one["people"], one["phone_column"]) == ("Members", 2, "Mobile")
    (one,) = call(members, "GET", "/segments").json()
    assert (one["name"], one["list"], one["people"], one["reachable"]) == ("Ana", "Members", 1, 1)


def test_it_is_set_up_steered_and_deleted(members):
    answer = call(members, "POST", "/recurring", json=MONTHLY)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    path = f"/recurring/{made['id']}"
    assert (made["state"], made["list"], made["day"], made["runs"]) == ("active", "Members", 31, [])
    assert call(members, "POST", f"{path}/pause").json()["state"] == "paused"
    assert call(members, "POST", f"{path}/resume").json()["state"] == "active"
    assert made["id"] in [one["id"] for one in call(members, "GET", "/recurring").json()]
    assert call(members, "DELETE", path).status_code == 204
    assert call(members, "GET", path).status_code == 404


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"list": "Nobody"}, 404),
        ({"segment": "Ana"}, 400),
        ({"every": "year"}, 422),
        ({"start": "2099-01-01T10:00:00Z"}, 400),
        ({"every": None, "start": "2001-01-01T10:00:00Z"}, 422),
        ({"messages": []}, 400),
        ({"messages": [{"body": " "}]}, 422),
        ({"day": 40}, 400),
        ({"other": 1}, 400),
    ],
)
def test_what_is_wrong_is_named(members, changes, status):
    answer = call(members, "POST", "/recurring", json={**MONTHLY, **changes})
    assert (answer.status_code, answer.json()["success"]) == (status, False), answer.text
    assert call(members, "GET", "/recurring").json() == []


def test_a_join_word_is_added_listed_and_deleted(members):
    assert call(members, "POST", "/join-words", json={"word": "STOP", "list": "Members"}).status_code == 422
    answer = call(members, "POST", "/join-words", json={"word": "join", "list": "Members", "ask": None})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["word"], made["list"], made["joined"]) == ("JOIN", "Members", 0)
    assert call(members, "POST", "/join-words", json={"word": "JOIN", "list": "Members"}).status_code == 409
    assert [one["id"] for one in call(members, "GET", "/join-words").json()] == [made["id"]]
    assert call(members, "DELETE", f"/join-words/{made['id']}").status_code == 204
    assert call(members, "DELETE", f"/join-words/{made['id']}").status_code == 404
