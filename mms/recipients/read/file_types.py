"""What a file really is, by its first bytes and never by its name."""

import io
import zipfile
from dataclasses import dataclass

from mms.problems import FileCode

LIST_ENDINGS = ("csv", "tsv", "txt", "xlsx", "xlsm", "xls", "xlsb", "ods", "vcf")
"""How names of files with people end: what a file chooser offers. What is in the file decides."""


@dataclass(frozen=True, slots=True)
class FileType:
    """`name` says what the file is; other workbooks are XLS, XLSB and ODS.

    `refusal` is the code when it is nothing that is read here.
    """

    name: str
    is_workbook: bool = False
    is_other_workbook: bool = False
    is_contact_cards: bool = False
    refusal: FileCode | None = None


TEXT = FileType("text")
_XLSX = FileType("an Excel workbook (XLSX)", is_workbook=True)


def _foreign(name: str) -> FileType:
    return FileType(name, refusal=FileCode.NOT_TEXT)


def _archive(name: str) -> FileType:
    return FileType(name, refusal=FileCode.IS_ARCHIVE)


_XLS = FileType("an old Excel workbook (XLS)", is_other_workbook=True)
_XLSB = FileType("a binary Excel workbook (XLSB)", is_other_workbook=True)
_ODS = FileType("an OpenDocument spreadsheet (ODS)", is_other_workbook=True)
_OLD_WORD = _foreign("an old Word document")
_PROTECTED = _foreign("a workbook with a password")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORD = "WordDocument".encode("utf-16-le")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

_XLSX_CONTENT = (b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml")
_XLSB_CONTENT = b"ms-excel.sheet.binary.macroEnabled.main"
_LONGEST_CONTENT_TYPES = 1_000_000

_BY_FIRST_BYTES: tuple[tuple[bytes, FileType], ...] = (
    (b"\x1f\x8b", _archive("a GZIP archive")),
    (b"7z\xbc\xaf\x27\x1c", _archive("a 7-Zip archive")),
    (b"Rar!\x1a\x07", _archive("a RAR archive")),
    (b"BZh", _archive("a BZIP2 archive")),
    (b"\xfd7zXZ\x00", _archive("an XZ archive")),
    (b"\x28\xb5\x2f\xfd", _archive("a Zstandard archive")),
    (b"%PDF-", _foreign("a PDF document")),
    (b"\x89PNG", _foreign("a picture (PNG)")),
    (b"\xff\xd8\xff", _foreign("a picture (JPEG)")),
    (b"GIF8", _foreign("a picture (GIF)")),
    (b"{\\rtf", _foreign("a rich text document (RTF)")),
    (b"SQLite format 3", _foreign("a database")),
)
# Pieces of a page, such as a sign-in form in place of the file that was asked for.
_HTML_PIECES = tuple(b"<" + tag for tag in b"div,p>,p ,span,meta,script,style,!--,h1,form,br,tr,center".split(b","))
_BY_OPENING_TEXT: tuple[tuple[tuple[bytes, ...], FileType], ...] = (
    ((b"<!doctype html", b"<html", b"<table", b"<head", b"<body", *_HTML_PIECES), _foreign("a web page (HTML)")),
    ((b"mime-version:", b"from: <saved by"), _foreign("a web page in one file (MHT)")),
    ((b"<?xml", b"<workbook"), _foreign("an XML document")),
    ((b'{"url":', b'{"doc_id":', b'{"url" :'), _foreign("a Google Sheets shortcut")),
    ((b"[{", b'{"'), _foreign("a JSON document")),
    ((b"begin:vcard",), FileType("a set of contact cards (VCF)", is_contact_cards=True)),
)


def file_type(data: bytes) -> FileType:
    """What the bytes are; `TEXT` when nothing else is recognised."""
    if data.startswith(b"PK"):
        return _zipped(data)
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            return _PROTECTED
        return _OLD_WORD if _WORD in data else _XLS
    for magic, known in _BY_FIRST_BYTES:
        if data.startswith(magic):
            return known
    opening = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for openings, known in _BY_OPENING_TEXT:
        if opening.startswith(openings):
            return known
    return TEXT


def _content_types(archive: zipfile.ZipFile) -> bytes:
    """What the package says about its parts; their names are the writer's own choice."""
    for entry in archive.infolist():
        if entry.filename == "[Content_Types].xml" and entry.file_size < _LONGEST_CONTENT_TYPES:
            return archive.read(entry)
    return b""


def _zipped(data: bytes) -> FileType:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {name.replace("\\", "/") for name in archive.namelist()}
            content = _content_types(archive)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        # "PK" may open a text file as well: what follows in a real archive is never printable
        return (
            TEXT
            if data[2:4].isascii() and data[2:4].decode("ascii").isprintable()
            else _archive("a broken ZIP archive")
        )
    if "xl/workbook.bin" in names or _XLSB_CONTENT in content:
        return _XLSB
    if "xl/workbook.xml" in names or any(kind in content for kind in _XLSX_CONTENT):
        return _XLSX
    if "content.xml" in names:
        return _ODS
    if any(name.endswith(".iwa") or name == "Index.zip" for name in names):
        return _foreign("an Apple Numbers spreadsheet")
    if any(name.startswith("word/") for name in names):
        return _foreign("a Word document")
    return _archive("a ZIP archive")
