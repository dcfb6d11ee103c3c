"""Picture templates and coupon pools over HTTP, and a campaign that draws a picture for each person."""

import pytest
import requests

from mms.campaigns.pictures.drawn_pictures import DrawnPictures
from mms.ledger.tables import coupon_codes, coupon_pools, picture_templates, rows
from mms.media.store.picture_store import FolderStore
from mms.picture_templates.drawn_folder import drawn_folder
from tests.coupons.giving_tools import coupon_template

KEY = {"Authorization": "Bearer correct horse battery staple"}


def call(installation, method, path, **options):
    installation.context.rate_limit._free_at.clear()
    return requests.request(method, installation.url + path, headers=KEY, timeout=120, **options)


@pytest.fixture
def with_template(quick):
    coupon_template(quick.ledger, codes=3)
    yield quick
    with quick.ledger.write() as connection:
        for table in (coupon_codes, coupon_pools, picture_templates):
            connection.execute(table.delete())


def test_templates_and_pools_are_shown_and_codes_added_once(with_template):
    (one,) = call(with_template, "GET", "/picture-templates").json()
    assert (one["name"], one["version"], one["columns"], one["coupon_pool"]) == (
        "Coupon",
        1,
        ["Name", "coupon"],
        "Spring",
    )
    codes = {"name": "Spring", "codes": ["NEW-1", " NEW-1", "NEW-2", "CODE-0000"]}
    added = call(with_template, "POST", "/coupon-pools", json=codes)
    assert added.status_code == 201, added.text
    assert {name: added.json()[name] for name in ("added", "known", "left")} == {"added": 2, "known": 2, "left": 5}
    assert call(with_template, "POST", "/coupon-pools", json=codes).json()["added"] == 0
    assert [one["left"] for one in call(with_template, "GET", "/coupon-pools").json()] == [5]


def test_a_pool_is_found_again_in_any_case_of_any_letter(with_template):
    for name in ("Ärzte", "ärzte"):
        answer = call(with_template, "POST", "/coupon-pools", json={"name": name, "codes": ["ONE"]})
        assert answer.status_code == 201, answer.text
    assert len(call(with_template, "GET", "/coupon-pools").json()) == 2


def test_a_campaign_draws_a_picture_for_each_and_names_who_cannot_get_one(with_template):
    asked = {
        "name": "Coupons",
        "body": "Your code: {coupon}",
        "pictureTemplate": "Coupon",
        "recipients": [{"Phone": "+12025550161", "Name": "Ana"}, {"Phone": "+12025550162", "Name": "x" * 300}],
        "anyHour": True,
    }
    refused = call(with_template, "POST", "/campaigns", json=asked)
    assert refused.status_code == 422
    assert [one["code"] for one in refused.json()["problems"]] == ["picture_text_too_long"]
    made = call(with_template, "POST", "/campaigns", json={**asked, "skipProblems": True})
    assert made.status_code == 201, made.text
    with with_template.ledger.read() as connection:
        found = connection.execute(rows.select().where(rows.c.campaign_id == made.json()["id"])).all()
    drawn = DrawnPictures(with_template.ledger, FolderStore(drawn_folder(with_template.context.settings)))
    assert [bool(drawn.read(one.picture)) for one in found if one.picture] == [True]
    assert [one.problem for one in found] == [None, "picture_text_too_long"]


def test_too_few_codes_and_an_unknown_template_are_said_before_anything_is_written(with_template):
    four = [{"Phone": f"+1202555016{at}", "Name": "Ana"} for at in range(4)]
    asked = {"name": "Coupons", "body": "Hi", "recipients": four}
    few = call(with_template, "POST", "/campaigns", json={**asked, "pictureTemplate": "Coupon"})
    unknown = call(with_template, "POST", "/campaigns", json={**asked, "pictureTemplate": "Other"})
    assert (few.status_code, few.json()["code"]) == (422, "coupon_pool_empty")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no_such_picture_template")
