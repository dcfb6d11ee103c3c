"""The report: the contract's columns, every row once, nothing that a spreadsheet would run."""

import csv
import io
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook

from mms.errors import CampaignError, MmsError
from mms.recipients import REPORT_COLUMNS, phone_column_candidates, read_upload
from mms.reports.campaign.explanations import explanation
from mms.reports.campaign.row_filter import RowFilter
from mms.reports.files.report import report_bytes, safe_cell, write_csv, write_report, write_xlsx
from mms.reports.files.report_columns import DICTIONARY, PANDAS
from mms.reports.files.workbook import CellKind, SheetColumn, write_workbook
from mms.states import RowState
from mms.twilio_codes import explain

SID = "MM" + "a" * 32
GIVEN = [
    (
        ["(202) 555-0101", "José"],
        {
            "recipient": "+12025550101",
            "state": "delivered",
            "message_sid": SID,
            "attempts": 1,
            "sent_at": 1_790_000_000.7,
            "updated_at": 1_790_000_060,
            "price": "-0.02200",
            "coupon": "SAVE-7",
        },
    ),
    (["202-555-0102", "=1+1"], {"recipient": "+12025550102", "state": "failed", "error_code": 21610, "attempts": 1}),
    (["202-555-0103", 'a,b\n"c"'], {"recipient": "+12025550103", "state": "skipped", "reason": "duplicate"}),
    (
        ["12", ""],
        {"state": "skipped", "reason": "not_mended", "problem": "too_short", "problem_text": "Too few digits."},
    ),
    (["202-555-0105", "Zoë"], {"recipient": "+12025550105"}),
]


def lines(pieces):
    text = b"".join(pieces).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def test_csv_has_the_columns_of_the_contract(ledger, make_campaign):
    header, *found = lines(write_csv(ledger, make_campaign(GIVEN)))
    assert header == ["Mobile", "First Name", *REPORT_COLUMNS]
    assert [line[2] for line in found] == ["2", "3", "4", "5", "6"]
    delivered = dict(zip(header, found[0], strict=True))
    assert delivered["Mobile"] == "(202) 555-0101"
    assert delivered["First Name"] == "José"
    assert delivered["to"] == "+12025550101"
    assert delivered["result"] == "delivered"
    assert delivered["message_sid"] == SID
    assert delivered["attempts"] == "1"
    assert delivered["sent_at"] == delivered["accepted_at"] == "2026-09-21T14:13:20.700+00:00"
    assert delivered["delivered_at"] == delivered["updated_at"] == "2026-09-21T14:14:20.000+00:00"
    assert delivered["price"] == "0.02200"
    assert (delivered["campaign"], delivered["from"], delivered["channel"]) == ("Spring sale", "+12025550100", "mms")
    assert int(delivered["campaign_id"]) > 0
    assert delivered["coupon"] == "SAVE-7"
    assert found[1][header.index("delivered_at")] == ""


CHANNELS = [
    pytest.param("Hello", (), {}, ("sms", "1"), id="a text"),
    pytest.param("Hello {First Name}", (), {"cells": '["1", "é漢"]'}, ("sms", "1"), id="a text with a field"),
    pytest.param("{First Name}", (), {"cells": f'["1", "{"x" * 161}"]'}, ("sms", "2"), id="long in this row only"),
    pytest.param("Hello", ("https://example.com/a.jpg",), {}, ("mms", "1"), id="a picture"),
    pytest.param("Hello", ("https://example.com/a.jpg",), {"message_sid": "SM1"}, ("sms", "1"), id="Twilio's word"),
    pytest.param("", (), {"message_sid": "MM1"}, ("mms", "1"), id="deleted, and Twilio's number tells"),
    pytest.param("", (), {}, ("", ""), id="deleted: not known"),
]


@pytest.mark.parametrize(("body", "media", "changes", "expected"), CHANNELS)
def test_channel_and_segments(ledger, make_campaign, body, media, changes, expected):
    campaign_id = make_campaign([(["1", "Ann"], changes)], body=body, media_urls=media)
    header, line = lines(write_csv(ledger, campaign_id))
    assert (line[header.index("channel")], line[header.index("segments")]) == expected


