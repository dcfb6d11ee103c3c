"""Attempts to reach a private server through the pre-flight. A canary listens; no attempt may touch it."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import suppress

import aiohttp
import pytest
from yarl import URL

from mms.media.check.addresses import GuardedConnector, PublicResolver, is_allowed
from mms.media.check.fetch import Fetcher
from mms.media.check.limits import MediaLimits
from mms.media.check.messages import LinkFault
from mms.media.check.preflight import MediaVerdict, check_media, check_media_urls, trusted_issuers
from mms.problems import MediaCode
from tests.media import sample_pictures as sample
from tests.media.attempts import ATTEMPTS, Names
from tests.media.media_server import MediaServer, Reply

PUBLIC = ["8.8.8.8", "93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
REFUSED = [
    pytest.param(address, id=why)
    for address, why in [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "far end of loopback"),
        ("0.0.0.0", "unspecified"),
        ("0.1.2.3", "this network"),
        ("10.0.0.1", "private 10"),
        ("172.16.0.1", "private 172 start"),
        ("172.31.255.255", "private 172 end"),
        ("192.168.1.1", "private 192"),
        ("100.64.0.1", "carrier NAT"),
        ("100.100.100.200", "metadata of Alibaba"),
        ("169.254.169.254", "metadata of AWS"),
        ("168.63.129.16", "host agent of Azure"),
        ("192.0.0.192", "metadata of Oracle"),
        ("192.0.2.1", "documentation"),
        ("192.88.99.1", "6to4 relay"),
        ("198.18.0.1", "benchmarks"),
        ("203.0.113.9", "documentation 3"),
        ("224.0.0.1", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "broadcast"),
        ("::", "IPv6 unspecified"),
        ("::1", "IPv6 loopback"),
        ("::127.0.0.1", "IPv4-compatible"),
        ("::ffff:127.0.0.1", "IPv4-mapped loopback"),
        ("::ffff:a9fe:a9fe", "IPv4-mapped metadata"),
        ("::ffff:0:127.0.0.1", "IPv4-translated"),
        ("64:ff9b::7f00:1", "NAT64 loopback"),
        ("64:ff9b::a9fe:a9fe", "NAT64 metadata"),
        ("64:ff9b:1::7f00:1", "local NAT64"),
        ("2002:7f00:1::", "6to4 loopback"),
        ("2002:808:808::", "6to4 at all"),
        ("2001:0:808:808::1", "Teredo"),
        ("2001:db8::1", "IPv6 documentation"),
        ("2606:4700::5efe:a00:1", "ISATAP"),
        ("fc00::1", "unique local"),
        ("fd00:ec2::254", "IPv6 metadata of AWS"),
        ("fe80::1", "IPv6 link-local"),
        ("fe80::1%eth0", "IPv6 link-local with scope"),
        ("fec0::1", "site-local"),
        ("ff02::1", "IPv6 multicast"),
        ("100::1", "discard"),
        ("5f00::1", "segment routing"),
        ("4000::1", "unassigned"),
        ("nonsense", "no address"),
    ]
]
NEVER = ["0.0.0.0", "169.254.169.254", "168.63.129.16", "224.0.0.1", "255.255.255.255", "::", "fe80::1",
         "fd00:ec2::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "ff02::1"]  # fmt: skip


@pytest.fixture
def canary() -> Iterator[MediaServer]:
    """Sings for every connection, on IPv4 and, where there is IPv6, there too."""
    with MediaServer({"/": Reply(body=sample.jpeg())}) as server:
        if socket.has_ipv6:
            with suppress(OSError):  # a machine without IPv6 on its loopback
                server.listen("::1", port=server.port)
        yield server


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_is_allowed(address: str) -> None:
    assert is_allowed(address, allow_private=False)


@pytest.mark.parametrize("address", REFUSED)
def test_other_address_is_refused(address: str) -> None:
    assert not is_allowed(address, allow_private=False)


@pytest.mark.parametrize("address", NEVER)
def test_dangerous_address_is_refused_even_with_private_media_allowed(address: str) -> None:
    assert not is_allowed(address, allow_private=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.9", "fd12::1"])
def test_private_address_is_allowed_when_asked_for(address: str) -> None:
    assert is_allowed(address, allow_private=True)


@pytest.mark.parametrize("attempt", [link for link, _ in ATTEMPTS], ids=[why for _, why in ATTEMPTS])
def test_no_attempt_reaches_the_canary(attempt: str, canary: MediaServer) -> None:
    link = attempt.format(port=canary.port)

    limits = MediaLimits(ports=frozenset({canary.port}))  # or the port alone would keep most of them out

    verdict = asyncio.run(check_media_urls([link], limits, allow_private=False, resolver=Names(("127.0.0.1",))))[link]

    assert verdict.code in {MediaCode.PRIVATE_ADDRESS, MediaCode.SCHEME}, verdict
    assert canary.connections == 0


@pytest.mark.parametrize("attempt", [link for link, _ in ATTEMPTS], ids=[why for _, why in ATTEMPTS])
def test_connector_alone_keeps_every_attempt_out(attempt: str, canary: MediaServer) -> None:
    """As if nobody had read the link first."""

    async def ask() -> None:
        connector = GuardedConnector(allow_private=False, trust=trusted_issuers())
        async with aiohttp.ClientSession(connector=connector) as session:
            await session.get(attempt.format(port=canary.port), timeout=aiohttp.ClientTimeout(total=10))

    with pytest.raises((aiohttp.ClientError, ValueError, TimeoutError)):
        asyncio.run(ask())
    assert canary.connections == 0


def test_canary_sings_when_private_media_is_allowed(canary: MediaServer) -> None:
    link = f"{canary.base}/"

    assert check_media([link], allow_private=True)[link].ok
    assert canary.connections == 2  # HEAD and GET


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(("93.184.215.14", "127.0.0.1"), id="public first"),
        pytest.param(("127.0.0.1", "93.184.215.14"), id="private first"),
        pytest.param(("2606:4700:4700::1111", "::1"), id="IPv6"),
        pytest.param(("93.184.215.14", "::ffff:10.0.0.1"), id="mapped second"),
        pytest.param((), id="none at all"),
    ],
)
def test_name_with_public_and_private_addresses_is_refused(addresses: tuple[str, ...]) -> None:
    link = "http://mixed.example/a.jpg"

    verdict = asyncio.run(check_media_urls([link], allow_private=False, resolver=Names(addresses)))[link]

    assert verdict.code is MediaCode.PRIVATE_ADDRESS
    assert "mixed.example" in verdict.message


def test_name_that_moves_after_the_check_is_refused_again() -> None:
    """DNS rebinding: what counts is the answer that the connection uses."""
    names = Names(("93.184.215.14",), ("127.0.0.1",))
    resolver = PublicResolver(names, allow_private=False)

    async def twice() -> None:
        assert await resolver.resolve("moving.example", 80)
        with pytest.raises(OSError, match="not a public address"):
            await resolver.resolve("moving.example", 80)

    asyncio.run(twice())
    assert names.asked == 2


class _OpensAnything(GuardedConnector):
    """The first two doors left open, to see the third by itself."""

    def _open_socket(self, target: aiohttp.AddrInfoType) -> socket.socket:
        return socket.socket(*target[:3])


def test_peer_of_the_connection_is_looked_at_before_anything_is_written(canary: MediaServer) -> None:
    async def ask() -> None:
        connector = _OpensAnything(allow_private=False, trust=trusted_issuers())
        async with aiohttp.ClientSession(connector=connector) as session:
            await session.get(f"{canary.base}/")

    with pytest.raises(aiohttp.ClientError):
        asyncio.run(ask())
    assert canary.received == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_into_a_private_network_is_refused(status: int, canary: MediaServer) -> None:
    """The connector would let it through here; the reading of the redirect must not."""
    inward = Reply(status, None, headers={"Location": f"{canary.base}/"})

    async def ask(link: str) -> None:
        connector = GuardedConnector(allow_private=True, trust=trusted_issuers())
        async with aiohttp.ClientSession(connector=connector) as session:
            await Fetcher(session, MediaLimits(), allow_private=False).head(URL(link))

    with MediaServer({"/away": inward}) as outside, pytest.raises(LinkFault) as fault:
        asyncio.run(ask(f"{outside.base}/away"))
    assert fault.value.code is MediaCode.PRIVATE_ADDRESS
    assert canary.connections == 0


def test_redirect_by_name_into_a_private_network_is_refused(canary: MediaServer) -> None:
    async def ask(link: str) -> None:
        connector = GuardedConnector(allow_private=True, trust=trusted_issuers(), resolver=Names(("169.254.9.9",)))
        async with aiohttp.ClientSession(connector=connector) as session:
            await Fetcher(session, MediaLimits(), allow_private=True).head(URL(link))

    inward = Reply(302, None, headers={"Location": "http://inside.example/"})
    with MediaServer({"/away": inward}) as outside, pytest.raises(LinkFault) as fault:
        asyncio.run(ask(f"{outside.base}/away"))
    assert fault.value.code is MediaCode.PRIVATE_ADDRESS
    assert "leads on to inside.example" in fault.value.message


def test_proxies_of_the_environment_are_not_used(canary: MediaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, canary.base)

    verdict = check_media(["http://no-such.invalid/a.jpg"], allow_private=True)

    assert [found.code for found in verdict.values()] == [MediaCode.UNREACHABLE]
    assert canary.connections == 0


@pytest.mark.parametrize("port", [22, 25, 3306, 6379, 8080])
def test_other_ports_are_not_knocked_at(port: int) -> None:
    link = f"https://example.com:{port}/a.jpg"

    verdict: MediaVerdict = check_media([link], allow_private=False)[link]

    assert verdict.code is MediaCode.SCHEME
    assert str(port) in verdict.message
