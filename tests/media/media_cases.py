"""The table of media cases: what a server does, and the verdict that a person must get. Also shown by
`python -m benchmarks.media --cases`."""

import gzip
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from mms.media.check.preflight import MediaLimits, MediaVerdict, check_media
from mms.problems import MediaCode
from tests.media import sample_pictures as sample
from tests.media.certificates import make_issuer, tls_context
from tests.media.media_server import MediaServer, Reply

PATIENT = MediaLimits(busy_pauses=())
SHORT_FIRST_BYTE = MediaLimits(first_byte_seconds=1)
SHORT_CONNECT = MediaLimits(connect_seconds=1)
SHORT_WHOLE = MediaLimits(whole_seconds=1.5)


@dataclass(frozen=True, slots=True)
class Case:
    """`says` must be in the message; `advises` in the advice. `link` is for links that no path of ours serves."""

    name: str
    get: Reply | None
    code: MediaCode | None = None
    says: str = ""
    advises: str = ""
    head: Reply | None = None
    link: str = "{base}{path}"
    limits: MediaLimits = field(default=PATIENT)

    @property
    def path(self) -> str:
        """Where the case is served."""
        return f"/{self.name.replace(' ', '-')}"


def _jpeg(**options: object) -> Reply:
    return Reply(body=sample.jpeg(), **options)  # type: ignore[arg-type]


def _to(target: str, status: int = 302) -> Reply:
    return Reply(status, None, headers={"Location": target})


_HTML = b"<!DOCTYPE html><html><head><title>A page</title></head><body>Hello</body></html>"
_MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42" + bytes(400)
_VCARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Shop\r\nEND:VCARD\r\n"
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
_AVIF = b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1avifmiaf" + bytes(200)

USABLE = (
    Case("jpeg", _jpeg(), says="JPEG picture", advises="https"),
    Case("png", Reply(200, "image/png", sample.png()), says="PNG picture"),
    Case("gif", Reply(200, "image/gif", sample.gif()), says="GIF picture"),
    Case("heic from a telephone", Reply(200, "image/heic", sample.heic()), says="HEIC picture"),
    Case("heic called heif", Reply(200, "image/heif", sample.heic()), says="HEIC picture"),
    Case("tiff", Reply(200, "image/tiff", sample.encode(sample.flat(), "TIFF")), says="TIFF picture"),
    Case("bmp", Reply(200, "image/bmp", sample.encode(sample.flat(), "BMP")), says="BMP picture"),
    Case("type written image/jpg", _jpeg(content_type="image/jpg")),
    Case("type with parameters and capitals", _jpeg(content_type="Image/JPEG; charset=binary")),
    Case("no content length", _jpeg(length=None)),
    Case("png with a jpg name", Reply(200, "image/png", sample.png()), link="{base}{path}?name=x.jpg"),
    Case("pdf", Reply(200, "application/pdf", b"%PDF-1.7\n%%EOF"), says="PDF"),
    Case("contact card", Reply(200, "text/vcard", _VCARD), says="ontact card"),
    Case("contact card as x-vcard", Reply(200, "text/x-vcard", _VCARD)),
    Case("csv", Reply(200, "text/csv", b"a,b\n1,2\n")),
    Case("mp4", Reply(200, "video/mp4", _MP4), says="MP4"),
    Case("mp4 called quicktime", Reply(200, "video/quicktime", _MP4)),
    Case("heavy video", Reply(200, "video/mp4", _MP4, repeat=2000), advises="600 KB"),
    Case("heavy jpeg", Reply(200, "image/jpeg", sample.large_jpeg()), says="JPEG"),
    Case("small animation", Reply(200, "image/gif", sample.animation((80, 60), 5)), says="nimated GIF"),
    Case(
        "heavy animation",
        Reply(200, "image/gif", sample.animation((300, 300), 9, noisy=True)),
        says="nimated GIF",
        advises="600 KB",
    ),
    Case("exactly at the limit", Reply(200, "video/mp4", _MP4[:400], repeat=12_500)),
    Case("moved once", _to("{base}/jpeg"), advises="passed on"),
    Case("moved permanently", _to("{base}/jpeg", 308), advises="passed on"),
    Case("relative redirect", _to("/jpeg", 303), advises="passed on"),
    Case("five redirects", _to("{base}/four-redirects"), advises="passed on"),
    Case("four redirects", _to("{base}/three-redirects", 301)),
    Case("three redirects", _to("{base}/two-redirects", 302)),
    Case("two redirects", _to("{base}/moved-once", 307)),
    Case(
        "gzip in two parts",
        Reply(
            body=gzip.compress(_MP4[:60]) + gzip.compress(_MP4[60:]),
            content_type="video/mp4",
            headers={"Content-Encoding": "gzip"},
        ),
        says=f"{len(_MP4)} bytes",
    ),
    Case("redirect in old letters", _to("/old\xff-letters.jpg"), says="JPEG picture"),
    Case(
        "gzip nobody asked for",
        Reply(body=gzip.compress(sample.jpeg()), headers={"Content-Encoding": "gzip"}),
        advises="compressed",
    ),
    Case("deflate", Reply(body=zlib.compress(sample.jpeg()), headers={"Content-Encoding": "deflate"})),
    Case("blank in the link", None, link="{base}/with blank.jpg"),
    Case("fragment in the link", None, link="{base}/jpeg#top"),
    Case("https with a good certificate", None, link="{good_tls}/jpeg", says="JPEG"),
    Case(
        "long signed link",
        None,
        link="{base}/jpeg?X-Amz-Date=20990101T000000Z&X-Amz-Expires=604800",
        advises="stops working",
    ),
)

