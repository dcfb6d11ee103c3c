"""`check`: the JSON of the contract, exit codes, and nothing sent."""

import csv
import io
import json
import re
import zipfile

import pytest
import xlsxwriter

GOOD = "Mobile,Name\n(202) 555-0123,Ann\n202-555-0124,Bob\n"
MIXED = GOOD + "555-0125,Cy\n,\n+1 202 555 0123,Ann B.\n415-555-CATS,Dee\n"


@pytest.fixture
def write(tmp_path):
    def make(text, name="list.csv"):
        file = tmp_path / name
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(file)

    return make


def test_json_has_the_contracts_shape_and_adds_up(command_line, write):
    run = command_line.run("check", write(MIXED), "--json", "--list-ready")
    found = json.loads(run.stdout)
    assert (found["rows"], found["ready"]) == (6, 2)
    assert found["columns"] == {"phone": "Mobile", "merge": ["Name"], "media": []}
    assert [(p["row"], p["column"], p["code"]) for p in found["problems"]] == [
        (4, "Mobile", "no_area_code"),
        (7, "Mobile", "has_letters"),
    ]
    counts = found["counts"]
    assert found["rows"] == found["ready"] + 2 + counts["blank"] + counts["duplicate"] + counts["opted_out"]
    assert found["ready_numbers"] == [[2, "+12025550123"], [3, "+12025550124"]]
    assert set(found) >= {"rows", "ready", "columns", "repairs", "problems", "counts", "media", "seconds"}


def test_nobodys_number_is_printed_without_asking(command_line, write):
    assert "ready_numbers" not in json.loads(command_line.run("check", write(GOOD), "--json").stdout)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "empty_file", id="empty"),
        pytest.param(b"Mobile,Name\n", "no_rows", id="header only"),
        pytest.param(b"Color,Name\nred,Ann\n", "no_phone_column", id="no phone"),
        pytest.param(b"\x00\x01\x02\xff" * 500, "not_text", id="binary"),
        pytest.param(b"\x1f\x8b\x08\x00abc", "is_archive", id="gzip"),
    ],
)
def test_a_file_that_cannot_be_read_says_so(command_line, write, content, code):
    run = command_line.run("check", write(content), "--json")
    assert run.returncode == 2
    error = json.loads(run.stdout)["error"]
    assert error["code"] == code
    assert error["message"]


def test_workbook_with_damaged_styles_is_read_and_leaves_standard_output_to_the_json(command_line, write):
    sound, out = io.BytesIO(), io.BytesIO()
    book = xlsxwriter.Workbook(sound)
    book.add_worksheet().write_column(0, 0, ["phone", "415-555-2671"])
    book.close()
    with zipfile.ZipFile(sound) as source, zipfile.ZipFile(out, "w") as damaged:
        for name in source.namelist():
            content = source.read(name)
            damaged.writestr(name, re.sub(rb'(<cellStyle [^>]*xfId=")0', rb"\g<1>99", content))
    run = command_line.run("check", write(out.getvalue(), "list.xlsx"), "--json")
    assert json.loads(run.stdout)["ready"] == 1


@pytest.mark.parametrize("command", ["check", "send"])
def test_region_that_does_not_exist_is_a_usage_error(command_line, write, command):
    run = command_line.run(command, write(GOOD), "--region", "XX")
    assert run.returncode == 2
    assert "--region" in run.stderr.decode()
    assert "“XX”" in run.stderr.decode()
    assert not run.stdout


def test_standard_input_is_a_file_too(command_line):
    run = command_line.run("check", "-", "--json", stdin=GOOD.encode())
    assert json.loads(run.stdout)["ready"] == 2


def test_problems_file_holds_what_is_to_be_mended(command_line, write, tmp_path):
    out = tmp_path / "problems.csv"
    command_line.run("check", write(MIXED), "--problems", str(out))
    lines = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert [line["Name"] for line in lines] == ["Cy", "Dee"]


def test_wrong_settings_are_named_at_once(command_line, write):
    command_line.environment = {"MMS_RATE": "fast", "TWILIO_AUTH_TOKEN": "x"}
    run = command_line.run("check", write(GOOD))
    assert run.returncode == 2
    assert b"MMS_RATE" in run.stderr
    assert b"TWILIO_ACCOUNT_SID" in run.stderr
    assert b"Traceback" not in run.stderr


@pytest.fixture
def picture_rows(command_line, write, pictures):
    """Four rows with pictures of their own, two of them broken, one of those beside a good one in the same cell."""
    command_line.environment = {"MMS_ALLOW_PRIVATE_MEDIA": "true"}
    good, gone = f"{pictures}/good.png", f"{pictures}/gone.png"
    cells = (good, gone, f"{good} {gone}", good)
    return write("Mobile,Picture\n" + "".join(f"20255501{at:02},{cell}\n" for at, cell in enumerate(cells)))


