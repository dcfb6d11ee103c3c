"""Pains that only show in the whole list: columns, merge fields, duplicates, alarms."""

from datetime import date

import pytest
from pains import ANN, ANN_E164, BOB, numbered, pain

from mms.errors import UploadError
from mms.message import MessageTemplate, nearest_column
from mms.recipients import CheckOptions, Upload, Verdict, check, csv_bytes, read_upload, safe_file_name

NAMED = MessageTemplate.parse("Hi {name}")
PICTURED = MessageTemplate.parse("Hi", ["{picture}"])
CHECKS = [
    pain(4, f"phone,name\n{ANN},JosÃ©\n", {}, ["ready"], [], ["mojibake"]),
    pain(21, f"phone,name,city\n{ANN},“A, B”,C\n", {}, ["problem"], ["too_many_cells"], []),
    pain(29, f"Número de Teléfono,name\n{ANN},A\n", {}, ["ready"], [], []),
    pain(29, f"Contact No,name\n{ANN},A\n", {}, ["ready"], [], [], case="contact"),
    pain(29, f"Handynummer,name\n{ANN},A\n", {}, ["ready"], [], [], case="german"),
    pain(29, f"Erreichbar unter,name\n{ANN},A\n", {}, ["ready"], [], [], case="by-content"),
    pain(35, f"Report,Date: 2026-01-01\nphone,name\n{ANN},A\n", {}, ["ready"], [], [], case="title of two cells"),
    pain(35, f"List,Spring\nName,Phone,City\nA,{ANN},x\n", {}, ["ready"], [], [], case="title above three"),
    pain(
        35,
        f"name,contact\nphone,12\nhome,{ANN}\n",
        {},
        ["problem", "ready"],
        ["too_short"],
        ["many_invalid"],
        case="a person called phone",
    ),
    pain(30, f"PHONE_NUMBER,x\n{ANN},A\n", {}, ["ready"], [], []),
    pain(30, f"phoneNumber,x\n{ANN},A\n", {}, ["ready"], [], [], case="camel"),
    pain(33, f"phone,name,name\n{ANN},A,B\n", {"message": NAMED}, ["ready"], [], ["ambiguous_field"]),
    pain(39, f"phone,name,Foo\n{ANN},A,=1/0\n{BOB},B,\n", {"message": NAMED}, ["ready", "ready"], [], []),
    pain(42, f"phone, NAME \n{ANN},A\n", {"message": NAMED}, ["ready"], [], []),
    pain(47, f"phone,name,x\n{ANN},A\n{BOB}\n", {"message": NAMED}, ["ready", "problem"], ["missing_value"], []),
    pain(48, f"phone,name\n{ANN},A,x\n{BOB},B\n", {}, ["problem", "ready"], ["too_many_cells"], []),
    pain(53, f"phone,name\n{ANN},NA\n{BOB},Null\n", {"message": NAMED}, ["ready", "ready"], [], [], case="surnames"),
    pain(
        54,
        f"phone,name\n{ANN},A\nTotal: 412,\n",
        {},
        ["ready", "problem"],
        ["not_a_number"],
        ["many_invalid"],
        case="footer",
    ),
    pain(58, f"phone,name\n{ANN},{'x' * 1_600}\n", {"message": NAMED}, ["problem"], ["message_too_long"], []),
    pain(59, f"phone,name\n{ANN},Zoë 🎉\n", {"message": NAMED}, ["ready"], [], [], case="one SMS"),
    pain(
        59,
        f"phone,name\n{ANN},Zoë 🎉\n{BOB},Zoé\n",
        {"message": MessageTemplate.parse("Hi {name}, " + "x" * 100)},
        ["ready", "ready"],
        [],
        ["sms_segments"],
        case="several SMS",
    ),
    pain(
        59,
        f"phone,name\n{ANN},Zoë 🎉\n",
        {"message": MessageTemplate.parse("Hi {name}, " + "x" * 100, ["https://x.de/a.jpg"])},
        ["ready"],
        [],
        [],
        case="with a picture",
    ),
    pain(
        59,
        "phone,name\n+525512345678,Zoë 🎉\n",
        {"message": MessageTemplate.parse("x" * 161, ["https://x.de/a.jpg"]), "other_countries": True},
        ["ready"],
        [],
        ["other_countries", "sms_segments"],
        case="abroad",
    ),
    pain(
        101,
        f"phone,p\n{ANN},http://x.de/a b.jpg\n{BOB},http://127.0.0.1:8/a.jpg\n",
        {"message": MessageTemplate.parse("Hi", ["{p}"])},
        ["ready", "ready"],
        [],
        ["insecure_media"],
        case="column",
    ),
    pain(
        101,
        f"phone\n{ANN}\n",
        {"message": MessageTemplate.parse("Hi", ["http://x.de/a.jpg", "https://x.de/b.jpg"])},
        ["ready"],
        [],
        ["insecure_media"],
        case="for all",
    ),
    pain(61, f"phone,name\n{ANN},\n", {"message": NAMED}, ["problem"], ["missing_value"], []),
    pain(
        61,
        f"phone,name\n{ANN},\n",
        {"message": MessageTemplate.parse("Hi {name|you}")},
        ["ready"],
        [],
        ["fallback_used"],
        case="fallback",
    ),
    pain(
        62, f"phone,name\n{ANN},\n", {"message": MessageTemplate.parse("{name|}")}, ["problem"], ["message_empty"], []
    ),
    pain(
        86, "phone\n" + "".join(f"415234{n:04}\n" for n in range(250)), {}, ["ready"] * 250, [], ["consecutive_numbers"]
    ),
    pain(86, "phone\n" + "".join(f"415234{n:04}\n" for n in range(249)), {}, ["ready"] * 249, [], [], case="fewer"),
    pain(92, "phone\n787-555-2671\n", {}, ["ready"], [], ["us_territories"]),
    pain(93, "phone\n+525512345678\n", {"other_countries": True}, ["ready"], [], ["other_countries"]),
    pain(95, f"phone\n({ANN[:3]}) 555-2671\n{ANN_E164}\n", {}, ["ready", "duplicate"], [], []),
    pain(95, f"phone\n{ANN}\n{ANN_E164}\n", {"keep_duplicates": True}, ["ready", "ready"], [], [], case="kept"),
    pain(
        97,
        f"phone,Opt-in date\n{ANN},03/31/2024\n{BOB},2026-01-02\n",
        {"consent_before": date(2025, 6, 1)},
        ["ready", "ready"],
        [],
        ["old_consent"],
    ),
    pain(98, f"phone\n{ANN}\n1 {BOB}\n", {"opted_out": {"+12125552672"}}, ["ready", "opted_out"], [], []),
    pain(
        112, f"phone,picture\n{ANN},https://x.de/a.jpg;https://x.de/b.jpg\n", {"message": PICTURED}, ["ready"], [], []
    ),
    pain(115, f"phone,picture\n{ANN},C:\\pics\\a.jpg\n", {"message": PICTURED}, ["problem"], ["media_scheme"], []),
]


