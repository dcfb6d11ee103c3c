"""Unpacks a body that came compressed although nobody asked for it, never to more than is wanted."""

import zlib

from mms.media.texts import LinkFault, Reason

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS  # zlib looks at the header itself


def is_plain(encoding: str | None) -> bool:
    """Whether a Content-Encoding header means that the body is the file."""
    return (encoding or "").strip().lower() in {"", "identity"}


class Unpacking:
    """One body, chunk by chunk. Raises LinkFault for an encoding we cannot read, and for one that breaks off."""

    def __init__(self, encoding: str | None, host: str) -> None:
        self._host = host
        self._zlib = None if is_plain(encoding) else zlib.decompressobj(_GZIP_OR_ZLIB)
        if self._zlib and (encoding or "").strip().lower() not in {"gzip", "x-gzip", "deflate"}:
            raise LinkFault(Reason.UNPACKABLE, host=host)

    def next(self, chunk: bytes, *, at_most: int) -> bytes:
        """The chunk unpacked, cut off at `at_most` bytes: a few packed bytes can hold gigabytes."""
        if self._zlib is None:
            return chunk
        try:
            return self._zlib.decompress(chunk, at_most)
        except zlib.error:
            raise LinkFault(Reason.UNPACKABLE, host=self._host) from None

    def require_end(self) -> None:
        """Call after the last chunk."""
        if self._zlib and not self._zlib.eof:
            raise LinkFault(Reason.TRUNCATED)