def test_several_campaigns_in_one_report(ledger, make_campaign):
    first = make_campaign(GIVEN[:2], name="One")
    second = make_campaign([(["202-555-0109", "NYC"], {})], columns=("Mobile", "City"), name="Two")
    header, *found = lines(write_csv(ledger, [first, second]))
    assert header == ["Mobile", "First Name", "City", *REPORT_COLUMNS]
    assert [line[:3] for line in found] == [
        ["(202) 555-0101", "José", ""],
        ["202-555-0102", "'=1+1", ""],
        ["202-555-0109", "", "NYC"],
    ]
    assert [line[header.index("campaign")] for line in found] == ["One", "One", "Two"]


def test_pandas_reads_the_report_by_the_line_that_stands_beside_it(ledger, make_campaign, tmp_path, monkeypatch):
    write_report(ledger, make_campaign(GIVEN), tmp_path / "report.csv")
    monkeypatch.chdir(tmp_path)
    table = eval(PANDAS, {"pd": pd})
    assert table["to"][0] == "+12025550101"
    assert list(table["error_code"].dropna()) == ["21610", "too_short"]
    assert str(table["delivered_at"][0]) == "2026-09-21 14:14:20+00:00"


def test_every_column_is_in_the_data_dictionary_and_that_in_the_guide():
    assert tuple(DICTIONARY) == REPORT_COLUMNS
    guide = (Path(__file__).parents[2] / "docs" / "analyst-guide.md").read_text("utf-8")
    assert [one.name for one in DICTIONARY.values() if f"| `{one.name}` | {one.meaning} |" not in guide] == []
    assert PANDAS in guide


REASONS = [
    pytest.param(1, (explain(21610).meaning, explain(21610).advice, "21610"), id="failure: our sentence"),
    pytest.param(2, ("duplicate", "Nothing to do", ""), id="skipped: the skip code"),
    pytest.param(3, ("not_mended", "Too few digits.", "too_short"), id="not mended: the problem"),
    pytest.param(4, ("Checked", "", ""), id="ready: what it waits for"),
]


@pytest.mark.parametrize(("at", "expected"), REASONS)
def test_reason_advice_and_code_fit_the_result(ledger, make_campaign, at, expected):
    header, *found = lines(write_csv(ledger, make_campaign(GIVEN)))
    line = dict(zip(header, found[at], strict=True))
    reason, advice, code = expected
    assert line["error_code"] == code
    assert line["reason"].startswith(reason)
    assert line["advice"].startswith(advice)


DOUBTS = [
    pytest.param("unknown", None, "being asked", id="still being asked about"),
    pytest.param("unknown", "unsettled", "cannot tell", id="left to a person"),
    pytest.param("canceled", "person_give_up", "may have gone out", id="left alone, and not said to be taken back"),
    pytest.param("sent", "person_sent", "a person decided", id="a person's word, and not a receipt"),
    pytest.param("canceled", None, "before it was handed", id="really taken back"),
]


@pytest.mark.parametrize(("state", "reason", "words"), DOUBTS)
def test_rows_that_twilio_never_answered_for_are_told_truly(state, reason, words):
    assert words in explanation(state, reason, None, None, None, None).reason


def test_times_stand_in_the_zone_of_the_campaign(ledger, make_campaign):
    header, first, *_ = lines(write_csv(ledger, make_campaign(GIVEN, zone="America/New_York")))
    assert first[header.index("sent_at")] == "2026-09-21T10:13:20.700-04:00"


def test_no_cell_runs_as_a_formula_and_others_stay(ledger, make_campaign):
    _, *found = lines(write_csv(ledger, make_campaign(GIVEN)))
    assert [line[1] for line in found] == ["José", "'=1+1", 'a,b\n"c"', "", "Zoë"]


SAFE = [
    pytest.param("=1+1", "'=1+1", id="formula"),
    pytest.param("+1-202", "'+1-202", id="plus and a sum"),
    pytest.param("-2+3", "'-2+3", id="minus and a sum"),
    pytest.param("@SUM(A1)", "'@SUM(A1)", id="old Lotus formula"),
    pytest.param("\t=1", "'\t=1", id="tab before it"),
    pytest.param("+12025550101", "+12025550101", id="E.164 stays whole"),
    pytest.param("+1202555010x", "'+1202555010x", id="nearly E.164"),
    pytest.param("plain", "plain", id="text"),
    pytest.param(None, "", id="nothing"),
    pytest.param(7, "7", id="number"),
]


