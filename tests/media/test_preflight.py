"""Every media case gets its verdict: the code for programs, the sentence for people, and what to do."""

import asyncio
from collections.abc import Iterator, Mapping

import pytest

from mms.media.check.preflight import MediaVerdict, check_media_urls
from mms.problems import MediaCode
from tests.media.attempts import Names
from tests.media.media_cases import CASES, Case, link_of, serving, verdicts_of_all_cases
from tests.media.media_server import MediaServer, Reply


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaServer]:
    with serving(tmp_path_factory.mktemp("certificates")) as running:
        yield running


@pytest.fixture(scope="module")
def verdicts(server: MediaServer) -> Mapping[str, MediaVerdict]:
    return verdicts_of_all_cases(server)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_gets_its_verdict(case: Case, verdicts: Mapping[str, MediaVerdict], server: MediaServer) -> None:
    verdict = verdicts[case.name]

    assert verdict.code == case.code, verdict
    assert verdict.ok is (case.code is None)
    assert case.says in verdict.message
    assert case.advises in (verdict.advice or "")
    assert verdict.url == link_of(case, server)
    assert verdict.ok or verdict.advice, "a refusal says what to do"


def test_names_of_cases_are_distinct() -> None:
    assert len({case.path for case in CASES}) == len(CASES) >= 60


def test_short_link_that_ends_at_a_share_page_names_the_service() -> None:
    page = Reply(200, "text/html", b"<!doctype html><title>OneDrive</title>")
    with MediaServer({"/i/s!abc": page}) as service:
        away = Reply(302, None, headers={"Location": f"http://1drv.ms:{service.port}/i/s!abc"})
        with MediaServer({"/short": away}) as shortener:
            link = f"{shortener.base}/short"
            found = asyncio.run(check_media_urls([link], allow_private=True, resolver=Names(("127.0.0.1",))))[link]

    assert found.code is MediaCode.IS_WEB_PAGE
    assert "OneDrive" in found.message
    assert found.redirects == (f"http://1drv.ms:{service.port}/i/s!abc",)
