"""Workbooks: the chosen sheet, cells as the person sees them, bombs and damage."""

import datetime as dt
import zipfile
from io import BytesIO

import pytest
from workbooks import plain_sheet, workbook

from mms.errors import UploadError
from mms.recipients import CheckOptions, Limits, SeveralSheetsError, Upload, check, read_upload
from mms.recipients.read.cell_text import cell_text

NOON = dt.datetime(2026, 3, 7, 14, 5, 9)  # noqa: DTZ001 - a workbook's dates have no time zone

SHOWN = [
    pytest.param(14155552671, "General", "14155552671", id="eleven digits"),
    pytest.param(14155552671.0, "General", "14155552671", id="eleven digits as a float"),
    pytest.param(14155552671, "0.00E+00", "14155552671", id="scientific keeps every digit"),
    pytest.param(4155552671, "[<=9999999]###-####;(###) ###-####", "4155552671", id="phone format"),
    pytest.param(1.5, "General", "1.5", id="fraction"),
    pytest.param(0.1 + 0.2, "General", "0.3", id="fifteen digits as Excel"),
    pytest.param(123, "00000", "00123", id="leading zeros"),
    pytest.param(1234.5, "#,##0.00", "1,234.50", id="thousands"),
    pytest.param(1234.5, '"$"#,##0.00', "$1,234.50", id="dollars"),
    pytest.param(-3, "[$€-407]0.0", "-€3.0", id="euros below zero"),
    pytest.param(0.25, "0%", "25%", id="percent"),
    pytest.param(True, "General", "TRUE", id="truth"),
    pytest.param(NOON, "mm-dd-yy", "3/7/2026", id="short date"),
    pytest.param(NOON, "dd/mm/yyyy", "07/03/2026", id="day first"),
    pytest.param(NOON, "d mmmm yyyy", "7 March 2026", id="month in words"),
    pytest.param(NOON, "h:mm AM/PM", "2:05 PM", id="twelve hours"),
    pytest.param(NOON, "hh:mm:ss", "14:05:09", id="minutes are no months"),
    pytest.param(NOON, 'yyyy-mm-dd"T"hh:mm', "2026-03-07T14:05", id="literal"),
    pytest.param(NOON.date(), "dddd", "Saturday", id="weekday"),
    pytest.param(dt.timedelta(hours=26, minutes=3), "[h]:mm", "26:03:00", id="duration"),
]


@pytest.mark.parametrize(("value", "number_format", "text"), SHOWN)
def test_cell_reads_as_the_person_sees_it(value, number_format, text):
    assert cell_text(value, number_format) == text


def three_sheets(book):
    book.add_worksheet("Empty")
    for name in ("North", "South"):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["phone", "region"])
        sheet.write_row(1, 0, ["415-555-2671", name])


def test_two_lists_in_a_workbook_are_a_question_with_the_sheets_to_choose_from():
    data = workbook(three_sheets)
    with pytest.raises(SeveralSheetsError, match=r"North.*South") as question:
        read_upload(data)

    assert (question.value.code, question.value.sheets) == ("several_sheets", (("North", 1), ("South", 1)))
    chosen = read_upload(data, sheet="South")
    assert (chosen.cells(2)["region"], chosen.sheets) == ("South", ("Empty", "North", "South"))


def test_sheets_without_numbers_are_passed_over():
    def fill(book):
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=List!$B$2:$B$3"})
        book.add_chartsheet("Chart").set_chart(chart)
        book.add_worksheet("Read me").write_row(0, 0, ["How to use this workbook"])
        book.add_worksheet("Export Summary").write_row(0, 0, ["Sheet Name", "Table Name"])
        sheet = book.add_worksheet("List")
        sheet.write_row(0, 0, ["name", "phone"])
        sheet.write_row(1, 0, ["Ann", 4155552671])

    upload = read_upload(workbook(fill), file_name="a.xlsx")

    assert (upload.sheet, upload.cells(2)["phone"]) == ("List", "4155552671")
    assert [repair.kind for repair in upload.repairs] == ["sheet"]


def test_hidden_column_is_never_guessed_to_be_the_one():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Name", "Phone", "Reach me at"])
        sheet.write_row(1, 0, ["Ann", "212-231-7764", "415-200-8871"])
        sheet.set_column("B:B", None, None, {"hidden": True})

    upload = Upload.from_bytes(read_upload(workbook(fill)).to_bytes())

    assert upload.hidden_columns == ("Phone",)
    assert check(upload).phone_column == "Reach me at"
    assert check(upload, CheckOptions(phone_column="Phone")).phone_column == "Phone"


def test_sheet_that_is_not_there_is_refused():
    with pytest.raises(UploadError, match="West"):
        read_upload(workbook(three_sheets), sheet="West")


def test_empty_workbook_is_an_empty_file():
    with pytest.raises(UploadError) as refusal:
        read_upload(workbook(lambda book: book.add_worksheet()))

    assert refusal.value.code == "empty_file"


def test_formula_without_a_stored_result_is_named():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["phone", "name"])
        sheet.write(1, 0, "415-555-2671")
        sheet.write_formula(1, 1, "=A1", None, "")

    repairs = {repair.kind: repair for repair in read_upload(workbook(fill), file_name="a.xlsx").repairs}
    assert repairs["uncalculated_formulas"].example == "B2"


def test_hidden_columns_are_kept_and_named():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["phone", "secret"])
        sheet.write_row(1, 0, ["415-555-2671", "x"])
        sheet.set_column("B:B", None, None, {"hidden": True})

    upload = read_upload(workbook(fill), file_name="a.xlsx")
    assert [(repair.kind, repair.example) for repair in upload.repairs] == [("hidden_columns", "B")]
    assert upload.columns == ("phone", "secret")


def test_title_merged_over_the_columns_is_still_a_title():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.merge_range("A1:B1", "Spring list")
        sheet.write_row(1, 0, ["phone", "name"])
        sheet.write_row(2, 0, [4155552671, "Ann"])

    assert list(read_upload(workbook(fill)).rows()) == [(3, ("4155552671", "Ann"))]


def test_workbook_that_unpacks_too_far_is_refused_before_it_is_unpacked():
    with pytest.raises(UploadError) as refusal:
        read_upload(plain_sheet(["phone"], ["415-555-2671"]), limits=Limits(max_unpacked=1_000))

    assert refusal.value.code == "too_large"


def test_damaged_workbook_is_named_as_such():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook")
    with pytest.raises(UploadError, match="damaged Excel workbook"):
        read_upload(out.getvalue())
