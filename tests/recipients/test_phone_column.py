"""Which column holds the numbers: found by name and content, asked when several could."""

import pytest

from mms.errors import UploadError
from mms.recipients import (
    REPORT_COLUMNS,
    CheckOptions,
    PhoneColumnError,
    check,
    csv_bytes,
    phone_column_candidates,
    read_upload,
)

ANN, BOB = "415-555-2671", "212-555-2672"

NAMES = (
    "Mobile", "Cell", "Cell_Phone", "Phone Number", "Tel", "Tel.", "Telephone", "Contact No", "Contact No.", "MSISDN",
    "Teléfono", "Téléphone", "de téléphone", "Handy", "Telefonnummer", "Rufnummer", "Cellulare",
    "Telemóvel", "Mobiel", "Puhelin", "Телефон", "電話番号", "手机", "휴대폰", "Home phone",
    "Mobile (new)", "phone_e164",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_column_is_found_by_its_name(name):
    upload = read_upload(csv_bytes(["Order", name], [("4155552673", ANN)]))

    assert check(upload).phone_column == name


FOUND = [
    pytest.param("phone,fax", (ANN, BOB), "phone", id="a fax is no candidate"),
    pytest.param("Home,Contact", ("x", ANN), "Contact", id="by content"),
    pytest.param("phone,phone type", (ANN, "mobile"), "phone", id="a word about phones without numbers"),
    pytest.param("phone,mobile", ("", ANN), "mobile", id="the other one is empty"),
    pytest.param("phone,name", ("", "Ann"), "phone", id="named so but empty"),
    pytest.param("Número,nombre", (ANN, "Ann"), "Número", id="weak name with numbers"),
    pytest.param("Phone,Contact", ("", ANN), "Contact", id="named so but empty, another one has numbers"),
    pytest.param("Mobile,SMS opt-in date", (ANN, "2025-03-01"), "Mobile", id="date"),
    pytest.param("Mobile,SMS Marketing Consent Timestamp", (ANN, "1740000000000"), "Mobile", id="timestamp"),
    pytest.param("Mobile,Mobile App Opens", (ANN, "17"), "Mobile", id="counter"),
    pytest.param("Mobile,Phone OS version", (ANN, "17.4.1"), "Mobile", id="version"),
    pytest.param("Mobile,Tel Aviv branch", (ANN, "yes"), "Mobile", id="branch"),
    pytest.param("Mobile,Emergency phone", (ANN, BOB), "Mobile", id="somebody else's"),
    pytest.param("Mobile,Asst. Phone", (ANN, BOB), "Mobile", id="assistant's"),
    pytest.param("Mobile,Landline", (ANN, BOB), "Mobile", id="a landline gets no picture"),
    pytest.param("Name,Mobile", ("", "Cell: " + ANN), "Mobile", id="with labels"),
    pytest.param("phone,name", ("tomorrow", "Ann"), "phone", id="named so but nonsense"),
]


@pytest.mark.parametrize(("header", "cells", "column"), FOUND)
def test_column_is_found(header, cells, column):
    upload = read_upload(csv_bytes(header.split(","), [cells, ("", "x")]))

    assert check(upload).phone_column == column


ASKED = [
    pytest.param("phone,home phone", "two_phone_columns", ("phone", "home phone"), id="mobile and landline"),
    pytest.param("Number,Contact", "two_phone_columns", ("Number", "Contact"), id="a weak name does not beat content"),
    pytest.param("ID,Reach me at", "two_phone_columns", ("ID", "Reach me at"), id="an order number"),
    pytest.param("To,Customer", "two_phone_columns", ("To", "Customer"), id="to"),
    pytest.param("Contact,Other", "two_phone_columns", ("Contact", "Other"), id="two by content"),
    pytest.param("phone,PHONE", "duplicate_column", ("phone", "PHONE"), id="one name twice"),
]


@pytest.mark.parametrize(("header", "code", "candidates"), ASKED)
def test_several_columns_are_asked_with_the_candidates(header, code, candidates):
    upload = read_upload(csv_bytes(header.split(","), [(ANN, BOB)]))
    with pytest.raises(PhoneColumnError) as question:
        check(upload)

    assert (question.value.code, set(question.value.candidates)) == (code, set(candidates))
    assert {candidate.column for candidate in phone_column_candidates(upload)} == set(candidates)
    assert check(upload, CheckOptions(phone_column=candidates[1])).phone_column == candidates[1]


@pytest.mark.parametrize("header", ["phone,phone", "Phone,Mobile"])
def test_several_columns_without_a_single_number_are_asked_too(header):
    upload = read_upload(csv_bytes(header.split(","), [("x", "y")]))
    with pytest.raises(PhoneColumnError):
        check(upload)


@pytest.mark.parametrize("spelling", ["Home Phone", "home_phone", "HOMEPHONE"])
def test_wanted_column_is_found_whatever_its_spelling(spelling):
    upload = read_upload(csv_bytes(["phone", "Home Phone"], [(ANN, BOB)]))

    assert check(upload, CheckOptions(phone_column=spelling)).phone_column == "Home Phone"


def test_wanted_column_that_is_not_there_is_named_with_those_that_are():
    upload = read_upload(csv_bytes(["phone", "name"], [(ANN, "Ann")]))
    with pytest.raises(UploadError, match=r"no column “mobile”.*It has: phone, name\.") as refusal:
        check(upload, CheckOptions(phone_column="mobile"))

    assert refusal.value.code == "no_phone_column"


NEW = ("7", "Spring", "+12025550100", "mms", "1", "2026-11-01T10:00:00.000+00:00", "", "")
VERSIONS = [
    pytest.param(REPORT_COLUMNS[:11], (), id="first version"),
    pytest.param(REPORT_COLUMNS, NEW, id="this version"),
]


@pytest.mark.parametrize(("columns", "new"), VERSIONS)
def test_report_of_this_tool_reads_back_with_the_phone_column_it_had(columns, new):
    added = ("2", "+14155552671", "delivered", "", "", "", "MM1", "1", "2026-11-01T10:00:00+00:00", "", "0.02", *new)
    report = csv_bytes(["Mobile", "Name", *columns], [("(415) 555-2671", "=Ann", *added)])
    checked = check(read_upload(report))

    assert checked.phone_column == "Mobile"
    assert checked.merge_columns == ("Name", *columns)
    assert checked.upload.cells(2)["Name"] == "=Ann"
    assert list(checked.ready_numbers()) == [(2, "+14155552671")]


def test_report_of_a_report_still_has_its_first_phone_column():
    added = ("2", "+14155552671", "delivered", "", "", "", "MM1", "1", "", "", "0.02", *NEW)
    report = csv_bytes(["Mobile", *REPORT_COLUMNS, *REPORT_COLUMNS], [("(415) 555-2671", *added, *added)])
    assert check(read_upload(report)).phone_column == "Mobile"
