"""Links that try to make the pre-flight talk to a private server, and a name server in the wrong hands.

`{port}` is the canary's. Also shown by `python -m benchmarks.media --attempts`.
"""

import socket

from aiohttp.abc import AbstractResolver, ResolveResult

ATTEMPTS = (
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
)


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
