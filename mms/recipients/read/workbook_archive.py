"""A workbook's archive before anything in it is parsed: what it really unpacks to, counted while it is unpacked.

Sizes that an archive claims are a stranger's word: each part is unpacked once, in pieces that are thrown away.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from mms.errors import UploadError
from mms.problems import FileCode
from mms.recipients.read.file_errors import file_error

_MEGABYTE = 1_000_000
_PIECE = 1_000_000
_KINDS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # what spreadsheets write; others unpack without end
_ENCRYPTED = 0x1
_MOST_PARTS = 10_000
# Lists pack 10 to 60 times smaller; a packed run of one character 1,000 times.
_MOST_GROWTH = 200
_GROWTH_IS_FREE_TO = 30 * _MEGABYTE
# Excel has at most 65,490 cell formats. Cells and their texts are the list itself, and are counted as they are read.
_MOST_TAGS = 2_000_000
_COUNTED = re.compile(r"styles?\.xml$|workbook\.xml$|\.rels$", re.IGNORECASE)
_LISTS = ("xl/worksheets/", "xl/sharedStrings.xml")


@dataclass(slots=True)
class _Budget:
    """What the parts that are still to come may unpack to."""

    packed: int
    most: int
    unpacked: int = 0

    def take(self, count: int) -> None:
        self.unpacked += count
        if self.unpacked > self.most:
            raise _too_large(self.unpacked, self.most)
        if self.unpacked > max(_GROWTH_IS_FREE_TO, self.packed * _MOST_GROWTH):
            raise UploadError(
                f"This workbook of {self.packed / 1_000:,.0f} KB unpacks to more than {_MOST_GROWTH} times its size, "
                "as no list does. Copy the list into a new workbook, or save it as CSV, and upload that.",
                code=FileCode.TOO_LARGE,
            )


def require_bounded_archive(data: bytes, max_unpacked: int) -> None:
    """Go on only with an archive whose parts are what it says, and not more than a list needs.

    Raises:
        UploadError: `too_large`, or `not_text` for an archive that no spreadsheet program writes.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        _require_plain(parts)
        claimed = sum(part.file_size for part in parts)
        if claimed > max_unpacked:
            raise _too_large(claimed, max_unpacked)
        budget = _Budget(len(data), max_unpacked)
        for part in parts:
            _require_bounded_part(data, part, budget)


def _require_plain(parts: list[zipfile.ZipInfo]) -> None:
    names = {part.filename for part in parts}
    odd = any(part.compress_type not in _KINDS or part.flag_bits & _ENCRYPTED for part in parts)
    if odd or len(names) != len(parts) or len(parts) > _MOST_PARTS:
        raise file_error(FileCode.NOT_TEXT, kind="an Excel workbook packed in a way that no spreadsheet program does")


def _require_bounded_part(data: bytes, part: zipfile.ZipInfo, budget: _Budget) -> None:
    size = tags = 0
    is_counted = _COUNTED.search(part.filename) is not None
    for piece in _pieces(data, part):
        size += len(piece)
        tags += piece.count(b"<") if is_counted else 0
        budget.take(len(piece))
        if tags > _MOST_TAGS:
            raise UploadError(
                "This workbook holds far more formatting than a list needs. "
                "Copy the list into a new workbook, or save it as CSV, and upload that.",
                code=FileCode.TOO_LARGE,
            )
    if size != part.file_size:
        raise file_error(FileCode.NOT_TEXT, kind="a damaged Excel workbook")


def _pieces(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of a part in pieces of at most a megabyte."""
    start = _start(data, part)
    packed = memoryview(data)[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        yield from (bytes(packed[at : at + _PIECE]) for at in range(0, len(packed), _PIECE))
        return
    unpack = zlib.decompressobj(-zlib.MAX_WBITS)
    for at in range(0, len(packed), _PIECE):
        left = bytes(packed[at : at + _PIECE])
        while left:
            yield unpack.decompress(left, _PIECE)
            left = unpack.unconsumed_tail
    while piece := unpack.decompress(unpack.unconsumed_tail, _PIECE):
        yield piece


def _start(data: bytes, part: zipfile.ZipInfo) -> int:
    """Where a part's bytes begin: behind its own header, whose two lengths may differ from the directory's."""
    header = data[part.header_offset : part.header_offset + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise file_error(FileCode.NOT_TEXT, kind="a damaged Excel workbook")
    return part.header_offset + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")


def _too_large(size: int, limit: int) -> UploadError:
    shown = (f"{count / _MEGABYTE:,.0f} MB unpacked" for count in (size, limit))
    return file_error(FileCode.TOO_LARGE, size=next(shown), limit=next(shown))
