"""Step 2 shows how the file was read: first rows, every row by tab with search, and what may be chosen otherwise."""

import io

import pytest
import xlsxwriter
from sqlalchemy import select

from mms.campaigns.drafts.drafts import draft
from mms.ledger.tables import audit

MIXED = """Name,Mobile,SMS opt-in
Ana,415-200-8871,yes
Ben,212-231-77,yes
Ana L,(415) 200-8871,yes
Cat,312-231-7765,no
"""


def tiles(page):
    return {metric.label: metric.value for metric in page.metric}


MARKS = {
    "how_we_read": lambda columns: "We send to " in columns,
    "rows_ready": lambda columns: "Number " in columns and "Message goes to row " not in columns,
    "sheet_sample": lambda columns: "Row " not in columns,
}


def tables(page, name):
    return [frame.value for frame in page.dataframe if MARKS[name](frame.value.columns)]


def table(page, name):
    return tables(page, name)[0]


def test_first_rows_show_what_each_number_was_read_as(open_page, draft_of):
    page = open_page("new_campaign", draft=str(draft_of(MIXED)), step="check")
    shown = table(page, "how_we_read")

    assert not page.exception
    assert shown["We send to "].tolist() == ["+1 415-200-8871", "✗ Too few digits", "– Duplicate", "– No consent"]
    assert shown["Mobile"].tolist()[0] == "415-200-8871"
    assert [tab.label for tab in page.tabs] == [
        "Ready (1)", "To fix (1)", "Duplicates (1)", "Opted out (0)", "Left out (1)",
    ]  # fmt: skip


def test_rows_of_a_tab_are_searched_in_the_whole_list(open_page, draft_of):
    lines = "".join(f"Person {at},415-200-{at:04}\n" for at in range(8000, 8200))
    page = open_page("new_campaign", draft=str(draft_of("Name,Mobile\n" + lines)), step="check")
    assert len(table(page, "rows_ready")) == 50

    page.text_input(key="search_ready").set_value("person 8199").run()
    assert table(page, "rows_ready")["Name"].tolist() == ["Person 8199"]
    page.text_input(key="search_ready").set_value("(415) 200-8150").run()
    assert table(page, "rows_ready")["Row "].tolist() == [152]
    page.text_input(key="search_ready").set_value("nobody").run()
    assert not page.exception
    assert tables(page, "rows_ready") == []


def test_people_without_consent_are_taken_in_by_one_click_and_it_is_recorded(open_page, draft_of, shared):
    page = open_page("new_campaign", draft=str(draft_of(MIXED)), step="check")
    page.button(key="include_no_consent").click().run()

    assert tiles(page)["Ready to send"] == "2"
    with shared.ledger.read() as connection:
        actions = connection.execute(select(audit.c.action)).scalars().all()
    assert "draft.include_no_consent" in actions
    page.button(key="exclude_no_consent").click().run()
    assert tiles(page)["No consent"] == "1"


def two_lists():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for name, number in (("West", "415-200-8871"), ("East", "212-231-7764")):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["Name", "Mobile"])
        sheet.write_row(1, 0, [f"Ana {name}", number])
    book.close()
    return out.getvalue()


def test_sheet_is_asked_for_and_can_be_changed_on_the_check_page(open_page):
    page = open_page("new_campaign")
    page.file_uploader(key="recipients_file_0").upload("two.xlsx", two_lists(), "application/zip").run()
    assert page.radio(key="sheet_to_read").options == ["West (1 row)", "East (1 row)"]

    page.radio(key="sheet_to_read").set_value("East").run()
    assert table(page, "sheet_sample")["Name"].tolist() == ["Ana East"]
    page.button(key="use_sheet").click().run()
    assert page.query_params["step"] == "check"
    assert table(page, "how_we_read")["Name"].tolist() == ["Ana East"]

    next(box for box in page.selectbox if box.label == "Sheet of the workbook").select("West").run()
    assert not page.exception
    assert table(page, "how_we_read")["Name"].tolist() == ["Ana West"]


def test_list_without_column_names_is_read_by_letters_when_asked(open_page, shared):
    page = open_page("new_campaign")
    text = b"Ana,415-200-8871\nBen,212-231-7764\n"
    page.file_uploader(key="recipients_file_0").upload("people.csv", text, "text/csv").run()
    assert "Row 1 looks like a person" in page.error[0].value

    page.button(key="no_header").click().run()
    assert not page.exception
    assert tiles(page)["Ready to send"] == "2"
    assert draft(shared.ledger, 1).content.name == "people"


@pytest.mark.parametrize(("kinds", "title"), [("Name;Phone\nAna;415-200-8871\n", "What we changed (1)")])
def test_changes_are_counted_by_kind(open_page, draft_of, kinds, title):
    page = open_page("new_campaign", draft=str(draft_of(kinds)), step="check")

    assert title in [one.label for one in page.expander]


def test_another_file_joins_the_list(open_page, draft_of):
    number = draft_of("Name,Mobile\nAna,415-200-8871\n")
    page = open_page("new_campaign", draft=str(number), step="upload")
    key = next(one.key for one in page.file_uploader if one.key.startswith("added_file_"))
    page.file_uploader(key=key).upload("more.csv", b"Mobile\n(415) 200-8871\n212-231-7764\n", "text/csv").run()
    assert not page.exception
    page.button(key="to_check").click().run()

    assert (tiles(page)["Ready to send"], tiles(page)["Duplicates"]) == ("2", "1")


def test_private_address_is_refused_in_words(open_page):
    page = open_page("new_campaign")
    page.text_input(key="list_address").set_value("https://10.0.0.5/list.csv")
    page.button(key="read_address").click().run()

    assert not page.exception
    assert ["could not be fetched" in one.value for one in page.error] == [True]