STATUS = (
    Case("401", Reply(401, "text/plain"), MediaCode.NEEDS_LOGIN, "password"),
    Case("403", Reply(403, "text/plain"), MediaCode.NEEDS_LOGIN, "403"),
    Case("407", Reply(407, "text/plain"), MediaCode.NEEDS_LOGIN),
    Case("404", Reply(404, "text/html", _HTML), MediaCode.NOT_FOUND, "404"),
    Case("410", Reply(410, "text/plain"), MediaCode.NOT_FOUND, "removed"),
    Case("418", Reply(418, "text/plain"), MediaCode.UNREACHABLE, "418"),
    Case("429", Reply(429, "text/plain"), MediaCode.UNREACHABLE, "too often"),
    Case("500", Reply(500, "text/plain"), MediaCode.UNREACHABLE, "500"),
    Case("503", Reply(503, "text/html", _HTML), MediaCode.UNREACHABLE, "503"),
    Case("304 without having asked", Reply(304, None, length=None), MediaCode.UNREACHABLE, "304"),
    Case("204", Reply(204, None, length=None), MediaCode.EMPTY, "empty"),
)

CONTENT = (
    Case("web page", Reply(200, "text/html", _HTML), MediaCode.IS_WEB_PAGE, "web page"),
    Case("web page called jpeg", Reply(200, "image/jpeg", _HTML), MediaCode.IS_WEB_PAGE, "web page"),
    Case("xhtml", Reply(200, "application/xhtml+xml", _HTML), MediaCode.IS_WEB_PAGE),
    Case("sign-in page after a redirect", _to("{base}/login"), MediaCode.NEEDS_LOGIN, "sign-in"),
    Case("login", Reply(200, "text/html", _HTML), MediaCode.IS_WEB_PAGE),
    Case("octet-stream", _jpeg(content_type="application/octet-stream"), MediaCode.TYPE, "octet-stream", "image/jpeg"),
    Case("no type", _jpeg(content_type=None), MediaCode.TYPE, "does not say"),
    *(
        Case(f"odd label {at}", _jpeg(content_type=label), MediaCode.TYPE, f"labels this file “{label}”", "image/jpeg")
        for at, label in enumerate(
            ("image/pjpeg", "image/*", "application/force-download", '"image/jpeg"', "image/jpeg, image/jpeg")
        )
    ),
    Case("bomb of pixels", Reply(200, "image/png", sample.pixel_bomb()), MediaCode.TOO_LARGE, "pixels", "smaller"),
    Case("webp", Reply(200, "image/webp", sample.webp()), MediaCode.TYPE, "WebP"),
    Case("svg", Reply(200, "image/svg+xml", _SVG), MediaCode.TYPE, "SVG drawing."),
    Case("avif", Reply(200, "image/avif", _AVIF), MediaCode.TYPE, "AVIF"),
    Case("plain text", Reply(200, "text/plain", b"hello"), MediaCode.TYPE),
    Case("json", Reply(200, "application/json", b'{"error": "no"}'), MediaCode.TYPE),
    Case("zip", Reply(200, "application/zip", b"PK\x03\x04" + bytes(60)), MediaCode.TYPE, "ZIP"),
    Case("jpg that is webp", Reply(200, "image/jpeg", sample.webp()), MediaCode.TYPE_MISMATCH, "WebP"),
    Case("jpg that is avif", Reply(200, "image/jpeg", _AVIF), MediaCode.TYPE_MISMATCH, "AVIF"),
    Case("jpg that is heic", Reply(200, "image/jpeg", sample.heic()), MediaCode.TYPE_MISMATCH, "HEIC"),
    Case("jpg that is png", Reply(200, "image/jpeg", sample.png()), MediaCode.TYPE_MISMATCH, "PNG"),
    Case("jpg that is nothing", Reply(200, "image/jpeg", b"\x00" * 500), MediaCode.TYPE_MISMATCH, "damaged"),
    Case("jpg cut short", Reply(200, "image/jpeg", sample.large_jpeg()[:9000]), MediaCode.TYPE_MISMATCH, "damaged"),
    Case(
        "png with a broken middle",
        Reply(200, "image/png", sample.png()[:60] + bytes(40)),
        MediaCode.TYPE_MISMATCH,
        "damaged",
    ),
    Case("pdf that is a picture", Reply(200, "application/pdf", sample.jpeg()), MediaCode.TYPE_MISMATCH),
    Case("contact card that is a page", Reply(200, "text/vcard", _HTML), MediaCode.IS_WEB_PAGE),
    Case("empty", Reply(200, "image/jpeg"), MediaCode.EMPTY, "empty"),
    Case("empty without length", Reply(200, "image/jpeg", length=None), MediaCode.EMPTY, "empty"),
    Case("too large and says so", Reply(200, "image/jpeg", b"x", length=5_000_001), MediaCode.TOO_LARGE, "5.0 MB"),
    Case("too large without length", Reply(200, "video/mp4", _MP4 * 150, repeat=100, length=None), MediaCode.TOO_LARGE),
    Case("endless", Reply(200, "video/mp4", _MP4 * 150, repeat=10**9, length=None), MediaCode.TOO_LARGE),
    Case("one byte above the limit", Reply(200, "video/mp4", bytes(5_000_001), length=None), MediaCode.TOO_LARGE),
    Case(
        "gzip bomb",
        Reply(body=gzip.compress(bytes(60_000_000)), headers={"Content-Encoding": "gzip"}),
        MediaCode.TOO_LARGE,
    ),
    Case("gzip that is none", _jpeg(headers={"Content-Encoding": "gzip"}), MediaCode.UNREACHABLE, "packed"),
    Case(
        "gzip cut short",
        Reply(body=gzip.compress(sample.jpeg())[:-30], headers={"Content-Encoding": "gzip"}),
        MediaCode.UNREACHABLE,
        "broke off",
    ),
    Case("packed in brotli", _jpeg(headers={"Content-Encoding": "br"}), MediaCode.UNREACHABLE, "packed"),
)

