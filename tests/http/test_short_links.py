"""Short links from the message to the click: personal, 302 to their own text's link only, machines counted apart."""

import pytest
import requests
from http_tools import until
from sqlalchemy import select

from mms.ledger.row_states import annotate_rows
from mms.ledger.tables import campaigns, clicks, rows
from mms.links.clicks import MOST_A_ROW, click_counts
from mms.retention.person import erase_person, export_person
from mms.retention.purge import purge
from mms.roles import Role, User

PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) Safari/604.1"}
ADMIN = User("ada", None, Role.ADMIN)


def launched(quick, numbers, body, **fields):
    people = [{"Phone": number, "Shop": f"s{place}"} for place, number in enumerate(numbers)]
    wanted = {"name": "Links", "body": body, "recipients": people, "links": "own", "allowRepeat": True} | fields
    headers = {"Authorization": "Bearer correct horse battery staple"}
    answer = requests.post(f"{quick.url}/campaigns", json=wanted, headers=headers, timeout=30)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def sent(quick, campaign_id):
    """Its rows, once each is at Twilio, as if long enough ago that a person may have read the message."""
    query = select(rows).where(rows.c.campaign_id == campaign_id).order_by(rows.c.row_number)

    def read():
        with quick.ledger.read() as connection:
            return connection.execute(query).all()

    until(lambda: all(row.sent_at for row in read()))
    found = read()
    with quick.ledger.write() as connection:
        annotate_rows(connection, rows.c.campaign_id == campaign_id, sent_at=found[0].sent_at - 60)
    return found


def opened(quick, code, method="GET", **headers):
    return requests.request(method, f"{quick.url}/l/{code}", headers=PHONE | headers, allow_redirects=False, timeout=30)


def counts(quick, campaign_id):
    with quick.ledger.read() as connection:
        return click_counts(connection, [campaign_id])[campaign_id]


def test_each_person_gets_links_of_their_own_that_lead_to_their_own_page(quick):
    body = "Sale at https://shop.example/{Shop}. More: www.shop.example"
    campaign_id = launched(quick, ["+19075550151", "+19075550152"], body, utm={"source": "mms"})
    first, second = sent(quick, campaign_id)
    assert first.link != second.link
    text = f"Sale at {quick.url}/l/{first.link}. More: {quick.url}/l/{first.link}1"
    assert len(quick.arrived(text)) == 1

    answer = opened(quick, first.link)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "https://shop.example/s0?utm_source=mms"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert opened(quick, f"{second.link}1").headers["Location"] == "https://www.shop.example?utm_source=mms"
    assert counts(quick, campaign_id).people == 2


@pytest.mark.parametrize(
    "code",
    ["a1B2c3D4e5", "{link}2", "{link}0", "x{link}", "https:%2f%2fevil.example", "{link}?to=https://evil.example"],
    ids=["nobody's", "behind the last link", "place 0", "longer", "an address", "an address in the query"],
)
def test_no_address_but_those_of_the_text_is_ever_led_to(quick, code):
    campaign_id = launched(quick, ["+19075550153"], "https://shop.example/a https://shop.example/b")
    (row,) = sent(quick, campaign_id)
    answer = opened(quick, code.format(link=row.link))
    if answer.status_code == 302:
        assert answer.headers["Location"] == "https://shop.example/a"
    else:
        assert answer.status_code == 404
        assert "evil" not in answer.text


def test_previews_and_machines_are_counted_apart(quick):
    campaign_id = launched(quick, ["+19075550154"], "https://shop.example/a")
    (row,) = sent(quick, campaign_id)
    opened(quick, row.link)
    opened(quick, row.link)
    opened(quick, row.link, "HEAD")
    opened(quick, row.link, **{"User-Agent": "facebookexternalhit/1.1 Facebot Twitterbot/1.0"})
    opened(quick, row.link, **{"User-Agent": "curl/8"})
    found = counts(quick, campaign_id)
    assert (found.people, found.clicks, found.previews, found.robots) == (1, 2, 1, 2)


def test_whoever_opens_a_link_without_end_fills_no_book(quick):
    campaign_id = launched(quick, ["+19075550155"], "https://shop.example/a")
    (row,) = sent(quick, campaign_id)
    with requests.Session() as session:
        for _ in range(MOST_A_ROW + 20):
            session.head(f"{quick.url}/l/{row.link}", timeout=30)
    assert counts(quick, campaign_id).robots == MOST_A_ROW


