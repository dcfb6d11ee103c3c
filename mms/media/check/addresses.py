"""Keeps the check of a link from becoming a way into the network of whoever runs the app.

Three doors, each enough by itself against what it sees: `PublicResolver` refuses a name unless every one of its
addresses is public (a name with a public and a private address is refused); `GuardedConnector` looks at the very
address a socket is about to be opened to (so a literal, a cache or a second lookup cannot pass), and once more at the
peer of the finished connection before a byte of the request is written. Proxies of the environment are not used.

Why not a library: Advocate is abandoned, safehttpx asks one vendor's DNS, ssrfguard is new and for httpx or requests.
aiohttp has public hooks for all three doors, so what is left to write is the table of networks.
"""

import ipaddress
import socket
import ssl
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_reqrep import ClientRequest
from aiohttp.connector import AddrInfoType, Connection
from aiohttp.resolver import ThreadedResolver
from aiohttp.tracing import Trace

Address = IPv4Address | IPv6Address

# Refused even with private media allowed: where clouds hand out credentials, and what is no host at all.
_NEVER = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "169.254.0.0/16",  # link-local: the metadata services of AWS, Google and Azure
        "168.63.129.16/32",  # Azure's host agent, on a public-looking address
        "192.0.0.192/32",  # Oracle's metadata service
        "100.100.100.200/32",  # Alibaba's metadata service
        "224.0.0.0/4",
        "255.255.255.255/32",
        "::/128",
        "fe80::/10",
        "fd00:ec2::/32",  # AWS's metadata service
        "fd20:ce::/32",  # Google's metadata service
        "ff00::/8",
    )
)
# Written out because `is_global` changed between Python releases.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier NAT; also Tailscale
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "240.0.0.0/4",
        "2001::/23",  # Teredo, ORCHID, benchmarks
        "2001:db8::/32",
        "2002::/16",  # 6to4: leads to the IPv4 address inside it
        "3fff::/20",
    )
)
_GLOBAL_IPV6 = IPv6Network("2000::/3")  # the only block of IPv6 that the public internet uses
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = 0x5EFE  # such an interface identifier carries an IPv4 address in its last 32 bits


class AddressRefused(OSError):  # noqa: N818 - reads as the sentence it is
    """The host, or one of its addresses, is not to be talked to. An OSError, because aiohttp passes those on."""

    def __init__(self, host: str) -> None:
        super().__init__("not a public address")
        self.host = host


def is_allowed(text: str, *, allow_private: bool) -> bool:
    """Whether a connection to this address may be opened; False for what is not an address."""
    try:
        address = _carried(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return False
    if _within(address, _NEVER):
        return False
    return allow_private or _is_public(address)


def _carried(address: Address) -> Address:
    """The IPv4 address inside a form that only carries one: IPv4-mapped, NAT64 (networks with DNS64 use it)."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_public(address: Address) -> bool:
    if _within(address, _NOT_PUBLIC):
        return False
    if isinstance(address, IPv4Address):
        return address.is_global
    return address in _GLOBAL_IPV6 and (int(address) >> 32) & 0xFFFF != _ISATAP


def _within(address: Address, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    return any(address in network for network in networks if network.version == address.version)


class PublicResolver(AbstractResolver):
    """Asks the system's resolver, and refuses the name unless every address it gives is allowed."""

    def __init__(self, system: AbstractResolver, *, allow_private: bool) -> None:
        self._system = system
        self._allow_private = allow_private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raise AddressRefused, or OSError when the name is unknown."""
        try:
            results = await self._system.resolve(host, port, family)
        except UnicodeError:  # what Python says to a label of more than 63 characters
            raise OSError("not a name") from None
        if not results or not all(is_allowed(result["host"], allow_private=self._allow_private) for result in results):
            raise AddressRefused(host)
        return results

    async def close(self) -> None:
        """Release the system's resolver."""
        await self._system.close()


class GuardedConnector(aiohttp.TCPConnector):
    """Opens sockets to allowed addresses only. Must be made inside the event loop that uses it."""

    def __init__(self, *, allow_private: bool, trust: ssl.SSLContext, resolver: AbstractResolver | None = None) -> None:
        self._allow_private = allow_private
        super().__init__(
            resolver=PublicResolver(resolver or ThreadedResolver(), allow_private=allow_private),
            socket_factory=self._open_socket,
            ssl=trust,
            limit=0,  # the pre-flight has its own bounds, in which waiting does not count as the server's time
        )

    def _open_socket(self, target: AddrInfoType) -> socket.socket:
        family, kind, protocol, _name, address = target
        if not is_allowed(address[0], allow_private=self._allow_private):
            raise AddressRefused(address[0])
        return socket.socket(family, kind, protocol)

    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - aiohttp's own signature
    ) -> Connection:
        """As aiohttp's, and the peer of the finished connection is looked at before anything is written."""
        connection = await super().connect(req, traces, timeout)
        peer = connection.transport.get_extra_info("peername") if connection.transport else None
        if not peer or not is_allowed(peer[0], allow_private=self._allow_private):
            connection.close()
            raise AddressRefused(req.url.host or "")
        return connection