HEAD = (
    Case("head 405", _jpeg(), MediaCode.HEAD_REFUSED, "405", head=Reply(405, None)),
    Case("head 403", _jpeg(), MediaCode.HEAD_REFUSED, "403", head=Reply(403, None)),
    Case("head 404", _jpeg(), MediaCode.HEAD_REFUSED, "404", head=Reply(404, None)),
    Case("head 501", _jpeg(), MediaCode.HEAD_REFUSED, "501", head=Reply(501, None)),
    Case("head hangs up", _jpeg(), MediaCode.HEAD_REFUSED, "no proper answer", head=Reply(hang_up=True)),
    Case("head is nonsense", _jpeg(), MediaCode.HEAD_REFUSED, "no proper answer", head=Reply(raw=b"what?\r\n\r\n")),
    Case("head says 9 MB", _jpeg(), MediaCode.TOO_LARGE, "9.0 MB", head=Reply(length=9_000_000)),
    Case("head says html", _jpeg(), MediaCode.HEAD_REFUSED, "text/html", head=Reply(200, "text/html")),
    Case("head without type", _jpeg(), MediaCode.HEAD_REFUSED, "no type", head=Reply(200, None)),
    Case("head without length", _jpeg(), head=Reply(200, "image/jpeg", length=None)),
    Case(
        "head never answers",
        _jpeg(),
        MediaCode.HEAD_REFUSED,
        "no proper answer",
        head=Reply(silent=60),
        limits=SHORT_FIRST_BYTE,
    ),
    Case("head refused and file missing", Reply(404, None), MediaCode.NOT_FOUND, head=Reply(405, None)),
)

