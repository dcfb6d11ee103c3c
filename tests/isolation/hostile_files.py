"""Small files that were made to freeze or fill whoever opens them."""

import io
import struct
import zipfile
import zlib

from PIL import Image

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
    '<Override PartName="/xl/sharedStrings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
    "</Types>"
)
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ROOT = (
    f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Target="xl/workbook.xml" '
    f'Type="{_REL}/officeDocument"/></Relationships>'
)
_BOOK = (
    f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets><sheet name="List" sheetId="1" r:id="r1"/></sheets></workbook>'
)
_BOOK_RELS = (
    f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Target="worksheets/sheet1.xml" Type="{_REL}/worksheet"/>'
    f'<Relationship Id="r2" Target="styles.xml" Type="{_REL}/styles"/>'
    f'<Relationship Id="r3" Target="sharedStrings.xml" Type="{_REL}/sharedStrings"/></Relationships>'
)
HEADER = '<row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c></row>'
PERSON = '<row r="2"><c r="A2" t="inlineStr"><is><t>4155552671</t></is></c></row>'


def workbook(rows="", *, after="", styles="", strings="", compression=zipfile.ZIP_DEFLATED, opening=HEADER + PERSON):
    """A workbook with these rows behind a header and a person."""
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _ROOT,
        "xl/workbook.xml": _BOOK,
        "xl/_rels/workbook.xml.rels": _BOOK_RELS,
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{opening}{rows}</sheetData>{after}</worksheet>'
        ),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression, compresslevel=9) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def blanks_behind_a_formula():
    return workbook(f'<row r="3"><c r="A3"><f/>{" " * 5_000_000}x</c></row>')


def row_far_away():
    return workbook('<row r="50000000"><c r="A50000000"><v>1</v></c></row>')


def last_row_of_a_wide_sheet():
    columns = "".join(f'<c t="inlineStr"><is><t>c{at}</t></is></c>' for at in range(900))
    header = f'<row r="1"><c t="inlineStr"><is><t>phone</t></is></c>{columns}</row>'
    return workbook('<row r="1048576"><c r="A1048576"><v>4155552671</v></c></row>', opening=header)


def packed_as_bzip2():
    return workbook(f'<row r="3"><c r="A3"><f/>{" " * 50_000_000}</c></row>', compression=zipfile.ZIP_BZIP2)


def size_that_lies():
    """A sheet that claims a hundred bytes and unpacks to 100 MB."""
    data = bytearray(workbook(f"<row>{' ' * 100_000_000}</row>"))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        start = archive.start_dir
    at = data.index(b"xl/worksheets/sheet1.xml", start) - 46
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    return bytes(data)


def far_columns():
    return workbook("".join(f'<row r="{at}"><c r="XFD{at}"><v>1</v></c></row>' for at in range(3, 20_003)))


def merges():
    """Merges over merges, each as large as is taken seriously."""
    merged = "".join('<mergeCell ref="A1:T40000"/>' for _ in range(2_000))
    rows = "".join(f'<row r="{at}"><c r="A{at}"><v>4155552671</v></c></row>' for at in range(3, 20_003))
    return workbook(rows, after=f"<mergeCells>{merged}</mergeCells>")


def shared_text_a_million_times():
    rows = "".join(f'<row r="{at}"><c r="A{at}" t="s"><v>0</v></c></row>' for at in range(3, 100_003))
    return workbook(rows, strings=f"<si><t>{'x' * 32_000}</t></si>")


def cell_formats():
    return workbook(styles=f'<cellXfs count="1">{"<xf/>" * 4_000_000}</cellXfs>')


def unknown_elements():
    return workbook(after="<a/>" * 2_000_000)


def encrypted_flag():
    data = bytearray(workbook())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        start = archive.start_dir
    data[data.index(b"PK\x01\x02", start) + 8] |= 1
    return bytes(data)


def short_rows_below_a_wide_header():
    return (",".join(["phone", *(f"c{at}" for at in range(950))]) + "\n" + "1\n" * 400_000).encode()


def header_of_commas():
    return b"phone" + b"," * 3_000_000 + b"\n4155552671\n" * 3


def line_ends():
    return b"phone\n" + b"\n" * 3_000_000


LISTS = {
    "formula and millions of blanks": (blanks_behind_a_formula, None),
    "row 50,000,000": (row_far_away, "not_text"),
    "last row below a wide header": (last_row_of_a_wide_sheet, "too_large"),
    "bzip2 part": (packed_as_bzip2, "not_text"),
    "size field that lies": (size_that_lies, "too_large"),
    "column XFD in 20,000 rows": (far_columns, "too_large"),
    "merged cells": (merges, None),
    "shared string in 100,000 cells": (shared_text_a_million_times, "too_large"),
    "millions of cell formats": (cell_formats, "too_large"),
    "millions of unknown elements": (unknown_elements, None),
    "encrypted part": (encrypted_flag, "not_text"),
    "short rows below a wide header": (short_rows_below_a_wide_header, "too_large"),
    "header of commas": (header_of_commas, "too_large"),
    "millions of line ends": (line_ends, "too_many_rows"),
}
"""By name: who makes it, and the code of its sentence; None: it may be read, or refused with any code."""


def jpeg_of_many_scans(scans=5_000):
    """A progressive JPEG whose last scan is repeated."""
    out = io.BytesIO()
    Image.effect_noise((640, 480), 40).save(out, "JPEG", progressive=True, quality=30)
    data = out.getvalue()
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * scans + b"\xff\xd9"


def _chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of_nothing(side=30_000):
    """A PNG of 900 million pixels in a few kilobytes."""
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    packed = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def animation_of_many_frames(side=1_000, frames=400):
    """An APNG whose every frame covers the whole picture, in less than a kilobyte each."""
    packed = zlib.compress((b"\0" + b"\0" * side) * side, 9)
    parts = [
        _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)),
        _chunk(b"acTL", struct.pack(">II", frames, 0)),
    ]
    for number in range(frames):
        control = struct.pack(">IIIIIHHBB", max(2 * number - 1, 0), side, side, 0, 0, 2, 100, 0, 0)
        parts.append(_chunk(b"fcTL", control))
        parts.append(_chunk(b"fdAT", struct.pack(">I", 2 * number) + packed) if number else _chunk(b"IDAT", packed))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + _chunk(b"IEND", b"")


PICTURES = {
    "JPEG of 5,000 scans": jpeg_of_many_scans,
    "PNG of 900 million pixels": png_of_nothing,
    "APNG of 400 large frames": animation_of_many_frames,
}