def test_a_row_with_a_broken_picture_is_a_row_to_mend(command_line, picture_rows, pictures, tmp_path):
    out = tmp_path / "problems.csv"
    run = command_line.run(
        *("check", picture_rows, "--body", "Hi", "--media-url", "{Picture}"),
        *("--json", "--list-ready", "--problems", str(out)),
    )
    found = json.loads(run.stdout)
    assert run.returncode == 1
    assert b"Checking pictures: 0 of 2" in run.stderr
    assert (found["rows"], found["ready"], found["counts"]["problem"]) == (4, 2, 2)
    assert [row for row, _ in found["ready_numbers"]] == [2, 5]
    gone = f"{pictures}/gone.png"
    assert [(p["row"], p["column"], p["value"], p["code"]) for p in found["problems"]] == [
        (3, "Picture", gone, "media_not_found"),
        (4, "Picture", f"{pictures}/good.png {gone}", "media_not_found"),
    ]
    assert gone in found["problems"][1]["message"]
    lines = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert [line["row"] for line in lines] == ["3", "4"]
    assert all("nothing at this address" in line["reason"] for line in lines)


def test_send_refuses_rows_with_broken_pictures_and_names_them(command_line, picture_rows):
    run = command_line.run("send", picture_rows, "--body", "Hi", "--media-url", "{Picture}", "--yes")
    assert run.returncode == 2
    assert b"2 rows to be mended" in run.stderr
    assert b"media_not_found" in run.stderr
    assert json.loads(command_line.run("campaigns", "--json").stdout) == []


@pytest.mark.parametrize("link", ["ftp://example.com/a.jpg", "C:\\pictures\\a.jpg", "data:image/png;base64,AAAA"])
def test_a_link_for_everybody_that_is_none_is_named(command_line, write, link):
    run = command_line.run("check", write(GOOD), "--body", "Hi", "--media-url", link, "--json")
    problems = json.loads(run.stdout)["problems"]
    assert [(p["row"], p["column"], p["value"], p["code"]) for p in problems] == [
        (row, None, link, "media_scheme") for row in (2, 3)
    ]


def two_lists():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for name, number in (("West", "415-200-8871"), ("East", "212-231-7764")):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["Name", "Mobile"])
        sheet.write_row(1, 0, [f"Ana {name}", number])
    book.close()
    return out.getvalue()


def test_two_lists_in_a_workbook_are_named_and_one_is_chosen(command_line, write):
    file = write(two_lists(), "two.xlsx")
    asked = command_line.run("check", file, "--json")
    error = json.loads(asked.stdout)["error"]

    assert (asked.returncode, error["code"]) == (2, "several_sheets")
    assert error["sheets"] == [{"name": "West", "rows": 1}, {"name": "East", "rows": 1}]
    chosen = json.loads(command_line.run("check", file, "--sheet", "East", "--json", "--list-ready").stdout)
    assert chosen["ready_numbers"] == [[2, "+12122317764"]]


CONSENT = "Name,Mobile,Accepts SMS Marketing\nAna,415-200-8871,no\nBen,212-231-7764,yes\n"


def test_a_no_is_left_out_counted_and_warned_of(command_line, write):
    file = write(CONSENT)
    found = json.loads(command_line.run("check", file, "--json", "--list-ready").stdout)

    assert (found["rows"], found["ready"], found["counts"]["opted_out"]) == (2, 1, 1)
    assert [(warning["kind"], warning["count"]) for warning in found["warnings"]] == [("no_consent", 1)]
    both = json.loads(command_line.run("check", file, "--json", "--include-no-consent").stdout)
    assert (both["ready"], [warning["kind"] for warning in both["warnings"]]) == (2, ["no_consent_included"])


def test_list_without_a_header_is_asked_about_and_read_by_letters(command_line, write):
    file = write("Ana,415-200-8871\nBen,212-231-7764\n")
    assert json.loads(command_line.run("check", file, "--json").stdout)["error"]["code"] == "no_header"

    found = json.loads(command_line.run("check", file, "--json", "--no-header").stdout)
    assert (found["ready"], found["columns"]["phone"]) == (2, "Column B")


def test_private_web_address_is_not_asked(command_line):
    run = command_line.run("check", "https://127.0.0.1/list.csv", "--json")

    assert run.returncode == 2
    assert "could not be fetched" in json.loads(run.stdout)["error"]["message"]


def test_what_carriers_filter_is_advice_and_stops_nothing(command_line, write):
    body = ("--body", "Hi {Name}, bit.ly/x. Reply STOP. - Corner Cup")
    run = command_line.run("check", write(GOOD), *body, "--json")
    (advice,) = json.loads(run.stdout)["warnings"]
    assert run.returncode == 0
    assert (advice["kind"], advice["twilio_code"]) == ("public_shortener", 30007)
    assert "Advice: bit.ly is a short link" in command_line.run("check", write(GOOD), *body).stdout.decode()