TRANSPORT = (
    Case("hangs", _jpeg(silent=60), MediaCode.TIMEOUT, "sent nothing for 1 seconds", limits=SHORT_FIRST_BYTE),
    Case("get hangs", _jpeg(silent=60), MediaCode.TIMEOUT, head=_jpeg(), limits=SHORT_FIRST_BYTE),
    Case("slow first byte but in time", _jpeg(silent=0.3)),
    Case(
        "drips",
        Reply(body=sample.jpeg()[:20], repeat=10**6, drip=0.1, length=None),
        MediaCode.TIMEOUT,
        "not complete",
        limits=SHORT_WHOLE,
    ),
    Case(
        "stops in the middle", Reply(body=sample.jpeg(), repeat=2, drip=60), MediaCode.TIMEOUT, limits=SHORT_FIRST_BYTE
    ),
    Case("hangs up", Reply(hang_up=True), MediaCode.UNREACHABLE, "hung up"),
    Case("hangs up at get", Reply(hang_up=True), MediaCode.UNREACHABLE, "hung up", head=_jpeg()),
    Case("shorter than announced", _jpeg(length=99_999), MediaCode.UNREACHABLE, "broke off"),
    Case(
        "chunks that break off",
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nTransfer-Encoding: chunked\r\n\r\n400\r\nabc"),
        MediaCode.UNREACHABLE,
        "broke off",
    ),
    Case("not http", Reply(raw=b"220 mail.example.com ESMTP\r\n\r\n"), MediaCode.UNREACHABLE, "rules of the web"),
    Case("endless headers", Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200_000), MediaCode.UNREACHABLE),
    Case(
        "one enormous header",
        Reply(raw=b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n"),
        MediaCode.UNREACHABLE,
        "rules of the web",
    ),
    Case("length that is no number", _jpeg(length="many"), MediaCode.UNREACHABLE, "rules of the web"),
    Case("negative length", _jpeg(length="-5"), MediaCode.UNREACHABLE, "rules of the web"),
    Case("port nobody listens on", None, MediaCode.UNREACHABLE, "does not accept", link="{closed}/a.jpg"),
    Case("host that does not exist", None, MediaCode.UNREACHABLE, "no website", link="http://no-such.invalid/a.jpg"),
    Case("https on a plain port", None, MediaCode.UNREACHABLE, "secure connection", link="{plain_as_tls}/jpeg"),
    Case(
        "connection never set up",
        None,
        MediaCode.TIMEOUT,
        "answer the call",
        link="{mute_tls}/jpeg",
        limits=SHORT_CONNECT,
    ),
    Case("certificate expired", None, MediaCode.UNREACHABLE, "expired", link="{expired_tls}/jpeg"),
    Case("certificate not valid yet", None, MediaCode.UNREACHABLE, "not valid yet", link="{early_tls}/jpeg"),
    Case("certificate signed by itself", None, MediaCode.UNREACHABLE, "itself", link="{self_signed_tls}/jpeg"),
    Case("certificate of another host", None, MediaCode.UNREACHABLE, "another website", link="{other_tls}/jpeg"),
    Case("certificate from an unknown issuer", None, MediaCode.UNREACHABLE, "issuer", link="{unknown_tls}/jpeg"),
)

