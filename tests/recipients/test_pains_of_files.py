"""Pains 1 to 56: the file itself, its header, its rows."""

import gzip
from datetime import date

import pytest
from pains import ANN, BOB, pain
from workbooks import plain_sheet, workbook, zipped

from mms.errors import UploadError
from mms.recipients import Limits, read_upload

PLAIN = f"phone,name\n{ANN},José\n"
PLAIN_ROWS = [(2, (ANN, "José"))]
PLAIN_COLUMNS = ("phone", "name")


def hidden_things(book):
    book.add_worksheet("Cover").hide()
    sheet = book.add_worksheet("List")
    sheet.set_first_sheet()
    sheet.activate()
    for number, row in enumerate([["phone", "name"], [ANN, "Ann"], [BOB, "Bob"], ["646-555-2673", "Cy"]]):
        sheet.write_row(number, 0, row)
    sheet.set_row(2, None, None, {"hidden": True})
    sheet.merge_range("B4:B5", "Cy")
    sheet.write(4, 0, "646-555-2674")
    book.add_worksheet("Other")


def dates_and_numbers(book):
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["phone", "when", "price"])
    sheet.write_number(1, 0, 14155552671)
    sheet.write_datetime(1, 1, date(1995, 1, 27), book.add_format({"num_format": "dd/mm/yy"}))
    sheet.write_number(1, 2, 1234.5, book.add_format({"num_format": '"$"#,##0.00'}))


def formulas(book):
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["phone", "name"])
    sheet.write(1, 0, ANN)
    sheet.write_formula(1, 1, '="An"&"n"', None, "Ann")


READS = [
    pain(1, b"\xef\xbb\xbf" + PLAIN.encode(), PLAIN_COLUMNS, PLAIN_ROWS, set()),
    pain(
        2,
        b"\xff\xfe" + PLAIN.replace(",", "\t").encode("utf-16-le"),
        PLAIN_COLUMNS,
        PLAIN_ROWS,
        {"encoding", "separator"},
    ),
    pain(2, PLAIN.encode("utf-16-be"), PLAIN_COLUMNS, PLAIN_ROWS, {"encoding"}, case="without-mark"),
    pain(3, PLAIN.encode("cp1252"), PLAIN_COLUMNS, PLAIN_ROWS, {"encoding"}),
    pain(5, PLAIN.replace(",", ";").encode(), PLAIN_COLUMNS, PLAIN_ROWS, {"separator"}),
    pain(6, ("sep=;\n" + PLAIN.replace(",", ";")).encode(), PLAIN_COLUMNS, PLAIN_ROWS, set()),
    pain(7, PLAIN.replace(",", "\t").encode(), PLAIN_COLUMNS, PLAIN_ROWS, {"separator"}),
    pain(8, plain_sheet(["phone", "name"], [ANN, "José"]), PLAIN_COLUMNS, PLAIN_ROWS, {"workbook"}),
    pain(13, f"phone,name\n{ANN},Jo\0sé\n".encode(), PLAIN_COLUMNS, PLAIN_ROWS, {"nul_characters"}),
    pain(16, ("phone,name" + "," * 16_382 + f"\n{ANN},José\n").encode(), PLAIN_COLUMNS, PLAIN_ROWS, set()),
    pain(18, PLAIN.replace("\n", "\r").encode(), PLAIN_COLUMNS, PLAIN_ROWS, set()),
    pain(20, f"phone,name\n{ANN},40°42'46\"N\n".encode(), PLAIN_COLUMNS, [(2, (ANN, "40°42'46\"N"))], set()),
    pain(
        25,
        workbook(hidden_things),
        PLAIN_COLUMNS,
        [(2, (ANN, "Ann")), (4, ("646-555-2673", "Cy")), (5, ("646-555-2674", "Cy"))],
        {"workbook", "sheet", "hidden_rows", "merged_cells"},
    ),
    pain(
        26,
        workbook(dates_and_numbers),
        ("phone", "when", "price"),
        [(2, ("14155552671", "27/01/95", "$1,234.50"))],
        {"workbook"},
    ),
    pain(27, workbook(formulas), PLAIN_COLUMNS, [(2, (ANN, "Ann"))], {"workbook"}),
    pain(31, f"\u200b\ufeffphone\u00a0,\u180ename\u2060\n{ANN},José\n".encode(), PLAIN_COLUMNS, PLAIN_ROWS, set()),
    pain(
        35,
        f"Spring list 2026\n\nphone,name\n{ANN},José\n".encode(),
        PLAIN_COLUMNS,
        [(4, (ANN, "José"))],
        {"title_rows"},
    ),
    pain(
        36,
        f"phone,,name\n{ANN},x,José\n".encode(),
        ("phone", "Column B", "name"),
        [(2, (ANN, "x", "José"))],
        {"blank_header"},
    ),
    pain(37, f",,,phone number\n,,,{ANN}\n".encode(), ("phone number",), [(2, (ANN,))], set()),
    pain(40, f"name,phone\nJosé,{ANN}\n".encode(), ("name", "phone"), [(2, ("José", ANN))], set()),
    pain(43, f'"Phone\nnumber",name\n{ANN},José\n'.encode(), ("Phone number", "name"), PLAIN_ROWS, set()),
    pain(44, (PLAIN + ",\n , \n\n").encode(), PLAIN_COLUMNS, PLAIN_ROWS, set()),
    pain(
        45, f"phone,name\n\n{ANN},José\n".encode(), PLAIN_COLUMNS, [(2, ("", "")), (3, (ANN, "José"))], {"blank_rows"}
    ),
    pain(46, f"phone,name,\n{ANN},José,\n".encode(), PLAIN_COLUMNS, PLAIN_ROWS, set()),
    pain(
        50,
        f'phone,name\n{ANN},"A\nB"\n{BOB},C\n'.encode(),
        PLAIN_COLUMNS,
        [(2, (ANN, "A\nB")), (3, (BOB, "C"))],
        set(),
    ),
    pain(51, f"phone,name\n  {ANN}  ,  José \n".encode(), PLAIN_COLUMNS, PLAIN_ROWS, set()),
    pain(52, f"phone,name\n{ANN},\u202fJosé\u00a0\u200b\n".encode(), PLAIN_COLUMNS, PLAIN_ROWS, set()),
    pain(56, f"phone,name\n'+1{ANN},'=José\n".encode(), PLAIN_COLUMNS, [(2, (f"+1{ANN}", "=José"))], set()),
    pain(59, f"phone,name\n{ANN},Zoë 🎉 “x”\n".encode(), PLAIN_COLUMNS, [(2, (ANN, "Zoë 🎉 “x”"))], set()),
]


