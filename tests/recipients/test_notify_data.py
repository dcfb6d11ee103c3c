"""GOV.UK Notify's own test data (catalogue, section 2) where it applies here, with British rules as there.

Left out on purpose: numbers of other countries without + or 00 (85, 91), because a US number with one digit too many
would become a stranger's; so after zeros and +0 only a country code is read (98, 104-106). Also left out:
e-mail (26, 46, 54, 65, 112), trial accounts and permissions (63-66, 71, 173).
"""

import pytest

from mms.errors import UploadError
from mms.message import squeeze
from mms.phones import PhoneRules, check_number
from mms.recipients import Limits, check, read_upload

BRITAIN = PhoneRules("GB", other_countries=True, allow_fictional=True)


def notify(number, *values):
    return pytest.param(*values, id=f"notify-{number:03d}")


NUMBERS = [
    notify(73, "7723456789", "+447723456789"),
    notify(74, "07723456789", "+447723456789"),
    notify(75, "07723 456789", "+447723456789"),
    notify(76, "07723-456-789", "+447723456789"),
    notify(77, "00447723456789", "+447723456789"),
    notify(78, "00 44 7723456789", "+447723456789"),
    notify(79, "+447723456789", "+447723456789"),
    notify(80, "+44 7723 456 789", "+447723456789"),
    notify(81, "+44 (0)7723 456 789", "+447723456789"),
    notify(82, "\u200b\t\t+44 (0)7723 456 789\ufeff \r\n", "+447723456789"),
    notify(86, "+1-202-555-0104", "+12025550104"),
    notify(87, "+1‑202–555—010−4", "+12025550104"),
    notify(88, "+12025550104", "+12025550104"),
    notify(89, "0012025550104", "+12025550104"),
    notify(90, "+0012025550104", "+12025550104"),
    notify(92, "+682 50 123", "+68250123"),
    notify(93, "+33122334455", "+33122334455"),
    notify(94, "0033122334455", "+33122334455"),
    notify(95, "+43 676 111 222 333 4", "+436761112223334"),
    notify(96, "+447797292290", "+447797292290"),
    notify(97, "+447797333214", "+447797333214"),
    notify(98, "+07044123456", "not_a_number"),
    notify(99, "0+44(0)7779123456", "+447779123456"),
    notify(100, "0+447988123456", "+447988123456"),
    notify(101, "00447911123456", "+447911123456"),
    notify(102, "04407379123456", "+447379123456"),
    notify(103, "0447300123456", "+447300123456"),
    notify(104, "000007392123456", "not_a_number"),
    notify(105, "0007465123456", "not_a_number"),
    notify(106, "007341123456", "too_short"),
    notify(111, "+4407900 900 123", "+447900900123"),
    notify(115, "772345678910", "too_long"),
    notify(116, "+12345 12345 12345 6", "too_long"),
    notify(117, "0772345678", "not_in_use"),
    notify(119, "0033877123456", "not_in_use"),
    notify(120, "", "missing"),
    notify(121, "07890x32109", "has_letters"),
    notify(123, "07723 ☟☜⬇⬆☞☝", "short_code"),
    notify(124, '07";DROP TABLE;"', "not_a_number"),
    notify(125, "+44 07ab cde fgh", "has_letters"),
    notify(126, "079OO900123", "has_letters"),
    notify(129, "0900 123 4567", "premium_rate"),
    notify(136, "999", "short_code"),
    notify(138, "16644913789", "too_long"),
]


@pytest.mark.parametrize(("cell", "expected"), NUMBERS)
def test_number_of_notifys_tests(cell, expected):
    verdict = check_number(cell, BRITAIN)

    assert (verdict.e164 or verdict.code) == expected


SHAPES = [
    notify(3, "phone,name\n   4155552671  ,  test2   \n", ("4155552671", "test2")),
    notify(4, "phone number,name\n+44 123,\n+44 456\n", ("+44 123", "")),
    notify(7, 'phone,when\n4155552671,"Nov 28, 2016"\n', ("4155552671", "Nov 28, 2016")),
    notify(8, "phone number, list, list, list\n4155552671, cat, rat, gnat\n", ("4155552671", "cat", "rat", "gnat")),
    notify(9, "phone number, list, list, list\n4155552671, elephant\n", ("4155552671", "elephant", "", "")),
    notify(15, "phone number\n" + ("4155552671" + "," * 10_000 + "\n") * 100, ("4155552671",)),
    notify(17, "phone_number,,,name\n4155552671,foo,bar,baz\n", ("4155552671", "foo", "bar", "baz")),
    notify(20, "phone,name\n4155552671,A\n,,\n, ,\n", ("4155552671", "A")),
    notify(21, "phone,name\n4155552671,   \n", ("4155552671", "")),
    notify(22, ",,,,,,,,,Phone number\n,,,,,,,,,4155552671\n", ("4155552671",)),
    notify(47, 'phone,x\n4155552671,"a\nb\n\nc"\n', ("4155552671", "a\nb\n\nc")),
]


@pytest.mark.parametrize(("text", "first_row"), SHAPES)
def test_shape_of_notifys_tests(text, first_row):
    upload = read_upload(text.encode())

    assert next(cells for _, cells in upload.rows()) == first_row


BLANKS = [
    " ",
    "\n",
    "\r",
    "\t",
    "\u180e",
    "\u200b",
    "\u200c",
    "\u200d",
    "\u2060",
    "\ufeff",
    " \n\r\t\u180e\u200b\ufeff",
]


@pytest.mark.parametrize("blank", BLANKS, ids=lambda blank: "-".join(f"{ord(c):04x}" for c in blank))
def test_white_space_before_the_header_is_ignored(blank):
    checked = check(read_upload(f"{blank}phone number,name\n4155552671,A\n".encode()))

    assert (checked.phone_column, checked.ready) == ("phone number", 1)


SPELLINGS = {
    "phonenumber": [" PHONENUMBER", "phone_number", "phone-number", "phoneNumber", "Phone Number"],
    "firstname": ["FIRSTNAME", "first name", "first_name ", "first-name", "firstName"],
    "lastname": ["Last    Name", "LASTNAME", "    last_name", "last-name", "lastName   "],
}


@pytest.mark.parametrize(("key", "spelling"), [(key, spelling) for key, all_ in SPELLINGS.items() for spelling in all_])
def test_spellings_of_a_column_meet(key, spelling):
    assert squeeze(spelling) == key


def test_only_the_last_of_five_hundred_rows_is_wrong():
    rows = "".join(f"41523{n:05}\n" for n in range(40_000, 40_499))
    checked = check(read_upload(f"phone\n{rows}12345\n".encode()))

    assert [(problem.row, problem.code) for problem in checked.problems] == [(501, "short_code")]


def test_one_row_over_the_limit_is_refused_and_the_limit_itself_is_not():
    rows = "4155552671\n" * 100
    assert len(read_upload(f"phone\n{rows}".encode(), limits=Limits(max_rows=100))) == 100
    with pytest.raises(UploadError, match="101 rows"):
        read_upload(f"phone\n{rows}4155552671\n".encode(), limits=Limits(max_rows=100))