@pytest.mark.parametrize(("value", "expected"), SAFE)
def test_safe_cell(value, expected):
    assert safe_cell(value) == expected


def test_columns_of_the_upload_keep_their_names_when_ours_are_the_same(ledger, make_campaign):
    campaign_id = make_campaign([(["202-555-0101", "x"], {})], columns=("to", "row"))
    header, line = lines(write_csv(ledger, campaign_id))
    assert header == ["to", "row", *REPORT_COLUMNS]
    assert line[:2] == ["202-555-0101", "x"]


def test_cells_that_retention_cleared_leave_ours_under_their_names(ledger, make_campaign):
    header, line = lines(write_csv(ledger, make_campaign([(["1"], {"state": "sent"})])))
    assert line[header.index("result")] == "sent"


def test_every_row_is_there_once_over_many_chunks(ledger, make_campaign):
    campaign_id = make_campaign([([f"202-555-{n:04}", ""], {}) for n in range(4_001)])
    _, *found = lines(write_csv(ledger, campaign_id))
    numbers = [int(line[2]) for line in found]
    assert len(numbers) == 4_001
    assert all(later - earlier == 1 for earlier, later in pairwise(numbers))


def test_a_filtered_report_has_the_rows_of_the_filter(ledger, make_campaign):
    _, *found = lines(write_csv(ledger, make_campaign(GIVEN), RowFilter(states=(RowState.FAILED,))))
    assert [line[2] for line in found] == ["3"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_filtered_view_is_taken_along_in_both_forms(ledger, make_campaign, ending):
    upload = read_upload(report_bytes(ledger, make_campaign(GIVEN), ending, RowFilter(codes=("21610",))))
    assert [cells[2] for _number, cells in upload.rows()] == ["3"]


def test_workbook_has_the_same_cells_typed(ledger, make_campaign, tmp_path):
    campaign_id = make_campaign(GIVEN, zone="America/New_York")
    write_xlsx(ledger, campaign_id, tmp_path / "report.xlsx")
    header, *in_csv = lines(write_csv(ledger, campaign_id))
    sheet = openpyxl.load_workbook(tmp_path / "report.xlsx")["Rows"]
    top, *found = sheet.iter_rows(values_only=True)
    assert list(top) == header
    times = [header.index(name) for name in ("sent_at", "updated_at", "accepted_at", "delivered_at")]
    for line, expected in zip(found, in_csv, strict=True):
        for at, value in enumerate(line):
            if at in times:
                assert value is None or value == datetime.fromisoformat(expected[at]).replace(tzinfo=None)
            elif header[at] == "price":
                assert value is None or value == float(expected[at])
            else:
                assert ("" if value is None else str(value)) == expected[at].removeprefix("'")
    assert {cell.data_type for cell in sheet["B"]} <= {"s", "n"}  # =1+1 is text and runs nothing


def test_workbook_is_laid_out_for_people(ledger, make_campaign, tmp_path):
    write_xlsx(ledger, make_campaign(GIVEN), tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    sheet = book["Rows"]
    assert book.sheetnames == ["Rows", "Summary"]
    assert book.active.title == "Rows"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, len(REPORT_COLUMNS) + 2).column_letter}6"
    assert all(cell.font.bold for cell in sheet[1])
    assert {rule.formula[0] for kind in sheet.conditional_formatting for rule in kind.rules} >= {'"delivered"'}
    counts = {line[0]: line[2] for line in book["Summary"].iter_rows(values_only=True, max_col=3)}
    assert (counts["In the list"], counts["Delivered"], counts["Left out"], counts["Waiting"]) == (5, 1, 2, 1)
    assert (counts["Handed over"], counts["Not arrived"], counts["Arrived"]) == (2, 1, "50.0 %")