@pytest.mark.parametrize(("data", "columns", "rows", "repairs"), READS)
def test_file_is_read_and_repairs_are_named(data, columns, rows, repairs):
    upload = read_upload(data, file_name="list.csv")

    assert upload.columns == columns
    assert list(upload.rows()) == rows
    assert {repair.kind for repair in upload.repairs} == repairs
    assert all(repair.sentence for repair in upload.repairs)


def impossible_date(book):
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["phone", "when"])
    sheet.write(1, 0, ANN)
    sheet.write_number(1, 1, 99_999_999, book.add_format({"num_format": "dd/mm/yy"}))


REFUSED = [
    pain(9, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "not_text", "old Excel workbook"),
    pain(9, b"<html><table><tr><td>phone</td></tr></table>", "not_text", "web page", case="html"),
    pain(9, b"\xef\xbb\xbf\n<div>Sign in</div>\n<p>x", "not_text", "web page", case="piece-of-html"),
    pain(9, b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n--x\n", "not_text", "MHT", case="mht"),
    pain(9, zipped("content.xml", b"x"), "not_text", "(ODS) that is damaged", case="ods"),
    pain(9, zipped("Index/Document.iwa", b"x"), "not_text", "Apple Numbers", case="numbers"),
    pain(9, b'{"url": "https://docs.google.com/x", "doc_id": "1"}', "not_text", "Google Sheets", case="shortcut"),
    pain(10, gzip.compress(PLAIN.encode()), "is_archive", "Unpack it first"),
    pain(10, zipped("list.csv", PLAIN), "is_archive", "Unpack it first", case="zip"),
    pain(11, b"", "empty_file", "empty"),
    pain(11, b"\xef\xbb\xbf \r\n\r\n", "empty_file", "empty", case="white-space"),
    pain(12, b"phone,name\n", "no_rows", "Add at least one"),
    pain(12, b"phone,name\n,\n , \n", "no_rows", "Add at least one", case="blank-rows"),
    pain(13, b"a\0\0\0b\0\0\0,\0\0\0\n\0\0\0" * 40, "not_text", "binary", case="many"),
    pain(
        16,
        (",".join(f"c{n}" for n in range(1_001)) + f"\n{ANN}\n").encode(),
        "too_large",
        "1,001 columns",
        case="named",
    ),
    pain(17, f'phone,name\n{ANN},"{"x" * 140_000}"\n'.encode(), "unclosed_quote", "row 2"),
    pain(17, f"phone,name\n{ANN},{'x' * 140_000}\n".encode(), "too_large", "A cell in row 2", case="no-quote"),
    pain(19, f'phone,name\n{ANN},"A\n{BOB},B\n'.encode(), "unclosed_quote", "row 2"),
    pain(
        19, f'phone,name\n{ANN},"A\n{BOB},B"\n646-555-2673,C\n'.encode(), "unclosed_quote", "row 2", case="closed-later"
    ),
    pain(
        19, f'phone,name\n{ANN},x\n{BOB},"B\n646-555-2673,"C"\n'.encode(), "unclosed_quote", "row 3", case="next-quote"
    ),
    pain(28, workbook(impossible_date), "not_text", "saving the sheet as CSV"),
    pain(34, f"{ANN},Ann\n{BOB},Bob\n".encode(), "no_header", "Row 1 looks like a person"),
    pain(34, f"+1{ANN}".encode(), "no_header", "first row with a name", case="lone-number"),
    pain(49, f"phone,name\n{ANN},A,x\n{BOB},B,y\n".encode(), "missing_columns", "Give each column a name"),
]


@pytest.mark.parametrize(("data", "code", "words"), REFUSED)
def test_file_is_refused_with_one_sentence(data, code, words):
    with pytest.raises(UploadError) as refusal:
        read_upload(data)

    assert refusal.value.code == code
    assert words in refusal.value.message


LIMITS = [
    pain(14, Limits(max_bytes=40), "too_large", "up to 40 bytes"),
    pain(15, Limits(max_rows=2), "too_many_rows", "3 rows; up to 2"),
    pain(16, Limits(max_columns=1), "too_large", "2 columns", case="limit"),
]


@pytest.mark.parametrize(("limits", "code", "words"), LIMITS)
def test_file_over_a_limit_is_refused_with_size_and_limit(limits, code, words):
    with pytest.raises(UploadError) as refusal:
        read_upload(f"phone,name\n{ANN},A\n{BOB},B\n646-555-2673,C\n".encode(), limits=limits)

    assert refusal.value.code == code
    assert words in refusal.value.message
