"""Properties: whatever the bytes, reading never crashes and no row disappears; whatever the list, the sum holds."""

import csv
import io

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from workbooks import plain_sheet

from mms.errors import UploadError
from mms.message import MessageTemplate, message_problems
from mms.recipients import CheckOptions, Limits, Upload, Verdict, check, check_row, csv_bytes, problems_csv, read_upload
from mms.recipients.check.checked_list import VERDICTS

quick = settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
PHONES = (
    "415-555-2671",
    "+14155552671",
    "212 555 2672",
    "911",
    "",
    "415-555-CATS",
    "646-555-2673",
    "n/a",
    "876 456 7890",
)
NAMES = ("Ann", "", "Bob\nSmith", '"Q" x', "=1+1", "x" * 1_700, "Zoë, Jr.", "'plain", "é;|\t")
URLS = ("", "https://x.de/a.jpg", "www.x.de/a b.jpg", "C:\\a.jpg", "https://x.de/a.jpg; https://x.de/b.jpg", "a.jpg")
MESSAGES = (
    None,
    MessageTemplate.parse("Hi {name}"),
    MessageTemplate.parse("{name|}", ["{picture|}"]),
    MessageTemplate.parse("Hi {Name|you}", ["{picture}", "https://x.de/{name|x}.jpg"]),
)
rows = st.lists(
    st.tuples(st.sampled_from(PHONES), st.sampled_from(NAMES), st.sampled_from(URLS)), min_size=1, max_size=30
)
WORKBOOK = plain_sheet(["phone", "name"], ["415-555-2671", "Ann"])


def consequences(data):
    """What reading and checking lead to: a checked list, or None after a refusal of ours; nothing else may come out."""
    try:
        upload = read_upload(data, limits=Limits(max_unpacked=10_000_000))
    except UploadError:
        return None
    try:
        return check(upload)
    except UploadError:
        return check(upload, CheckOptions(phone_column=upload.columns[0]))


def assert_every_row_is_accounted_for(checked):
    counts = checked.counts
    assert sum(counts.values()) == len(checked) == len(list(checked.upload.rows()))
    assert set(checked.problems_by_row) == set(checked.rows_with(Verdict.PROBLEM))
    assert set(checked.duplicates) == set(checked.rows_with(Verdict.DUPLICATE))
    assert len(list(checked.ready_numbers())) == counts[Verdict.READY] == checked.ready


@quick
@given(st.binary(max_size=400))
@example(b"")
@example(b"\xff\xfe\x00")
@example(b"PK\x03\x04")
@example(b'"')
@example(b"sep=;")
@example(b"\x1fend of file\x1f")
def test_any_bytes_are_read_or_refused(data):
    checked = consequences(data)
    if checked:
        assert_every_row_is_accounted_for(checked)


@quick
@given(st.integers(0, len(WORKBOOK) - 1), st.integers(0, 255), st.integers(0, len(WORKBOOK)))
def test_a_damaged_workbook_is_read_or_refused(at, byte, length):
    damaged = (WORKBOOK[:at] + bytes([byte]) + WORKBOOK[at + 1 :])[: max(length, 4)]
    checked = consequences(damaged)
    if checked:
        assert_every_row_is_accounted_for(checked)


@quick
@given(
    st.text(alphabet="aé1,;|\t\"'\r\n =+{}\u200b\ufeff\x1f0", max_size=120),
    st.sampled_from(["utf-8", "utf-16", "cp1252"]),
)
def test_text_of_awkward_characters_is_read_or_refused(text, encoding):
    checked = consequences(("phone,name\n4155552671," + text).encode(encoding, errors="replace"))
    if checked:
        assert_every_row_is_accounted_for(checked)