@pytest.mark.parametrize(("text", "options", "verdicts", "codes", "alarms"), CHECKS)
def test_list_is_checked(text, options, verdicts, codes, alarms):
    checked = check(read_upload(text.encode()), CheckOptions(**options))

    assert [checked.verdict(int(row)) for row in checked.upload.row_numbers] == verdicts
    assert [problem.code for problem in checked.problems] == codes
    assert [warning.kind for warning in checked.warnings] == alarms


ASKED = [
    pain(32, f"Cell_Phone,phone\n{ANN},{BOB}\n", {}, "two_phone_columns", "Choose the one"),
    pain(32, f"phone,home phone\n{ANN},{BOB}\n", {}, "two_phone_columns", "Choose the one", case="home"),
    pain(33, f"phone,phone\n{ANN},{BOB}\n", {}, "duplicate_column", "Delete or rename one"),
    pain(38, f"phone,first\n{ANN},A\n", {"message": NAMED}, "missing_columns", "{name}"),
    pain(
        42,
        f"phone,First Name\n{ANN},A\n",
        {"message": MessageTemplate.parse("{Frist Nmae}")},
        "missing_columns",
        "Did you mean {First Name}?",
        case="typo",
    ),
    pain(99, f"account,name\n{'9' * 8},A\n", {}, "no_phone_column", "account, name"),
]


@pytest.mark.parametrize(("text", "options", "code", "words"), ASKED)
def test_unclear_columns_are_asked_and_never_guessed(text, options, code, words):
    with pytest.raises(UploadError) as question:
        check(read_upload(text.encode()), CheckOptions(**options))

    assert question.value.code == code
    assert words in question.value.message


@numbered(22)
def test_what_was_checked_is_what_is_stored(number):
    data = f"phone,name\n{ANN},Ann\n".encode()
    upload = read_upload(data, file_name="list.csv")
    stored = Upload.from_bytes(upload.to_bytes())

    assert list(stored.rows()) == list(upload.rows())
    assert (stored.sha256, stored.file_name) == (upload.sha256, "list.csv")


