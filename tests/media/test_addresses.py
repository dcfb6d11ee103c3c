"""Attempts to reach a private server through the pre-flight. A canary listens; no attempt may touch it."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import suppress

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from mms.media.addresses import GuardedConnector, PublicResolver, is_allowed
from mms.media.fetch import Fetcher
from mms.media.limits import MediaLimits
from mms.media.preflight import MediaVerdict, _trusted_issuers, check_media, check_media_urls
from mms.media.texts import LinkFault
from mms.problems import MediaCode
from tests.media import sample_pictures as sample
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

ATTEMPTS = [
    pytest.param(link, id=why)
    for link, why in [
        ("http://127.0.0.1:{port}/", "loopback"),
        ("http://127.1:{port}/", "short form"),
        ("http://127.0.1:{port}/", "three parts"),
        ("http://2130706433:{port}/", "decimal"),
        ("http://0x7f000001:{port}/", "hexadecimal"),
        ("http://0x7f.0.0.1:{port}/", "hexadecimal part"),
        ("http://0177.0.0.1:{port}/", "octal"),
        ("http://017700000001:{port}/", "octal as one number"),
        ("http://0300.0250.1.1:{port}/", "octal private"),
        ("http://127.0.0.1.:{port}/", "trailing dot"),
        ("http://0:{port}/", "zero"),
        ("http://0.0.0.0:{port}/", "unspecified"),
        ("http://localhost:{port}/", "localhost"),
        ("http://LOCALHOST.:{port}/", "localhost with a dot"),
        ("http://canary.localhost:{port}/", "below localhost"),
        ("http://[::1]:{port}/", "IPv6 loopback"),
        ("http://[0:0:0:0:0:0:0:1]:{port}/", "IPv6 loopback in full"),
        ("http://[::]:{port}/", "IPv6 unspecified"),
        ("http://[::ffff:127.0.0.1]:{port}/", "IPv4-mapped"),
        ("http://[::ffff:7f00:1]:{port}/", "IPv4-mapped in hexadecimal"),
        ("http://[::127.0.0.1]:{port}/", "IPv4-compatible"),
        ("http://[64:ff9b::7f00:1]:{port}/", "NAT64"),
        ("http://[2002:7f00:1::]:{port}/", "6to4"),
        ("http://[::1%25lo]:{port}/", "IPv6 with scope"),
        ("http://[fe80::1%25eth0]:{port}/", "link-local with scope"),
        ("http://①②⑦.⓪.⓪.①:{port}/", "circled digits"),
        ("http://127。0。0。1:{port}/", "ideographic dots"),
        ("http://ⓛocalhost:{port}/", "circled letter"),
        ("http://127.0.0.%31:{port}/", "percent-encoded digit"),
        ("http://%31%32%37.0.0.1:{port}/", "percent-encoded start"),
        ("http://example.com@127.0.0.1:{port}/", "host before the at sign"),
        ("http://127.0.0.1:{port}@example.com/", "host as password"),
        ("http://example.com%40127.0.0.1:{port}/", "encoded at sign"),
        ("http://127.0.0.1:{port}\\@example.com/", "backslash"),
        ("http://example.com\\@127.0.0.1:{port}/", "backslash the other way"),
        ("http://127.0.0.1:{port}#@example.com/", "host in the fragment"),
        ("http://127.0.0.1:{port}?@example.com/", "host in the query"),
        ("http://127.0.0.1\t:{port}/", "tab"),
        ("http://127.0.0.1\r\nHost: x:{port}/", "header injection"),
        ("http:127.0.0.1:{port}/", "no slashes"),
        ("http:/127.0.0.1:{port}/", "one slash"),
        ("http:///127.0.0.1:{port}/", "three slashes"),
        ("//127.0.0.1:{port}/", "no scheme"),
        ("https://127.0.0.1:{port}/", "https"),
        ("gopher://127.0.0.1:{port}/_GET", "gopher"),
        ("file:///etc/passwd", "file"),
        ("ftp://127.0.0.1:{port}/", "ftp"),
        ("unix:///var/run/docker.sock", "unix socket"),
        ("http://169.254.169.254/latest/meta-data/", "metadata service"),
        ("http://[fd00:ec2::254]/latest/", "metadata service over IPv6"),
        ("http://public.example:{port}/", "name that resolves to loopback"),
    ]
]


class Names(AbstractResolver):
    """A name server that an attacker controls: each answer is the next of its list, the last one for ever."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked += 1
        addresses = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        pass


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


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_no_attempt_reaches_the_canary(attempt: str, canary: MediaServer) -> None:
    link = attempt.format(port=canary.port)

    verdict = asyncio.run(check_media_urls([link], allow_private=False, resolver=Names(("127.0.0.1",))))[link]

    assert verdict.code in {MediaCode.PRIVATE_ADDRESS, MediaCode.SCHEME}, verdict
    assert canary.connections == 0


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_connector_alone_keeps_every_attempt_out(attempt: str, canary: MediaServer) -> None:
    """As if nobody had read the link first."""

    async def ask() -> None:
        connector = GuardedConnector(allow_private=False, trust=_trusted_issuers())
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
        connector = _OpensAnything(allow_private=False, trust=_trusted_issuers())
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
        connector = GuardedConnector(allow_private=True, trust=_trusted_issuers())
        async with aiohttp.ClientSession(connector=connector) as session:
            await Fetcher(session, MediaLimits(), allow_private=False).head(URL(link))

    with MediaServer({"/away": inward}) as outside, pytest.raises(LinkFault) as fault:
        asyncio.run(ask(f"{outside.base}/away"))
    assert fault.value.code is MediaCode.PRIVATE_ADDRESS
    assert canary.connections == 0


def test_redirect_by_name_into_a_private_network_is_refused(canary: MediaServer) -> None:
    async def ask(link: str) -> None:
        connector = GuardedConnector(allow_private=True, trust=_trusted_issuers(), resolver=Names(("169.254.9.9",)))
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