REDIRECTS = (
    Case("six redirects", _to("{base}/five-redirects"), MediaCode.REDIRECT, "more than 5"),
    Case("leads to itself", _to("{base}/leads-to-itself"), MediaCode.REDIRECT, "back to itself"),
    Case("loop of two", _to("{base}/loop-of-two-b"), MediaCode.REDIRECT, "back to itself"),
    Case("loop of two b", _to("{base}/loop-of-two"), MediaCode.REDIRECT, "back to itself"),
    Case("redirect without a target", Reply(302, None), MediaCode.REDIRECT, "no usable"),
    Case("redirect to ftp", _to("ftp://example.com/a.jpg"), MediaCode.REDIRECT, "no usable"),
    Case("redirect to a file", _to("file:///etc/passwd"), MediaCode.REDIRECT, "no usable"),
    Case("redirect with a password", _to("http://me:secret@127.0.0.1/a.jpg"), MediaCode.REDIRECT, "no usable"),
    Case(
        "redirect to the metadata service",
        _to("http://169.254.169.254/latest/"),
        MediaCode.PRIVATE_ADDRESS,
        "leads on to 169.254.169.254",
    ),
    Case("redirect to nowhere", _to("http://0.0.0.0/a.jpg"), MediaCode.PRIVATE_ADDRESS),
    Case("redirect to a number", _to("http://2852039166/a.jpg"), MediaCode.PRIVATE_ADDRESS),
    Case("redirect to a missing file", _to("{base}/404"), MediaCode.NOT_FOUND),
    Case("redirect to drive", _to("{base}/drive-b"), MediaCode.IS_WEB_PAGE),
    Case("drive b", Reply(200, "text/html", _HTML), MediaCode.IS_WEB_PAGE),
)