TYPED = [
    pytest.param(["7", "12.5", "-3"], [7, 12.5, -3], id="numbers"),
    pytest.param(["7", "", "8"], [7, None, 8], id="numbers with gaps"),
    pytest.param(["02134", "94105"], ["02134", "94105"], id="postal codes"),
    pytest.param(["12.50", "3"], ["12.50", "3"], id="would lose a zero"),
    pytest.param(["1234567890"], ["1234567890"], id="a name made of digits"),
    pytest.param(
        ["2026-03-01", "2026-12-31"],
        [datetime.fromisoformat("2026-03-01"), datetime.fromisoformat("2026-12-31")],
        id="dates",
    ),
    pytest.param(
        ["3/1/2026", "12/31/2026"],
        [datetime.fromisoformat("2026-03-01"), datetime.fromisoformat("2026-12-31")],
        id="month first, surely",
    ),
    pytest.param(["3/1/2026", "4/2/2026"], ["3/1/2026", "4/2/2026"], id="month or day first: not for us to say"),
    pytest.param(["2026-02-30"], ["2026-02-30"], id="no such day"),
    pytest.param(["7", "seven"], ["7", "seven"], id="mixed"),
]


@pytest.mark.parametrize(("cells", "expected"), TYPED)
def test_numbers_and_dates_of_the_upload_are_such_and_read_back_as_they_were(
    ledger, make_campaign, tmp_path, cells, expected
):
    given = [(["202-555-0101", cell], {}) for cell in cells]
    write_xlsx(ledger, make_campaign(given), tmp_path / "report.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "report.xlsx")["Rows"]
    assert [cell.value for cell in sheet["B"][1:]] == expected
    upload = read_upload((tmp_path / "report.xlsx").read_bytes())
    assert [line[1] for _number, line in upload.rows()] == cells


def test_more_rows_than_a_sheet_holds_are_refused_in_words(tmp_path):
    with pytest.raises(MmsError, match="as CSV"):
        write_workbook(tmp_path / "large.xlsx", [SheetColumn("a")], 1_048_576, [])


ODD = [
    pytest.param("a\x01b", id="a control character"),
    pytest.param("_x0041_", id="what looks like an escape"),
    pytest.param("  spaces \n and lines\r\n", id="white space"),
    pytest.param("<b>&amp;</b> ]]>", id="markup"),
    pytest.param("a<b_x000D_\x01\r&", id="all of it in one cell"),
    pytest.param("😀 é 漢", id="beyond ASCII"),
    pytest.param("x" * 32_767, id="as long as a cell can be"),
    pytest.param("00123", id="digits that are no number"),
]


@pytest.mark.parametrize("text", ODD)
def test_workbook_reads_back_as_it_was(tmp_path, text):
    write_workbook(tmp_path / "odd.xlsx", [SheetColumn("a"), SheetColumn("b", CellKind.NUMBER)], 1, [[[text, 1]]])
    header, line = openpyxl.load_workbook(tmp_path / "odd.xlsx").active.iter_rows(values_only=True)
    assert header == ("a", "b")
    assert (unescape(line[0]), line[1]) == (text, 1)
    assert CalamineWorkbook.from_path(tmp_path / "odd.xlsx").get_sheet_by_index(0).to_python()[0] == ["a", "b"]


def test_a_cell_longer_than_excel_takes_is_cut(tmp_path):
    write_workbook(tmp_path / "long.xlsx", [SheetColumn("a")], 1, [[["x" * 40_000]]])
    assert len(openpyxl.load_workbook(tmp_path / "long.xlsx").active["A2"].value) == 32_767


@pytest.mark.parametrize("name", ["report.csv", "REPORT.XLSX"])
def test_the_ending_of_the_name_decides(ledger, make_campaign, tmp_path, name):
    write_report(ledger, make_campaign(GIVEN), tmp_path / name)
    assert (tmp_path / name).stat().st_size > 100


def test_another_ending_is_refused_in_words(ledger, make_campaign, tmp_path):
    with pytest.raises(MmsError, match="report is written as"):
        write_report(ledger, make_campaign(GIVEN), tmp_path / "report.pdf")


def test_no_such_campaign_is_said_before_the_first_byte(ledger):
    with pytest.raises(CampaignError, match="no campaign number 99"):
        write_csv(ledger, 99)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_report_can_be_uploaded_again(ledger, make_campaign, tmp_path, ending):
    write_report(ledger, make_campaign(GIVEN), tmp_path / f"report.{ending}")
    upload = read_upload((tmp_path / f"report.{ending}").read_bytes())
    assert upload.columns == ("Mobile", "First Name", *REPORT_COLUMNS)
    assert phone_column_candidates(upload)[0].column == "Mobile"
    assert [cells[:2] for _number, cells in upload.rows()] == [tuple(cells) for cells, _changes in GIVEN]
