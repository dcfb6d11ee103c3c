"""Row and header decide with the cell: nobody is texted whom the list does not mean, and nobody on it is lost."""

import pytest

from mms.errors import UploadError
from mms.recipients import CheckOptions, Verdict, check, read_upload

ANN, BEN, CAT = "415-200-8871", "212-231-7764", "312-231-7765"


def ready(text, **options):
    checked = check(read_upload(text.encode()), CheckOptions(**options))
    assert sum(checked.counts.values()) == len(checked)
    return [number for _, number in checked.ready_numbers()]


def codes(text, **options):
    checked = check(read_upload(text.encode()), CheckOptions(**options))
    return [(problem.row, problem.code.value) for problem in checked.problems]


WIDE = [
    (f"Name,Address,Fax,Mobile\nAna,1 Main, Apt 2,{ANN},\n", [(2, "too_many_cells")]),
    (f"Name,Address,Fax,Mobile\nAna,1 Main,,{ANN}\nBen,1 Main, Apt 2,{BEN},\n", [(3, "too_many_cells")]),
    (f"Name,Mobile\nA,{ANN},\nB,{BEN},\nC,{CAT},\n", []),
    (f"Name,Mobile\nA,{ANN},\nB,{BEN},\nC,{CAT},\nD,E,{CAT},\n" + f"X,{ANN},\n" * 9, [(5, "too_many_cells")]),
    (f"Name,Mobile\nA,{ANN}\n,,\n , ,\n", []),
]


@pytest.mark.parametrize(("text", "expected"), WIDE)
def test_row_with_a_cell_too_many_is_asked_about_even_when_that_cell_is_blank(text, expected):
    found = codes(text)

    assert [problem for problem in found if problem[1] == "too_many_cells"] == expected


PEOPLE = [
    f"Ana,,SF\nBen,{BEN},NY\n",
    f"Ana,231-7764,SF\nBen,{BEN},NY\n",
    f"Ana,n/a,SF\nBen,{BEN},NY\n",
    f"Ana,ana@example.com,call me\nBen,ben@example.com,{BEN}\n",
    f"{ANN}\n{BEN}\n",
]


@pytest.mark.parametrize("text", PEOPLE)
def test_first_person_is_not_taken_for_the_header(text):
    with pytest.raises(UploadError, match="Row 1 looks like a person") as refusal:
        read_upload(text.encode())

    assert refusal.value.code == "no_header"


@pytest.mark.parametrize("header", ["Name,", "Reach me at,Who", "Customer,Line 2", "Who,Wo man mich erreicht"])
def test_header_with_names_of_its_own_stays_one(header):
    rows = f"{header}\nBen,{BEN}\n" if not header.startswith("Reach") else f"{header}\n{BEN},Ben\n"

    assert ready(rows) == ["+12122317764"]


COUNTRIES = [
    ("Name,Country code,Phone\nLuz,+52,5512345678\n", [(2, "outside_us_canada")], []),
    ("Name,Country code,Phone\nLuz,52,5512345678\n", [(2, "outside_us_canada")], []),
    ("Name,Country,Phone\nLuz,Mexico,5512345678\n", [(2, "outside_us_canada")], []),
    ("Name,Country,Phone\nLuz,México,5512345678\n", [(2, "outside_us_canada")], []),
    ("Name,País,Phone\nLuz,MX,5512345678\n", [(2, "outside_us_canada")], []),
    (f"Name,Country,Phone\nLuz,Germany,{ANN}\n", [(2, "outside_us_canada")], []),
    (f"Name,Country,Phone\nLuz,Mexico,+1 {ANN}\n", [], ["+14152008871"]),
    (f"Name,Country code,Phone\nLuz,+52,+1 {ANN}\n", [(2, "not_a_number")], []),
    (f"Name,Country code,Phone\nLuz,1,{ANN}\n", [], ["+14152008871"]),
    (f"Name,Country,Phone\nLuz,USA,{ANN}\nBo,,{BEN}\nC,Canada,{CAT}\n", [],
     ["+14152008871", "+12122317764", "+13122317765"]),
    (f"Name,Country,Phone\nLuz,Elsewhere,{ANN}\n", [], ["+14152008871"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problems", "numbers"), COUNTRIES)
def test_country_in_a_column_of_its_own_counts(text, problems, numbers):
    assert (codes(text), ready(text)) == (problems, numbers)


def test_calling_code_and_number_are_put_together_where_other_countries_are_allowed():
    text = "Name,Country code,Phone\nLuz,+52,5512345678\nTom,UK,07911 123456\n"

    assert ready(text, other_countries=True) == ["+525512345678", "+447911123456"]


LABELS = [
    ("Phone 1 - Label,Phone 1 - Value", "Work Fax", "warning_label"),
    ("Phone 1 - Type,Phone 1 - Value", "Home", "warning_label"),
    ("Phone type,Phone", "landline", "warning_label"),
    ("Phone label,Mobile", "Do not text", "warning_label"),
    ("Phone type,Phone", "mobile", None),
    ("Phone type,Phone", "work cell", None),
]


@pytest.mark.parametrize(("header", "label", "code"), LABELS)
def test_label_in_a_column_of_its_own_counts(header, label, code):
    found = codes(f"{header},Name\n{label},{ANN},Ann\n")

    assert found == ([(2, code)] if code else [])


NO = [
    ("Accepts SMS Marketing", "no"), ("Accepts SMS Marketing", "FALSE"), ("Do Not SMS", "1"), ("Do not text", "x"),
    ("subscription_state", "unsubscribed"), ("SMS Marketing Consent", "NEVER_SUBSCRIBED"), ("SMS opt-out", "Yes"),
    ("Opted out at", "2025-03-01 10:00"), ("SMS Consent", "denied"), ("Opt-in", "No"), ("Unsubscribed", "TRUE"),
    ("SMS Subscription Status", "unsubscribed"), ("Can text?", "N"), ("Do Not Call", "1"), ("sms_opt_in", "0"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value"), NO)
def test_people_who_said_no_are_left_out_and_it_is_said(column, value):
    text = f"Name,Mobile,{column}\nAnn,{ANN},{value}\nBen,{BEN},\n"
    checked = check(read_upload(text.encode()))

    assert checked.verdict(2) is Verdict.NO_CONSENT
    assert [number for _, number in checked.ready_numbers()] == ["+12122317764"]
    assert [(warning.kind, warning.count) for warning in checked.warnings] == [("no_consent", 1)]
    assert len(ready(text, include_no_consent=True)) == 2


YES = [
    ("Accepts SMS Marketing", "yes"), ("Do Not SMS", "0"), ("Do Not SMS", "no"), ("subscription_state", "subscribed"),
    ("Accepts Email Marketing", "no"), ("Unsubscribed from all email", "true"), ("SMS opt-in date", "2025-03-01"),
    ("Unsubscribed at", "0000-00-00 00:00"), ("Subscription plan", "cancelled"), ("Opt-in", ""),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value"), YES)
def test_people_who_did_not_say_no_stay(column, value):
    assert len(ready(f"Name,Mobile,{column}\nAnn,{ANN},{value}\nBen,{BEN},\n")) == 2


def test_no_to_texts_counts_beside_a_yes_to_marketing():
    text = f"Mobile,Accepts Marketing,Accepts SMS Marketing\n{ANN},yes,no\n{BEN},no,yes\n"

    assert ready(text) == ["+12122317764"]


def test_who_said_no_in_one_row_is_not_sent_to_by_another():
    assert ready(f"Mobile,Opt-in\n{ANN},no\n(415) 200-8871,yes\n{BEN},yes\n") == ["+12122317764"]