LINKS = (
    Case("no scheme", None, MediaCode.SCHEME, "no https://", link="www.example.com/a.jpg"),
    Case("file of windows", None, MediaCode.SCHEME, "computer", link="C:\\Users\\me\\a.jpg"),
    Case("file of a share", None, MediaCode.SCHEME, "computer", link="\\\\server\\share\\a.jpg"),
    Case("file of a mac", None, MediaCode.SCHEME, "computer", link="/Users/me/a.jpg"),
    Case("file scheme", None, MediaCode.SCHEME, "computer", link="file:///c:/a.jpg"),
    Case("file name", None, MediaCode.SCHEME, "computer", link="spring sale.jpg"),
    Case("ftp", None, MediaCode.SCHEME, "ftp:", link="ftp://example.com/a.jpg"),
    Case("data", None, MediaCode.SCHEME, "data:", link="data:image/png;base64,AAAA"),
    Case("words", None, MediaCode.SCHEME, "not a web link", link="see the attachment"),
    Case("nothing", None, MediaCode.SCHEME, "not a web link", link=""),
    Case("no host", None, MediaCode.SCHEME, "not a web link", link="https:///a.jpg"),
    Case("port out of range", None, MediaCode.SCHEME, link="https://example.com:99999/a.jpg"),
    Case("password", None, MediaCode.SCHEME, "password", link="https://me:secret@example.com/a.jpg"),
    Case("user name", None, MediaCode.SCHEME, "user name", link="https://me@example.com/a.jpg"),
    Case(
        "signed link that is over",
        None,
        MediaCode.EXPIRES,
        "expired on 1 January 2020",
        link="{base}/jpeg?X-Amz-Date=20200101T000000Z&X-Amz-Expires=60",
    ),
    Case(
        "google drive",
        None,
        MediaCode.IS_WEB_PAGE,
        "Google Drive",
        "uc?export=download",
        link="https://drive.google.com/file/d/1AbCdEfGhIjKlMnOp/view?usp=sharing",
    ),
    Case(
        "dropbox",
        None,
        MediaCode.IS_WEB_PAGE,
        "Dropbox",
        "raw=1",
        link="https://www.dropbox.com/scl/fi/abc/a.jpg?rlkey=k&dl=0",
    ),
    Case("canva", None, MediaCode.IS_WEB_PAGE, "Canva", "upload", link="https://www.canva.com/design/DAF/view"),
)

CASES = (*USABLE, *STATUS, *CONTENT, *HEAD, *TRANSPORT, *REDIRECTS, *LINKS)


@contextmanager
def serving(folder: Path) -> Iterator[MediaServer]:
    """A server that has all cases, its https addresses included; our issuer is trusted meanwhile."""
    replies = {case.path: case.get for case in CASES if case.get}
    replies["/with%20blank.jpg"] = replies["/old%FF-letters.jpg"] = _jpeg()
    heads = {case.path: case.head for case in CASES if case.head}
    issuer = make_issuer("The issuer of these tests")
    issuer.write_to(folder / "issuer.pem")
    with MediaServer(replies, heads) as server, _trusting(folder / "issuer.pem"):
        day = timedelta(days=1)
        contexts = {
            "good_tls": tls_context(folder, issuer),
            "expired_tls": tls_context(folder, issuer, valid_until=-day / 2),
            "early_tls": tls_context(folder, issuer, valid_from=day / 2),
            "self_signed_tls": tls_context(folder, None),
            "other_tls": tls_context(folder, issuer, address="127.0.0.9"),
            "unknown_tls": tls_context(folder, make_issuer("Nobody knows this one")),
        }
        for name, context in contexts.items():
            server.addresses[name] = f"https://127.0.0.1:{server.listen(tls=context)}"
        server.addresses["plain_as_tls"] = server.base.replace("http:", "https:")
        server.addresses["mute_tls"] = f"https://127.0.0.1:{server.listen_mute()}"
        server.addresses["closed"] = f"http://127.0.0.1:{server.closed_port()}"
        yield server


@contextmanager
def _trusting(certificate: Path) -> Iterator[None]:
    before = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = str(certificate)
    try:
        yield
    finally:
        os.environ.pop("SSL_CERT_FILE")
        if before is not None:
            os.environ["SSL_CERT_FILE"] = before


def verdicts_of_all_cases(server: MediaServer) -> Mapping[str, MediaVerdict]:
    """By the case's name. One pre-flight for each set of limits, as the limits are the installation's."""
    found: dict[str, MediaVerdict] = {}
    for limits in dict.fromkeys(case.limits for case in CASES):
        links = {case.name: link_of(case, server) for case in CASES if case.limits == limits}
        verdicts = check_media(links.values(), limits, allow_private=True)
        found |= {name: verdicts[link] for name, link in links.items()}
    return found


def link_of(case: Case, server: MediaServer) -> str:
    """The link as somebody would have typed it."""
    return case.link.format(**server.addresses, path=case.path)
