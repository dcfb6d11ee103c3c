"""Unpacks a body that came compressed although nobody asked for it, never to more than is wanted."""

import zlib

from mms.media.check.messages import LinkFault, Reason

_GZIP = b"\x1f\x8b"
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS  # zlib looks at the header itself


def is_plain(encoding: str | None) -> bool:
    """Whether a Content-Encoding header means that the body is the file."""
    return (encoding or "").strip().lower() in {"", "identity"}


class Unpacking:
    """One body, chunk by chunk. Raises LinkFault for an encoding we cannot read, and for one that breaks off."""

    def __init__(self, encoding: str | None, host: str) -> None:
        self._host = host
        self._left = b""  # the first byte of what may be another gzip file
        self._zlib = None if is_plain(encoding) else zlib.decompressobj(_GZIP_OR_ZLIB)
        if self._zlib and (encoding or "").strip().lower() not in {"gzip", "x-gzip", "deflate"}:
            raise LinkFault(Reason.UNPACKABLE, host=host)

    def next(self, chunk: bytes, *, at_most: int) -> bytes:
        """The chunk unpacked, cut off at `at_most` bytes: a few packed bytes can hold gigabytes."""
        if self._zlib is None:
            return chunk
        try:
            return self._unpacked(self._zlib, chunk, at_most)
        except zlib.error:
            raise LinkFault(Reason.UNPACKABLE, host=self._host) from None

    def _unpacked(self, unpack: "zlib._Decompress", chunk: bytes, at_most: int) -> bytes:
        """A gzip body may be several, one behind the other; anything else behind the first is left aside."""
        data = b""
        left, self._left = self._left + chunk, b""
        while left and len(data) < at_most:
            if unpack.eof and len(left) < len(_GZIP):
                self._left = left
                break
            if unpack.eof and not left.startswith(_GZIP):
                break
            if unpack.eof:
                self._zlib = unpack = zlib.decompressobj(_GZIP_OR_ZLIB)
            data += unpack.decompress(left, at_most - len(data))
            left = unpack.unused_data
        return data

    def require_end(self) -> None:
        """Call after the last chunk."""
        if self._zlib and not self._zlib.eof:
            raise LinkFault(Reason.TRUNCATED)