@quick
@given(
    rows,
    st.sampled_from(",;\t|"),
    # csv leaves a line feed unquoted when lines end with a carriage return
    st.sampled_from([("\n", csv.QUOTE_MINIMAL), ("\r\n", csv.QUOTE_MINIMAL), ("\r", csv.QUOTE_ALL)]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_every_row_that_was_written_is_read(table, separator, lines, encoding):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator=lines[0], quoting=lines[1])
    writer.writerow(["phone", "name", "picture"])
    writer.writerows(table)
    filled = [number for number, row in enumerate(table, start=2) if any(cell.strip() for cell in row)]
    if not filled:
        with pytest.raises(UploadError, match="no rows"):
            read_upload(out.getvalue().encode(encoding))
        return
    upload = read_upload(out.getvalue().encode(encoding))

    assert upload.row_numbers.tolist() == list(range(2, filled[-1] + 1))
    read = [dict(zip(upload.columns, cells, strict=True)) for _, cells in upload.rows()]
    assert [row.get("phone", "") for row in read] == [row[0] for row in table[: len(read)]]


@quick
@given(rows, st.sampled_from(MESSAGES), st.booleans(), st.sets(st.integers(2, 31), max_size=3))
def test_the_sum_holds_and_one_row_alone_is_judged_the_same(table, message, keep, chosen):
    upload = read_upload(
        csv_bytes(["phone", "name", "picture"], [("646-555-2600", "Zed", "https://x.de/z.jpg"), *table])
    )
    options = CheckOptions(
        opted_out={"+16465552673"}, message=message, keep_duplicates=keep, chosen_rows=frozenset(chosen)
    )
    checked = check(upload, options)

    assert_every_row_is_accounted_for(checked)
    for row in upload.row_numbers.tolist():
        alone = check_row(upload, row, options)
        if checked.verdict(row) is Verdict.DUPLICATE:
            assert alone.e164 == checked.e164(checked.duplicates[row])
        else:
            assert (alone.verdict, alone.e164) == (checked.verdict(row), checked.e164(row))
            assert alone.problems == checked.problems_by_row.get(row, ())


@quick
@given(rows, st.sampled_from([message for message in MESSAGES if message]))
def test_columns_and_single_messages_have_the_same_problems(table, message):
    upload = read_upload(
        csv_bytes(["phone", "name", "picture"], [("646-555-2600", "Zed", "https://x.de/z.jpg"), *table])
    )
    checked = check(upload, CheckOptions(message=message, keep_duplicates=True))

    for row in [*checked.rows_with(Verdict.READY), *checked.rows_with(Verdict.PROBLEM)]:
        alone = {code for code, _ in message_problems(message.render(upload.values(row)))}
        together = {problem.code for problem in checked.problems_by_row.get(row, ()) if problem.column != "phone"}
        assert together == alone


@quick
@given(rows)
def test_stored_upload_and_problems_csv_read_back(table):
    upload = read_upload(csv_bytes(["phone", "name", "picture"], [("911", "Zed", ""), *table]))
    checked = check(upload)
    stored = Upload.from_bytes(upload.to_bytes())
    again = read_upload(problems_csv(checked))
    mended_columns = [upload.columns.index(name) for name in upload.columns if name in again.columns]

    assert list(stored.rows()) == list(upload.rows())
    assert stored.repairs == upload.repairs
    problem_rows = set(checked.rows_with(Verdict.PROBLEM))
    expected = [[cells[at] for at in mended_columns] for row, cells in upload.rows() if row in problem_rows]
    assert [list(cells[: len(mended_columns)]) for _, cells in again.rows()] == expected


@pytest.mark.parametrize("number", [1, 2, 999, 1_000, 1_001, 2_500])
def test_any_number_of_rows_and_chunks_adds_up(number):
    data = ("phone,name\n" + "415-555-2671,Ann\n,\n" * number).encode()
    checked = check(read_upload(data))

    assert checked.counts == dict(zip(VERDICTS, (1, 0, number - 1, 0, number - 1, 0), strict=True))


LONG = 30_000
LONG_CELLS = (
    "1" + " " * LONG + "x",
    "a" + ";" * LONG + "ext",
    ", ;" * LONG,
    "https://x.de/" + " " * LONG + "y",
    "a." * LONG,
)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("cell", LONG_CELLS, ids=lambda cell: cell[:2] + "…" + cell[-1])
def test_long_cell_does_not_keep_the_searches_busy(cell):
    data = csv_bytes(["phone", "name", "picture"], [("415-555-2671", "Ann", ""), (cell, cell, cell)])
    checked = check(read_upload(data), CheckOptions(message=MESSAGES[3]))

    assert checked.verdict(3) is Verdict.PROBLEM
