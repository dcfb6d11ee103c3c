"""Where the parts of an XLSX stand: sheets with their names, their XML, and the number format of each style.

The package says so itself (`_rels`, Office Open XML part 2); names are not relied upon, because many programs
write others than Excel does, some with backslashes.
"""

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree

from openpyxl.styles.numbers import BUILTIN_FORMATS

_USUAL = "xl/workbook.xml"
_GENERAL = "General"
_OFFICE_DOCUMENT = "/officeDocument"
_VISIBLE = "visible"


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of cells; `path` is its XML in the archive."""

    name: str
    path: str
    is_visible: bool


@dataclass(frozen=True, slots=True)
class WorkbookParts:
    """`formats` holds the number format of each cell style, in the order in which cells name them."""

    sheets: tuple[SheetPart, ...]
    formats: tuple[str, ...]

    @property
    def visible(self) -> tuple[SheetPart, ...]:
        """Sheets that the person sees."""
        return tuple(sheet for sheet in self.sheets if sheet.is_visible)


def _tree(xml: bytes) -> ElementTree.Element:
    """The parsed part; no spreadsheet program writes a document type, and only one can make a parser run wild."""
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise ValueError("document type in a workbook part")
    return ElementTree.fromstring(xml)  # noqa: S314 - entities are refused above


def with_usual_names(data: bytes) -> bytes:
    """The same workbook with slashes in its part names and the workbook where every reader looks for it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        main = _main_part(archive)
        if main == _USUAL and not any("\\" in name for name in names):
            return data
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as copy:
            for name in names:
                usual, content = _usual_name(name.replace("\\", "/"), main), archive.read(name)
                if usual == "_rels/.rels":
                    content = content.replace(main.encode(), _USUAL.encode())
                copy.writestr(usual, content)
    return out.getvalue()


def _usual_name(name: str, main: str) -> str:
    folder, file = posixpath.split(main)
    beside = posixpath.join(folder, "_rels", file + ".rels")
    if name == main:
        return _USUAL
    if name == beside:
        return "xl/_rels/workbook.xml.rels"
    inside = folder and name.startswith(folder + "/")
    return "xl/" + name[len(folder) + 1 :] if inside else name


def _main_part(archive: zipfile.ZipFile) -> str:
    names = {name.replace("\\", "/").casefold(): name for name in archive.namelist()}
    if "_rels/.rels" in names:
        for relation in _tree(archive.read(names["_rels/.rels"])):
            if relation.get("Type", "").endswith(_OFFICE_DOCUMENT):
                return relation.get("Target", _USUAL).replace("\\", "/").lstrip("/")
    return _USUAL


def workbook_parts(archive: zipfile.ZipFile) -> WorkbookParts:
    """The parts of a workbook with usual names; raises almost anything when it is damaged."""
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in _tree(archive.read("xl/_rels/workbook.xml.rels"))
        if relation.get("Type", "").endswith("/worksheet")
    }
    sheets = []
    for element in _tree(archive.read(_USUAL)).iter():
        if not element.tag.endswith("}sheet"):
            continue
        identity = next((value for key, value in element.attrib.items() if key.endswith("}id")), None)
        if identity in targets:  # a chart or a dialog has no cells
            visible = element.get("state", _VISIBLE) == _VISIBLE
            sheets.append(SheetPart(element.get("name", ""), _part_path(targets[identity]), visible))
    return WorkbookParts(tuple(sheets), _formats(archive))


def _part_path(target: str) -> str:
    target = target.replace("\\", "/")
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))


def _formats(archive: zipfile.ZipFile) -> tuple[str, ...]:
    if "xl/styles.xml" not in archive.namelist():
        return ()
    root = _tree(archive.read("xl/styles.xml"))
    own = {}
    for element in root.iter():
        if element.tag.endswith("}numFmt"):
            own[int(element.get("numFmtId", "0"))] = element.get("formatCode", _GENERAL)
    styles = next((element for element in root if element.tag.endswith("}cellXfs")), ())
    numbers = (int(style.get("numFmtId", "0")) for style in styles)
    return tuple(own.get(number, BUILTIN_FORMATS.get(number, _GENERAL)) for number in numbers)


# As Excel writes a cell; the other pattern takes its attributes in any order, at three times the time.
_USUAL_CELL = r'<c r="(?P<letters>[A-Z]+)(?P<row>\d+)" s="(?P<style>{styles})"'
_CELL = r'<(?:\w+:)?c\b(?=[^<>]*\bs="(?P<style>{styles})")[^<>]*?\br="(?P<letters>[A-Z]+)(?P<row>\d+)"'
_OTHER_ORDER = re.compile(rb'<\w+:c\b|<c\b [^r]|<c r="[^"]*" [^st>/]|<c r="[^"]*" t="[^"]*" s=|<c\s\s')
# Atomic and possessive: what stands between the tags is a stranger's, and must not be gone through twice.
_ERROR = re.compile(
    rb'<(?:\w+:)?c\b(?=[^<>]*\bt="e")(?>[^<>]*?\br="([A-Z]+)(\d+)")[^<>]*+>'
    rb"\s*+(?:<(?:\w+:)?f\b[^<>]*+>(?>[^<]*+</(?:\w+:)?f>)?+\s*+)?+<(?:\w+:)?v>([^<]*+)<"
)


def formatted_cells(xml: bytes, formats: tuple[str, ...]) -> dict[tuple[int, int], str]:
    """Number format by (row, column), both from 1, of the cells that have one of their own."""
    own = [str(at) for at, text in enumerate(formats) if text not in (_GENERAL, "@")]
    if not own:
        return {}
    pattern = re.compile(_CELL.format(styles="|".join(own)).encode())
    return {(int(row), column_number(letters)): formats[int(style)] for style, letters, row in pattern.findall(xml)}


def error_cells(xml: bytes) -> dict[tuple[int, int], str]:
    """What the cells say whose formula failed, such as `#REF!`, by (row, column) from 1."""
    if b't="e"' not in xml:
        return {}
    return {(int(row), column_number(letters)): text.decode() for letters, row, text in _ERROR.findall(xml)}


def column_number(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
