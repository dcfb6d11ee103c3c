"""Sound workbooks that other programs write, and the older formats: read as they are, never called damaged."""

import io
import re
import zipfile

import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from workbooks import plain_sheet, workbook

from mms.errors import UploadError
from mms.recipients import check, read_upload

ROWS = (["Name", "Mobile"], ["Ann", "415-200-8871"], ["Ben", "212-231-7764"])
READY = [(2, "+14152008871"), (3, "+12122317764")]


def rewritten(data, change):
    """The workbook with each part as `change(name, content)` gives it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            after.writestr(*change(name, before.read(name)))
    return out.getvalue()


def empty_fill(name, content):
    return name, re.sub(rb"<fill>.*?</fill>", b"<fill/>", content) if name == "xl/styles.xml" else content


def other_part_name(name, content):
    return name.replace("xl/workbook.xml", "xl/book1.xml"), content.replace(b"xl/workbook.xml", b"xl/book1.xml")


def renamed_relations(name, content):
    name, content = other_part_name(name, content)
    return name.replace("workbook.xml.rels", "book1.xml.rels"), content


def other_folder(name, content):
    name, content = renamed_relations(name, content)
    return name.replace("xl/", "data/"), content.replace(b"xl/", b"data/")


def backslashes(name, content):
    return name.replace("/", "\\"), content


def strict(name, content):
    for kind in (b"spreadsheetml/2006/main", b"officeDocument/2006/relationships"):
        short = kind.replace(b"/2006", b"")
        content = content.replace(b"http://schemas.openxmlformats.org/" + kind, b"http://purl.oclc.org/ooxml/" + short)
    return name, content


def prefixed(name, content):
    if name != "xl/worksheets/sheet1.xml":
        return name, content
    content = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", content)
    return name, content.replace(b"xmlns=", b"xmlns:x=")


def without_references(name, content):
    return name, re.sub(rb' r="[A-Z]+\d+"', b"", content) if "sheet1" in name else content


CHANGES = [empty_fill, renamed_relations, other_folder, backslashes, strict, without_references]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_workbook_of_another_program_is_read(change):
    checked = check(read_upload(rewritten(plain_sheet(*ROWS), change), file_name="a.xlsx"))

    assert list(checked.ready_numbers()) == READY


def xls():
    out = io.BytesIO()
    book = xlwt.Workbook()
    sheet = book.add_sheet("List")
    for at, row in enumerate(ROWS):
        for place, cell in enumerate(row):
            sheet.write(at, place, cell)
    book.save(out)
    return out.getvalue()


def ods():
    out = io.BytesIO()
    document = OpenDocumentSpreadsheet()
    table = Table(name="List")
    for row in ROWS:
        line = TableRow()
        for cell in row:
            entry = TableCell(valuetype="string")
            entry.addElement(P(text=cell))
            line.addElement(entry)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("made", [xls, ods])
def test_older_formats_are_read_and_say_that_hidden_rows_are_not_known(made):
    upload = read_upload(made(), file_name="a.xlsx")
    checked = check(upload)

    assert list(checked.ready_numbers()) == READY
    assert "hidden_rows_unknown" in {repair.kind for repair in upload.repairs}


def test_escapes_of_control_characters_reach_nobody():
    def escaped(name, content):
        return name, content.replace(b"415-200-8871", b"415-200-8871_x000D_").replace(b"Ann", b"A_x000D__x000a_n")

    upload = read_upload(rewritten(plain_sheet(*ROWS), escaped))

    assert list(check(upload).ready_numbers()) == READY
    assert upload.cells(2)["Name"].split() == ["A", "n"]


def test_number_shown_with_thousands_is_still_that_number():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Name", "Mobile"])
        sheet.write(1, 1, 4152008871, book.add_format({"num_format": "#,##0"}))
        sheet.write(2, 1, 14152008872, book.add_format({"num_format": "#,##0.00"}))
        sheet.write(3, 1, 4152008873, book.add_format({"num_format": "0.00E+00"}))

    assert [number for _, number in check(read_upload(workbook(fill))).ready_numbers()] == [
        "+14152008871",
        "+14152008872",
        "+14152008873",
    ]


def test_failed_formula_keeps_what_it_says():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Mobile", "Name"])
        sheet.write(1, 0, "415-200-8871")
        sheet.write_formula(1, 1, "=A1/0", None, "#DIV/0!")

    assert read_upload(workbook(fill)).cells(2)["Name"] == "#DIV/0!"


def test_cell_far_away_does_not_fill_the_memory():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Mobile", "Name"])
        sheet.write(1, 0, "415-200-8871")
        sheet.write(1_048_575, 16_383, "x")

    with pytest.raises(UploadError) as refusal:
        read_upload(workbook(fill))

    assert refusal.value.code == "too_large"


def test_document_type_in_a_part_is_refused():
    def entity(name, content):
        return name, content.replace(b"<workbook", b"<!DOCTYPE x [<!ENTITY a 'b'>]><workbook", 1)

    with pytest.raises(UploadError, match="damaged"):
        read_upload(rewritten(plain_sheet(*ROWS), entity))