def test_practice_phones_open_links_over_the_network(quick):
    """0183: the person; 0184: the preview alone; 0185: a scanner, the preview, and the person twice."""
    numbers = ["+19075550183", "+19075550184", "+19075550185", "+19075550150"]
    campaign_id = launched(quick, numbers, "https://shop.example/a")

    def all_seen():
        with quick.ledger.read() as connection:
            found = click_counts(connection, [campaign_id]).get(campaign_id)
        return found and (found.people, found.clicks, found.previews, found.robots) == (2, 3, 2, 1)

    until(all_seen)


def test_without_the_option_texts_stay_and_nothing_is_counted(quick):
    campaign_id = launched(quick, ["+19075550156"], "Plain https://shop.example/a", links=None)
    (row,) = sent(quick, campaign_id)
    assert row.link is None
    assert len(quick.arrived("Plain https://shop.example/a")) == 1


def test_twilios_own_shortening_is_asked_of_a_messaging_service_only(quick):
    service = quick.practice.address.messaging_service_sid
    fields = {"links": "twilio", "utm": {"medium": "sms"}}
    campaign_id = launched(quick, ["+19075550157"], "Service https://shop.example/a", **fields, **{"from": service})
    sent(quick, campaign_id)
    (asked,) = quick.arrived("Service https://shop.example/a?utm_medium=sms")
    assert asked["form"]["ShortenUrls"] == ["true"]

    headers = {"Authorization": "Bearer correct horse battery staple"}
    wanted = {"body": "https://shop.example/b", "recipients": [{"Phone": "+19075550158"}], **fields}
    wanted["from"] = quick.practice.address.phone_number
    answer = requests.post(f"{quick.url}/campaigns", json=wanted, headers=headers, timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (422, "links_need_service")


def test_words_about_the_origin_without_links_are_refused(quick):
    headers = {"Authorization": "Bearer correct horse battery staple"}
    wanted = {"body": "x", "recipients": [{"Phone": "+19075550158"}], "utm": {"source": "mms"}}
    answer = requests.post(f"{quick.url}/campaigns", json=wanted, headers=headers, timeout=30)
    assert (answer.status_code, "utm" in answer.json()["message"]) == (400, True)


def test_an_erased_person_leaves_counts_and_no_way_back(quick):
    campaign_id = launched(quick, ["+19075550159"], "https://shop.example/a")
    (row,) = sent(quick, campaign_id)
    opened(quick, row.link)
    known = export_person(quick.ledger, quick.settings, ADMIN, "+19075550159")
    assert [(one["who"], one["device"]) for one in known["opened_links"]] == [("person", "iphone")]
    erase_person(quick.ledger, quick.settings, ADMIN, "+19075550159")
    assert opened(quick, row.link).status_code == 404
    with quick.ledger.read() as connection:
        stored = connection.execute(select(clicks.c.device).where(clicks.c.row_id == row.id)).scalars().all()
    assert stored == [None]


def test_links_of_a_purged_campaign_lead_nowhere(quick):
    campaign_id = launched(quick, ["+12025550151"], "https://shop.example/a")
    (row,) = sent(quick, campaign_id)

    def over():
        with quick.ledger.read() as connection:
            query = select(campaigns.c.finished_at).where(campaigns.c.id == campaign_id)
            return connection.execute(query).scalar_one()

    until(over)
    purge(quick.ledger, over() + 1)
    assert opened(quick, row.link).status_code == 404


def test_versions_are_tried_and_their_links_lead_to_their_own_pages(quick):
    numbers = [f"+1907555015{at}" for at in range(8)]
    versions = {"versions": [{"body": "B https://shop.example/b/{Shop}"}], "test": {"share": 0.5, "seed": 3}}
    campaign_id = launched(quick, numbers, "A https://shop.example/a/{Shop}", **versions)
    until(lambda: quick.get(f"/campaigns/{campaign_id}").json()["state"] == "paused")
    headers = {"Authorization": "Bearer correct horse battery staple"}
    answer = requests.post(
        f"{quick.url}/campaigns/{campaign_id}/choose", json={"version": "B"}, headers=headers, timeout=30
    )
    assert answer.status_code == 200, answer.text
    for row in sent(quick, campaign_id):
        version = (row.version or "B").lower()
        page = f"https://shop.example/{version}/s{row.row_number - 2}"
        assert opened(quick, row.link).headers["Location"] == page
    again = requests.post(
        f"{quick.url}/campaigns/{campaign_id}/choose", json={"version": "A"}, headers=headers, timeout=9
    )
    assert (again.status_code, again.json()["code"]) == (409, "no_test")
