"""Reading Twilio's log, as far as servers may differ: what may be missing, and where its pages end."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from odd_twilio import OddTwilio

from mms.errors import ProviderError
from mms.twilio_client import LogExcerpt, MessagePage, ProviderMessage, fetch_message, list_messages_page
from mms.twilio_client.message_sender import MessageSender

TO = "+12025550101"
NOON = 1_790_000_000.0 - 1_790_000_000.0 % 86_400 + 43_200  # 21 September 2026
DATE = "Mon, 21 Sep 2026 12:00:00 +0000"


def entry(**changes: Any) -> dict[str, Any]:
    whole = {
        "sid": "MM" + "1" * 32,
        "status": "queued",
        "direction": "outbound-api",
        "to": TO,
        "from": "+12025550100",
        "messaging_service_sid": None,
        "body": "Hello",
        "num_media": "1",
        "error_code": None,
        "price": None,
        "price_unit": None,
        "date_created": DATE,
        "date_updated": DATE,
        "date_sent": None,
    }
    changed = {**whole, **changes}
    return {name: value for name, value in changed.items() if value is not MISSING}


MISSING = object()


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        pytest.param({}, "created_at", NOON, id="as Twilio writes it"),
        pytest.param({"direction": MISSING}, "direction", "outbound-api", id="no direction"),
        pytest.param({"direction": None}, "direction", "outbound-api", id="null direction"),
        pytest.param({"direction": "inbound"}, "direction", "inbound", id="inbound"),
        pytest.param({"date_created": "2026-09-21T12:00:00Z"}, "created_at", NOON, id="ISO 8601"),
        pytest.param({"date_created": "2026-09-21T14:00:00+02:00"}, "created_at", NOON, id="ISO 8601, another zone"),
        pytest.param({"date_created": "2026-09-21T12:00:00"}, "created_at", NOON, id="ISO 8601 without zone"),
        pytest.param({"date_created": "Mon, 21 Sep 2026 12:00:00 -0000"}, "created_at", NOON, id="no zone"),
        pytest.param({"date_created": MISSING}, "created_at", NOON, id="only the time of the last change"),
        pytest.param({"date_created": None, "date_updated": None, "date_sent": DATE}, "created_at", NOON, id="sent"),
        pytest.param({"date_created": "yesterday"}, "created_at", NOON, id="a date that cannot be read"),
        pytest.param({"date_sent": "yesterday"}, "sent_at", None, id="an unread date sent"),
        pytest.param({"num_media": MISSING}, "media_count", 0, id="no num_media"),
        pytest.param({"num_media": 1}, "media_count", 1, id="num_media as number"),
        pytest.param({"num_media": "one"}, "media_count", 0, id="num_media in words"),
        pytest.param({"status": MISSING}, "status", "accepted", id="no status"),
        pytest.param({"body": None}, "body", "", id="null body"),
        pytest.param({"body": MISSING}, "body", None, id="no body"),
        pytest.param({"body": 5}, "body", "5", id="a number for a body"),
        pytest.param({"error_code": "30005"}, "error_code", 30005, id="code as text"),
        pytest.param({"error_code": ""}, "error_code", None, id="empty code"),
        pytest.param({"price": -0.022}, "price", "-0.022", id="price as number"),
    ],
)
def test_what_can_be_read_of_a_message(changes: dict[str, Any], name: str, value: Any) -> None:
    assert getattr(ProviderMessage.from_json(entry(**changes)), name) == value


UNREADABLE = [
    pytest.param({"sid": MISSING}, id="no SID"),
    pytest.param({"sid": "x" * 50}, id="a SID that does not fit"),
    pytest.param({"date_created": MISSING, "date_updated": "?"}, id="no date at all"),
]


@pytest.mark.parametrize("changes", [*UNREADABLE, pytest.param({"to": None}, id="no recipient")])
def test_one_that_cannot_be_read_does_not_spoil_its_page(changes: dict[str, Any]) -> None:
    page = MessagePage.from_json({"messages": [entry(**changes), entry(sid="MM2222"), "?"], "next_page_uri": None})
    assert [message.sid for message in page.messages] == ["MM2222"]
    assert page.unread == (entry(**changes)["to"], None)


@pytest.mark.parametrize("value", [None, [], "x", {}, {"messages": None}, {"messages": [], "next_page_uri": 5}])
def test_what_is_no_page_is_said_to_be_none(value: Any) -> None:
    with pytest.raises(ValueError, match="page"):
        MessagePage.from_json(value)


def pages(count: int, link: Callable[[int], Any], at: int | None = None) -> Callable[[str, str], Any]:
    """`count` pages of one message each to someone else, and ours on page `at`; `link` names page n."""

    def answer(_method: str, target: str) -> tuple[int, Any, dict[str, str]]:
        page = int(parse_qs(urlsplit(target).query).get("Page", ["0"])[0])
        ours = entry(sid=f"MM{page:032}") if page == at else entry(sid=f"MM{page:032}", to="+12025550199")
        following = link(page + 1) if page + 1 < count else link(-1)
        return 200, {"messages": [ours], "next_page_uri": following}, {}

    return answer


def relative(page: int) -> str | None:
    return None if page < 0 else f"/2010-04-01/Accounts/AC{'d' * 32}/Messages.json?Page={page}"


@pytest.mark.parametrize(
    ("link", "count"),
    [
        pytest.param(relative, 7, id="as Twilio writes it"),
        pytest.param(lambda page: relative(page) or "", 7, id="empty at the end"),
        pytest.param(lambda page: None if page < 0 else f"?Page={page}", 7, id="query only"),
    ],
)
def test_the_log_is_read_to_its_end(odd_twilio: Callable[..., OddTwilio], link: Any, count: int) -> None:
    odd = odd_twilio(pages(count, link, at=count - 1))
    excerpt = messages_to(odd)
    assert [message.to for message in excerpt.messages] == [TO]
    assert excerpt.is_whole
    assert len(odd.asked) == count


def test_a_whole_address_of_the_same_server_is_followed(odd_twilio: Callable[..., OddTwilio]) -> None:
    odd = odd_twilio(lambda _method, _target: (500, "", {}))
    odd.answer = pages(3, lambda page: None if page < 0 else odd.base_url + str(relative(page)), at=2)
    assert len(messages_to(odd).messages) == 1
    page = list_messages_page(odd.account, {})
    assert list_messages_page(odd.account, {}, page.next_page_uri).messages


@pytest.mark.parametrize(
    "other", ["http://localhost:{port}/x", "https://127.0.0.1:{port}/x", "http://127.0.0.1:1/x", "//127.0.0.1:1/x"]
)
def test_credentials_are_not_shown_to_another_server(odd_twilio: Callable[..., OddTwilio], other: str) -> None:
    odd = odd_twilio(lambda _method, _target: (500, "", {}))
    address = other.format(port=urlsplit(odd.base_url).port)
    odd.answer = lambda _method, _target: (200, {"messages": [], "next_page_uri": address}, {})
    with pytest.raises(ProviderError, match="another server") as seen:
        messages_to(odd)
    assert seen.value.code == "no_answer"
    with pytest.raises(ProviderError, match="another server"):
        list_messages_page(odd.account, {}, address)
    assert len(odd.asked) == 1


@pytest.mark.parametrize(
    "link",
    [pytest.param(lambda _page: relative(1), id="circle"), pytest.param(lambda page: relative(abs(page)), id="back")],
)
def test_a_log_that_goes_round_in_circles_is_not_whole(odd_twilio: Callable[..., OddTwilio], link: Any) -> None:
    odd = odd_twilio(pages(4, link))
    assert not messages_to(odd).is_whole
    assert len(odd.asked) < 6


def test_a_log_without_end_is_given_up(odd_twilio: Callable[..., OddTwilio]) -> None:
    odd = odd_twilio(pages(100_000, relative, at=1))
    excerpt = messages_to(odd)
    assert len(excerpt.messages) == 1
    assert not excerpt.is_whole


@pytest.mark.parametrize("changes", UNREADABLE)
@pytest.mark.parametrize(("to", "is_whole"), [(TO, False), (None, False), ("+12025550199", True)])
def test_an_unreadable_entry_counts_only_if_it_may_be_ours(
    odd_twilio: Callable[..., OddTwilio], changes: dict[str, Any], to: str | None, is_whole: bool
) -> None:
    page = {"messages": [entry(**changes, to=to)], "next_page_uri": None}
    assert messages_to(odd_twilio(lambda _method, _target: (200, page, {}))).is_whole is is_whole


SPOILT = ["[" * 100_000, "null", "[]", '{"messages": 5}', '{"messages": [', "<html>", b"\xff"]


@pytest.mark.parametrize("body", SPOILT)
def test_what_is_no_log_is_no_answer(odd_twilio: Callable[..., OddTwilio], body: Any) -> None:
    odd = odd_twilio(lambda _method, _target: (200, body, {}))
    for ask in (lambda: messages_to(odd), lambda: list_messages_page(odd.account, {})):
        with pytest.raises(ProviderError) as seen:
            ask()
        assert seen.value.code == "no_answer"


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (404, {"code": 20404}, "not_found"),
        (200, entry(sid=MISSING), "unreadable"),
        (200, "[]", "unreadable"),
        (200, "[" * 100_000, "no_answer"),
        (500, "", "no_answer"),
        (401, "", "forbidden"),
    ],
)
def test_why_one_message_cannot_be_fetched(
    odd_twilio: Callable[..., OddTwilio], status: int, body: Any, code: str
) -> None:
    with pytest.raises(ProviderError) as seen:
        fetch_message(odd_twilio(lambda _method, _target: (status, body, {})).account, "MM1111")
    assert seen.value.code == code


def messages_to(odd: OddTwilio) -> LogExcerpt:
    async def once() -> LogExcerpt:
        async with MessageSender(odd.account, "+12025550100", timeout=20) as sender:
            return await sender.messages_to(TO, NOON - 600)

    return asyncio.run(once())


def test_the_request_names_the_recipient(odd_twilio: Callable[..., OddTwilio]) -> None:
    odd = odd_twilio(lambda _method, _target: (200, json.dumps({"messages": []}), {}))
    assert messages_to(odd) == LogExcerpt((), True)
    assert parse_qs(urlsplit(odd.asked[0]).query)["To"] == [TO]
