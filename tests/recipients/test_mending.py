"""Mending: one cell in the page, or problems.csv out and in again."""

import csv
import io
from itertools import permutations

import pytest

from mms.errors import UploadError
from mms.recipients import (
    EXTRA_CELLS,
    CheckOptions,
    Verdict,
    check,
    check_row,
    check_summary,
    csv_bytes,
    merge_mended,
    problems_csv,
    read_upload,
)

LIST = "phone,name,row\n415-555-CATS,Ann,a\n212-555-2672,=Bob,b\n911,Cy,c\n646-555-2673,D,d,surplus\n"


@pytest.fixture
def checked():
    return check(read_upload(LIST.encode()))


def _table(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_cell_is_mended_and_its_row_checked_again(checked):
    mended = checked.upload.with_cell(2, "phone", " 415-555-2287 ")

    assert check_row(mended, 2, CheckOptions()).verdict is Verdict.READY
    assert check_row(checked.upload, 2, CheckOptions()).verdict is Verdict.PROBLEM
    assert check(mended).ready == checked.ready + 1


def test_many_mended_cells_leave_the_others_alone():
    upload = read_upload(("phone,name\n" + "911,x\n" * 200).encode())
    for row in range(2, 202, 2):
        upload = upload.with_cell(row, "phone", f"415-555-{2000 + row}")

    assert [cells[0] for _, cells in upload.rows()] == [
        "911" if row % 2 else f"415-555-{2000 + row}" for row in range(2, 202)
    ]


def test_surplus_cell_can_be_cleared(checked):
    mended = checked.upload.with_cell(5, EXTRA_CELLS, "")

    assert check_row(mended, 5, CheckOptions()).verdict is Verdict.READY


def test_problems_csv_holds_the_rows_to_mend_with_their_reasons(checked):
    upload = read_upload(problems_csv(checked))

    assert upload.columns == ("phone", "name", "row", "spreadsheet row", "reason", EXTRA_CELLS)
    assert [cells[3] for _, cells in upload.rows()] == ["2", "4", "5"]
    assert all(cells[4] for _, cells in upload.rows())


def test_mended_problems_csv_is_merged_by_row_number(checked):
    mended = problems_csv(checked).replace(b"415-555-CATS", b"415-555-2287").replace(b"surplus", b"")
    upload, result = merge_mended(checked.upload, mended)

    assert result.changed_rows == (2, 5)
    assert result.unchanged_rows == (4,)
    assert check(upload).rows_with(Verdict.PROBLEM) == [4]
    assert upload.cells(2)["row"] == "a"
    assert upload.cells(3) == checked.upload.cells(3)


def test_rows_that_the_upload_does_not_have_are_named_and_left_out(checked):
    cells = [("415-555-2287", "2"), ("415-555-2288", "99"), ("415-555-2289", "")]
    upload, result = merge_mended(checked.upload, csv_bytes(["phone", "spreadsheet row"], cells))

    assert result.changed_rows == (2,)
    assert result.unknown_rows == ("99", "")
    assert len(upload) == len(checked.upload)


def test_mended_row_with_surplus_cells_is_named_and_left_out():
    upload = read_upload(b"phone,name\n911,Ann\n")
    merged, result = merge_mended(upload, b"phone,name,row\n4155552287,Ann,2,oops\n")

    assert result.too_wide_rows == (2,)
    assert not result.unknown_rows
    assert merged.cells(2)["phone"] == "911"


@pytest.mark.parametrize(
    ("list_", "own"),
    [
        ("name,phone,row\nAnn,415-555-267,3\nBob,212-555-267,2\n", {"spreadsheet row", "reason"}),
        ("name,phone,Row,reason\nAnn,415-555-267,3,x\nBob,212-555-267,2,y\n", {"spreadsheet row", "what is wrong"}),
        (
            "name,phone,row,spreadsheet_row\nAnn,415-555-267,3,3\nBob,212-555-267,2,2\n",
            {"spreadsheet row 2", "reason"},
        ),
        ("name,phone,name,reason\nAnn,415-555-267,3,x\nBob,212-555-267,2,y\n", {"row", "what is wrong"}),
    ],
)
def test_mended_columns_in_any_order_never_reach_another_row_or_column(list_, own):
    upload = read_upload(list_.encode())
    header, *rows = _table(problems_csv(check(upload)))
    assert own <= set(header)
    for row in rows:
        row[1] += "1"
    expected = {row: {**upload.cells(row), "phone": upload.cells(row)["phone"] + "1"} for row in (2, 3)}

    for order in permutations(range(len(header))):
        lines = [[line[at] for at in order] for line in (header, *rows)]
        merged, result = merge_mended(upload, csv_bytes(lines[0], lines[1:]))
        assert {row: merged.cells(row) for row in (2, 3)} == expected
        assert result.changed_rows == (2, 3)
        assert not result.unknown_columns


PLAIN = "phone,First Name\n911,Ann\n912,Bob\n" + "415-555-2671,x\n" * 1_500 + "913,Cy\n"


@pytest.mark.parametrize("header", ["PHONE,first_name,Row", " phone ,FirstName, ROW ", "phone,First Name,row"])
@pytest.mark.parametrize(
    ("cell", "row"),
    [("2", 2), ("2.0", 2), ("2,0", 2), ("2.00", 2), (" 3 ", 3), ("1,504", 1504), ("1.504", 1504), ("1,504.00", 1504)],
)
def test_mended_columns_and_row_numbers_are_known_in_any_spelling(header, cell, row):
    upload = read_upload(PLAIN.encode())
    merged, result = merge_mended(upload, f'{header}\n415-555-2287,Dan,"{cell}"\n'.encode())

    assert result.changed_rows == (row,)
    assert merged.cells(row) == {"phone": "415-555-2287", "First Name": "Dan"}


def test_what_was_not_taken_over_from_a_mended_file_is_said():
    upload = read_upload(PLAIN.encode())
    lines = [
        ("415-555-2287", "call her", "2", ""),
        ("", "", "", ""),
        ("415-555-2288", "", "3", ""),
        ("415-555-2289", "", "3", ""),
        ("415-555-2290", "", "1504", ""),
        ("415-555-2290", "", "1504", ""),
    ]
    merged, result = merge_mended(upload, csv_bytes(["phone", "Note", "row", "reason"], lines))

    assert result.unknown_columns == ("Note",)
    assert result.conflicting_rows == (3,)
    assert result.unknown_rows == ()
    assert result.changed_rows == (2, 1504)
    assert merged.cells(3)["phone"] == "912"


def test_two_columns_that_both_give_row_numbers_are_refused():
    with pytest.raises(UploadError, match="More than one column is called “row”"):
        merge_mended(read_upload(PLAIN.encode()), b"phone,row,Row\n415-555-2287,2,3\n")


def test_file_without_row_numbers_cannot_be_merged(checked):
    with pytest.raises(UploadError, match="keep that column"):
        merge_mended(checked.upload, b"phone,name\n415-555-2287,Ann\n")


def test_unknown_row_or_column_is_an_error(checked):
    with pytest.raises(KeyError):
        checked.upload.cells(99)
    with pytest.raises(KeyError, match="nowhere"):
        checked.upload.with_cell(2, "nowhere", "x")


def test_summary_has_the_contracts_shape_and_hides_ready_numbers_unless_asked(checked):
    plain = check_summary(checked, media=[{"url": "https://x.de/a.jpg", "ok": True}], seconds=0.1234)
    listed = check_summary(checked, list_ready=True)

    assert set(plain) >= {"rows", "ready", "columns", "repairs", "problems", "counts", "media", "seconds"}
    assert plain["columns"] == {"phone": "phone", "merge": ["name", "row"], "media": []}
    assert plain["rows"] == 4
    assert plain["ready"] + len({p["row"] for p in plain["problems"]}) == 4
    assert set(plain["problems"][0]) == {"row", "column", "value", "code", "message"}
    assert "ready_numbers" not in plain
    assert listed["ready_numbers"] == [[3, "+12125552672"]]
