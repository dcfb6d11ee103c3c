"""The practice inbox: newest first, searchable, by person, and it can be emptied."""

import pytest
import requests


def bodies(page):
    return [m["body"] for m in page["messages"]]


@pytest.fixture
def inbox(server, post):
    for n in range(5):
        post(To=f"+1907555015{n}", Body=f"Message {n} 100%")
    server.remote.reply("+19075550151", "Thanks")
    return server.remote


def test_newest_comes_first(inbox):
    assert bodies(inbox.messages())[:2] == ["Thanks", "Message 4 100%"]


def test_pages_cover_everything_once(inbox):
    pages = [inbox.messages(offset=offset, limit=4) for offset in (0, 4, 8)]
    assert [len(p["messages"]) for p in pages] == [4, 2, 0]
    assert {p["total"] for p in pages} == {6}


@pytest.mark.parametrize(
    ("search", "count"),
    [
        pytest.param("message 3", 1, id="text, any case"),
        pytest.param("5550151", 2, id="part of a number"),
        pytest.param("100%", 5, id="percent sign is itself"),
        pytest.param("_", 0, id="underscore is itself"),
        pytest.param("nothing like it", 0, id="no match"),
    ],
)
def test_search(inbox, search, count):
    assert inbox.messages(search=search)["total"] == count


def test_one_persons_conversation(inbox):
    assert bodies(inbox.messages(number="+19075550151")) == ["Thanks", "Message 1 100%"]


def test_conversations_have_one_entry_per_person(inbox):
    found = inbox.conversations()
    assert [(c["number"][-4:], c["messages"]) for c in found] == [
        ("0151", 2),
        ("0154", 1),
        ("0153", 1),
        ("0152", 1),
        ("0150", 1),
    ]
    assert found[0]["last"]["body"] == "Thanks"


def test_conversations_page_and_search(inbox):
    assert [c["number"][-4:] for c in inbox.conversations(offset=1, limit=2)] == ["0154", "0153"]
    assert [c["number"][-4:] for c in inbox.conversations(search="message 2")] == ["0152"]


def test_pictures_are_shown_by_address(server, post):
    post(MediaUrl=["https://example.com/a.png"])
    assert server.remote.messages()["messages"][0]["media_urls"] == ["https://example.com/a.png"]


def test_clear_empties_everything(inbox, post):
    inbox.reply("+19075550150", "STOP")
    inbox.clear()
    assert (inbox.messages()["total"], inbox.requests()) == (0, [])
    assert post(To="+19075550150").status_code == 201


def test_unreadable_page_is_refused(inbox):
    with pytest.raises(requests.HTTPError) as refused:
        inbox.messages(limit="many")
    assert refused.value.response.status_code == 400
