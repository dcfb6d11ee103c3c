"""Reading a link: which ones may be asked for at all. What people paste into cells is mended before (`mms.message`)."""

import ipaddress
import re
from urllib.parse import urljoin

from yarl import URL

from mms.media.check.addresses import is_allowed
from mms.media.check.limits import USUAL_PORTS
from mms.media.check.messages import LinkFault, Reason

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_ON_COMPUTER = re.compile(r"[A-Za-z]:[\\/]|\\\\|file:|~?/|\.{1,2}/", re.IGNORECASE)
_BARE_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?([/?#]|$)")
_FILE_NAME = re.compile(r"[^/]+\.(jpe?g|png|gif|heic|webp|bmp|tiff?|pdf|mp4|mov)", re.IGNORECASE)
_NUMBER_LABEL = re.compile(r"0x[0-9a-f]*|\d+", re.IGNORECASE)
_ASCII_LINK = re.compile(r"[!-~]+")


def read_link(text: str, *, allow_private: bool, ports: frozenset[int] = USUAL_PORTS) -> URL:
    """The link as it will be asked for, byte for byte where it is plain ASCII (signatures depend on that).

    Raises LinkFault for whatever must not be asked: other schemes, passwords, odd ports, private addresses.
    """
    url = _parse(text.strip())
    if url.user is not None or url.password is not None:
        raise LinkFault(Reason.PASSWORD_IN_LINK)
    _require_usable_host(url.host or "", allow_private=allow_private)
    if url.port not in ports and not allow_private:
        raise LinkFault(Reason.UNUSUAL_PORT, port=url.port)
    return url


def _parse(text: str) -> URL:
    _require_web_scheme(text)
    if "\\" in text or any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise LinkFault(Reason.NOT_A_LINK)  # browsers read a backslash as a slash, others do not
    try:
        url = URL(text, encoded=bool(_ASCII_LINK.fullmatch(text))).with_fragment(None)
        usable = url.host and url.port is not None and "%" not in (url.raw_host or "").partition("%25")[0]
    except (ValueError, IndexError):  # IndexError: yarl trips over `http://a[@b/`
        usable = False
    if not usable:
        raise LinkFault(Reason.NOT_A_LINK)
    return url


def _require_web_scheme(text: str) -> None:
    if _ON_COMPUTER.match(text) and not text.startswith("//"):
        raise LinkFault(Reason.FILE_ON_COMPUTER)
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() in {"http", "https"}:
        if re.match(r"https?://[^/]", text, re.IGNORECASE):
            return
        raise LinkFault(Reason.NOT_A_LINK)
    if scheme and "." not in scheme[1]:
        raise LinkFault(Reason.OTHER_SCHEME, scheme=scheme[1].lower())
    if _FILE_NAME.fullmatch(text):
        raise LinkFault(Reason.FILE_ON_COMPUTER)
    raise LinkFault(Reason.NO_SCHEME if _BARE_HOST.match(text.removeprefix("//")) else Reason.NOT_A_LINK)


def _require_usable_host(host: str, *, allow_private: bool) -> None:
    name = host.rstrip(".")
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        # 2130706433, 0x7f.1 and 127.1 are addresses to a C library, and to nobody else.
        if _NUMBER_LABEL.fullmatch(name.rpartition(".")[2]):
            raise LinkFault(Reason.ADDRESS_IN_DISGUISE, host=host) from None
    else:
        if not is_allowed(name, allow_private=allow_private):
            raise LinkFault(Reason.PRIVATE_ADDRESS, host=host)


_OLD_LETTER = re.compile("[\udc80-\udcff]")  # a byte that is no UTF-8, as aiohttp hands it on


def read_redirect(current: URL, location: str | None, *, allow_private: bool, ports: frozenset[int]) -> URL:
    """Where a redirect leads, checked like any other link. Raises LinkFault."""
    if not location:
        raise LinkFault(Reason.REDIRECT_NOWHERE, host=current.host)
    location = _OLD_LETTER.sub(lambda letter: f"%{ord(letter[0]) - 0xDC00:02X}", location.strip())
    try:
        return read_link(urljoin(str(current), location), allow_private=allow_private, ports=ports)
    except LinkFault as fault:
        if fault.reason in {Reason.PRIVATE_ADDRESS, Reason.ADDRESS_IN_DISGUISE}:
            target = URL(urljoin(str(current), location)).host
            raise LinkFault(Reason.LEADS_TO_PRIVATE_ADDRESS, host=target) from fault
        raise LinkFault(Reason.REDIRECT_NOWHERE, host=current.host) from fault
    except ValueError:
        raise LinkFault(Reason.REDIRECT_NOWHERE, host=current.host) from None
