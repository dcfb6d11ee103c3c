"""What a pre-flight does with thousands of links: once each, bounded, in order, and it can be left."""

import asyncio
import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mms.media.check.host_queue import Line
from mms.media.check.preflight import MediaLimits, MediaVerdict, check_media, check_media_urls, message_size_problem
from mms.media.image.isolated import prepare_picture
from mms.media.store.own_pictures import OwnPictures
from mms.media.store.picture_store import FolderStore
from mms.problems import MediaCode
from tests.media import sample_pictures as sample
from tests.media.media_server import MediaServer, Reply


def _verdict(url: str, size: int | None = 1000) -> MediaVerdict:
    return MediaVerdict(
        url=url,
        final_url=url,
        redirects=(),
        ok=True,
        code=None,
        message="JPEG picture, 1 KB.",
        advice=None,
        content_type="image/jpeg",
        detected_type="image/jpeg",
        bytes=size,
        animated=False,
        checked_at=datetime(2026, 11, 23, tzinfo=UTC),
        thumbnail=b"\xff\xd8\xff",
        expires_at=datetime(2026, 12, 1, tzinfo=UTC),
    )


def test_each_distinct_link_is_asked_once_and_answers_keep_the_order() -> None:
    paths = [f"/{number}" for number in range(30)]
    with MediaServer(dict.fromkeys(paths, Reply(body=sample.jpeg()))) as server:
        links = [server.base + path for path in paths]
        verdicts = check_media(links * 100, allow_private=True)

    assert list(verdicts) == links
    assert all(verdict.ok for verdict in verdicts.values())
    assert set(server.requests.values()) == {1}


def test_known_verdicts_are_not_asked_again() -> None:
    with MediaServer({"/a": Reply(body=sample.jpeg()), "/b": Reply(body=sample.jpeg())}) as server:
        known = {f"{server.base}/a": _verdict(f"{server.base}/a"), "https://x.example/": _verdict("x")}
        verdicts = check_media([f"{server.base}/b", f"{server.base}/a"], allow_private=True, known=known)

    assert list(verdicts) == [f"{server.base}/b", f"{server.base}/a"]
    assert verdicts[f"{server.base}/a"] is known[f"{server.base}/a"]
    assert server.requests["GET /a"] == 0


def test_no_links_are_no_work() -> None:
    seen: list[tuple[int, int]] = []

    assert check_media([], allow_private=False, on_progress=lambda *counts: seen.append(counts)) == {}
    assert seen == [(0, 0)]


def test_progress_is_told_by_hundredths_in_the_callers_thread() -> None:
    seen: list[tuple[int, int, int]] = []
    links = [f"ftp://x.example/{number}" for number in range(1000)]

    check_media(links, allow_private=False, on_progress=lambda *counts: seen.append((*counts, threading.get_ident())))

    assert seen[0][:2] == (0, 1000)
    assert seen[-1][:2] == (1000, 1000)
    assert len(seen) == 101
    assert {ident for *_, ident in seen} == {threading.get_ident()}


class _Left(BaseException):
    """As Streamlit raises when somebody clicks elsewhere."""


def test_what_progress_raises_ends_the_check_at_once() -> None:
    def leave(done: int, total: int) -> None:
        if done:
            raise _Left

    replies = {"/quick": Reply(body=sample.jpeg()), "/slow": Reply(silent=60)}
    with MediaServer(replies) as server, pytest.raises(_Left):
        check_media([f"{server.base}/quick", f"{server.base}/slow"], allow_private=True, on_progress=leave)