@numbered(23)
def test_same_campaign_has_the_same_identity_whatever_the_file(number):
    one = check(read_upload(f"phone\n{ANN}\n{BOB}\n".encode(), file_name="a.csv"))
    other = check(read_upload(f"name;mobile\nB;1 {BOB}\nA;{ANN_E164}\n".encode(), file_name="b.csv"))

    assert one.identity_hash("Hi") == other.identity_hash("Hi")
    assert one.identity_hash("Hi") != one.identity_hash("Ho")


@numbered(24)
def test_file_name_is_made_safe(number):
    name = safe_file_name('C:\\Users\\ann\\"😁' + "a" * 2_000 + '\n".csv')

    assert name.endswith("a.csv")
    assert len(name) <= 100
    assert not set(name) & set('\\/"😁\n')


@numbered(41)
def test_attributes_are_plain_columns_and_never_json(number):
    checked = check(read_upload(f'phone,a\n{ANN},"{{""a"":1}}"\n'.encode()))

    assert checked.merge_columns == ("a",)
    assert checked.upload.cells(2)["a"] == '{"a":1}'


@numbered(55)
def test_formula_goes_out_neutralised_and_comes_back_as_it_was(number):
    cells = ["=HYPERLINK(1)", "@SUM(1)", "+cmd|x", "-1", "plain", "'quoted'"]
    data = csv_bytes(["phone", "x"], [(ANN, cell) for cell in cells])

    assert b"'=HYPERLINK" in data
    assert [cell for _, (_, cell) in read_upload(data).rows()] == cells


@numbered(57)
def test_script_in_a_name_stays_text(number):
    checked = check(read_upload(f"phone,name\n{ANN},<script>alert(1)</script>\n".encode()), CheckOptions(message=NAMED))

    assert NAMED.render(checked.upload.values(2)).body == "Hi <script>alert(1)</script>"


@numbered(96)
def test_same_number_under_two_names_is_shown_and_one_can_be_chosen(number):
    upload = read_upload(f"phone,name\n{ANN},Ann\n{ANN_E164},Bert\n".encode())
    first = check(upload)
    second = check(upload, CheckOptions(chosen_rows=frozenset({3})))

    assert first.shared_numbers[0].names == ("Ann", "Bert")
    assert (first.duplicates, second.duplicates) == ({3: 2}, {2: 3})
    assert second.verdict(3) is Verdict.READY


@numbered(99)
def test_wrong_phone_column_offers_the_better_one(number):
    rows = "".join(f"{n},41555520{n}\n" for n in range(10, 20))
    checked = check(read_upload(f"account,mobile\n{rows}".encode()), CheckOptions(phone_column="account"))

    assert [(warning.kind, warning.column) for warning in checked.warnings] == [("many_invalid", "mobile")]


@numbered(38)
def test_unknown_field_suggests_the_nearest_column(number):
    assert nearest_column("frist_name", ["Phone", "First Name"]) == "First Name"
    assert nearest_column("zzz", ["Phone", "First Name"]) is None


def test_text_of_several_sms_is_said_with_its_reason():
    text = f"phone,name\n{ANN},Bo\n{BOB},Zoë\n"
    message = MessageTemplate.parse("Hi {name}, " + "x" * 100)
    warning = check(read_upload(text.encode()), CheckOptions(message=message)).warnings[0]

    assert warning.sentence == (
        "1 text goes out as more than one SMS, up to 2 (row 3 is the first). "
        "With “ë” in it one SMS holds 70 characters; each is paid for."
    )


@pytest.mark.parametrize(
    ("name", "encoding", "shown", "alarms"),
    [
        pain(3, "José O’Neill “…”", "cp1252", "José", []),
        pain(3, "Łukasz Żółć", "cp1250", "¯ó³æ", ["wrong_alphabet"], case="cp1250"),
        pain(3, "Иван Петров", "cp1251", "Ïåòðîâ", ["wrong_alphabet"], case="cp1251"),
        pain(3, "田中太郎", "cp932", "“c’†‘¾˜Y", ["wrong_alphabet"], case="cp932"),
    ],
)
def test_word_to_look_at_is_shown_where_the_encoding_was_assumed(name, encoding, shown, alarms):
    checked = check(read_upload(f"phone,name\n{ANN},{name}\n".encode(encoding)))

    assert f"“{shown}”" in checked.repairs[0].example
    assert [warning.kind for warning in checked.warnings] == alarms