def test_check_works_where_a_loop_is_known_but_not_running() -> None:
    """A page's thread may have a loop of its own; it must still be there afterwards."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        check_media(["ftp://x.example/a"], allow_private=False)
        assert asyncio.get_event_loop_policy().get_event_loop() is loop
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def test_silent_host_is_given_up_and_others_are_not() -> None:
    limits = MediaLimits(silent_links_per_host=3, at_once_per_host=1)
    with MediaServer({"/a": Reply(body=sample.jpeg())}) as healthy:
        gone = f"http://127.0.0.1:{healthy.closed_port()}"
        links = [f"{gone}/{number}" for number in range(12)]
        verdicts = check_media([*links, f"{healthy.base}/a"], limits, allow_private=True)

    tried = ["was not tried" not in verdicts[link].message for link in links]
    assert tried == [True] * 3 + [False] * 9
    assert {verdicts[link].code for link in links} == {MediaCode.UNREACHABLE}
    assert verdicts[f"{healthy.base}/a"].ok


def test_no_host_is_asked_more_at_once_than_its_share() -> None:
    paths = [f"/{number}" for number in range(12)]
    slow = dict.fromkeys(paths, Reply(body=sample.jpeg(), silent=0.05))
    away = {path: Reply(302, None, headers={"Location": "{target}" + path}) for path in paths}
    with MediaServer(slow) as server, MediaServer(away) as shortener:
        shortener.addresses["target"] = server.base
        limits = MediaLimits(at_once=8, at_once_per_host=3)
        links = [f"{base}{path}" for base in (server.base, shortener.base) for path in paths]
        verdicts = check_media(links, limits, allow_private=True)

    assert all(verdict.ok for verdict in verdicts.values())
    assert server.most_at_once <= 2 * 3  # asked for directly, and as the target of redirects
    assert shortener.most_at_once <= 3


def test_thumbnails_stay_within_their_budget() -> None:
    paths = [f"/{number}" for number in range(6)]
    with MediaServer(dict.fromkeys(paths, Reply(body=sample.jpeg()))) as server:
        one = check_media([f"{server.base}/0"], allow_private=True)[f"{server.base}/0"]
        limits = MediaLimits(thumbnails_bytes=3 * len(one.thumbnail or b""))
        verdicts = check_media([server.base + path for path in paths], limits, allow_private=True)

    assert sum(verdict.thumbnail is not None for verdict in verdicts.values()) == 3
    assert all(verdict.ok for verdict in verdicts.values())


def test_line_never_has_more_than_its_share_out_and_serves_hosts_in_turn() -> None:
    line = Line([f"https://a.example/{n}" for n in range(5)] + ["https://b.example/", "no link"], per_host=2)

    first = [line.next() for _ in range(5)]

    assert first == ["https://a.example/0", "https://b.example/", "no link", "https://a.example/1", None]
    line.finished("https://a.example/0")
    assert [line.next(), line.next()] == ["https://a.example/2", None]
    for number in (1, 2):
        line.finished(f"https://a.example/{number}")
    assert [line.next(), line.next(), line.next()] == ["https://a.example/3", "https://a.example/4", None]


def test_verdict_survives_the_database() -> None:
    with MediaServer({"/a": Reply(302, None, headers={"Location": "/b"}), "/b": Reply(body=sample.jpeg())}) as server:
        link = f"{server.base}/a?X-Amz-Date=20990101T000000Z&X-Amz-Expires=60"
        verdict = check_media([link], allow_private=True)[link]

    assert verdict.thumbnail
    assert verdict.redirects == (f"{server.base}/b",)
    assert verdict.expires_at
    assert MediaVerdict.from_json(json.loads(json.dumps(verdict.to_json()))) == verdict
    refused = asyncio.run(check_media_urls(["ftp://x"], allow_private=False))["ftp://x"]
    assert MediaVerdict.from_json(json.loads(json.dumps(refused.to_json()))) == refused


@pytest.mark.parametrize(
    ("sizes", "code"),
    [
        pytest.param([], None, id="no media"),
        pytest.param([2_500_000, 2_499_995], None, id="exactly full with the five bytes of the text"),
        pytest.param([2_500_000, 2_499_996], MediaCode.TOO_LARGE, id="one byte more"),
        pytest.param([1] * 10, None, id="ten files"),
        pytest.param([1] * 11, MediaCode.TOO_MANY, id="eleven files"),
        pytest.param([None], None, id="size unknown"),
    ],
)
def test_message_with_its_media_must_fit(sizes: list[int | None], code: MediaCode | None) -> None:
    problem = message_size_problem(5, [_verdict("https://x.example/", size) for size in sizes])

    assert (problem.code if problem else None) == code


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "pictures")


def test_own_picture_is_judged_from_disk_wherever_it_is_reached(store: FolderStore) -> None:
    name = store.save(prepare_picture(sample.jpeg(), "a.jpg"))
    own = OwnPictures(["http://127.0.0.1:8501", "https://mms.example/app/"], store)
    links = [f"http://127.0.0.1:8501/pictures/{name}", f"https://mms.example/app/pictures/{name}"]

    verdicts = check_media(links, allow_private=False, own=own)

    assert [verdict.ok for verdict in verdicts.values()] == [True, True]
    assert verdicts[links[0]].thumbnail
    assert verdicts[links[1]].content_type == "image/jpeg"


def test_own_picture_that_is_gone_is_not_found(store: FolderStore) -> None:
    link = f"https://mms.example/pictures/{'0' * 64}.jpg"

    verdict = check_media([link], allow_private=False, own=OwnPictures(["https://mms.example"], store))[link]

    assert verdict.code is MediaCode.NOT_FOUND


@pytest.mark.parametrize("path", ["pictures/../secret", "pictures/a.jpg", "other/x.jpg", "pictures/"])
def test_other_addresses_of_this_installation_are_links_like_any_other(store: FolderStore, path: str) -> None:
    link = f"http://127.0.0.1:8501/{path}"

    verdict = check_media([link], allow_private=False, own=OwnPictures(["http://127.0.0.1:8501"], store))[link]

    assert verdict.code is MediaCode.PRIVATE_ADDRESS


QUICK = MediaLimits(busy_pauses=(0.01, 0.01))


def test_busy_server_is_asked_again() -> None:
    with MediaServer({"/a": Reply(body=sample.jpeg(), busy_for=3)}) as server:
        verdict = check_media([f"{server.base}/a"], QUICK, allow_private=True)[f"{server.base}/a"]

    assert verdict.ok, verdict
    assert server.requests.total() == 6  # 429 to HEAD and GET, 429 to HEAD, then all is well


def test_server_that_stays_busy_is_said_to_be() -> None:
    with MediaServer({"/a": Reply(body=sample.jpeg(), busy_for=99)}) as server:
        verdict = check_media([f"{server.base}/a"], QUICK, allow_private=True)[f"{server.base}/a"]

    assert (verdict.code, server.requests.total()) == (MediaCode.UNREACHABLE, 6)
    assert "too often" in verdict.message
