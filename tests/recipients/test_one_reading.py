"""A number becomes ready only when its cell leaves one reading: nobody who is not on the list is texted."""

import random

import phonenumbers
import pyarrow as pa
import pytest
from phonenumbers import PhoneNumberFormat

from mms.phones import PhoneRules, check_column, check_number

ANN, ANN_E164 = "415-200-8871", "+14152008871"

REFUSED = [
    ("0041 79 223 456", "outside_us_canada"),
    ("0033 6 78 12 34 5", "outside_us_canada"),
    ("00504 9123 409", "outside_us_canada"),
    ("+0912 343 8913", "not_a_number"),
    ("+0 415 738 9956", "not_a_number"),
    ("000 415 738 9956", "not_a_number"),
    ("00 415 738 9956", "outside_us_canada"),
    ("0151 23456789", "too_long"),
    ("0415 200 8871", "too_long"),
    ("415-911-8871", "not_in_use"),
    ("+1 415 411 8871", "not_in_use"),
    ("415-555-1212", "not_in_use"),
    ("415-200-887¹", "too_short"),
    ("415-200-887 ①", "too_short"),
    ("415-200-887⑴", "too_short"),
    ("⒈ 415-200-887", "too_short"),
    ("2️⃣ 415-200-887", "too_short"),
    ("415²200 8871", "not_a_number"),
    ("415-200-887 (1)", "not_a_number"),
    ("415-200-887 / 1", "not_a_number"),
    ("415 200 887 1", "not_a_number"),
    ("+1 415 200 887 (1)", "not_a_number"),
    ("415-200-88 (71)", "not_a_number"),
    ("2) 415-200-887", "not_a_number"),
    ("12. 415-200-88", "not_a_number"),
    ("55 1234 5678", "not_a_number"),
    ("🇲🇽 551 234 5678", "not_a_number"),
    ("🇲🇽 +1 551 234 5678", "not_a_number"),
    ("415555267.1", "not_a_number"),
    ("415 (0) 200 8871", "not_a_number"),
    ("415 20\u202e0 8871", "not_a_number"),
    ("~~415-200-8871~~", "not_a_number"),
    ("4̶1̶5̶2008871", "not_a_number"),
    ("415-200-8871?", "not_a_number"),
    ("Ana 415-200-8871", "has_letters"),
    ("415-200-CATS", "has_letters"),
    ("4I5-200-8871", "has_letters"),
    ("415-200-8871 (ext 12)", "has_extension"),
    ("415-200-8871 [x12]", "has_extension"),
    ("WhatsApp 415-200-8871", "wrong_channel"),
    *(
        (cell, "warning_label")
        for cell in (
            "Landline: 415-200-8871", "415-200-8871 (landline)", "Fax 415-200-8871", "home 415-200-8871",
            "h: 415-200-8871", "415-200-8871 do not text", "DON'T TEXT 415-200-8871", "415-200-8871 wrong number",
            "no texts 415-200-8871", "415-200-8871 - not a mobile", "old cell 415-200-8871", "Casa: 415-200-8871",
            "Festnetz 415-200-8871", "📠 415-200-8871", "🚫 415-200-8871", "work fax: 415-200-8871",
            "415-200-8871 (deceased)", "STOP 415-200-8871", "w: 415-200-8871",
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "code"), REFUSED, ids=ascii)
def test_what_leaves_two_readings_is_refused(cell, code):
    verdict = check_number(cell, PhoneRules())

    assert (verdict.e164, verdict.code) == (None, code)


DRESSED = (
    """
Ph: {}|Phone {}|Cell {}|Cell: {}|M: {}|m {}|{} (m)|{} (M)|{} mobile|{} [cell]|Celular: {}|Móvil {}|MÓVIL: {}|Handy: {}
Mobile:({})|p:{}|📱 {}|📱{}|☎ {}|🇺🇸 {}|“{}”|'{}'|<{}>|[{}]|~{}|*{}|{}*|• {}|· {}|_{}_|={}|"{}"|«{}»|Text: {}|SMS {}
Phone No. {}|Tel no: {}|{} c|work cell: {}|✅ {}|{}¹|{}②|`{}`|mobile - {}
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


@pytest.mark.parametrize("dress", DRESSED)
@pytest.mark.parametrize("number", [ANN, "4152008871", "+1 415 200 8871", "(415) 200-8871"])
def test_labels_and_ornaments_are_taken_off(dress, number):
    verdict = check_number(dress.format(number), PhoneRules())

    assert verdict.e164 == ANN_E164


GOOD = ["4,152,008,871", "415 200 88 71", "41 52 00 88 71", "٤١٥٢٠٠٨٨٧١", "４１５２００８８７１", "1 (415) 200-8871",
        "(415)200-8871", "+1(415)2008871", "(1) 415 200 8871", "415 - 200 - 8871", "(415) 200 - 88 - 71"]  # fmt: skip


@pytest.mark.parametrize("cell", GOOD)
def test_usual_forms_stay_good(cell):
    assert check_number(cell, PhoneRules()).e164 == ANN_E164


PREFIXES = ("+", "00", "011", "+0", "+00", "000", "0+", "+ ", "00 ", "011-")
RULES = [PhoneRules(), PhoneRules(other_countries=True), PhoneRules("GB", other_countries=True), PhoneRules("CA")]


def foreign_numbers():
    """A mobile and a landline of every region that does not share country code 1, whole and one digit short."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
            number = phonenumbers.example_number_for_type(region, kind)
            if number is None or number.country_code == 1:
                continue
            digits = phonenumbers.format_number(number, PhoneNumberFormat.E164)[1:]
            yield number.country_code, digits
            yield number.country_code, digits[:-1]


def spread(digits, chance):
    return "".join(c + chance.choice(("", "", "", "", " ", "-", ".")) for c in digits)


@pytest.mark.parametrize("rules", RULES, ids=lambda rules: f"{rules.region}-{rules.other_countries}")
def test_no_foreign_number_becomes_one_of_another_country(rules):
    chance = random.Random(14)
    cells, countries = [], []
    for country, digits in foreign_numbers():
        for prefix in PREFIXES:
            if prefix.startswith("011") and not rules.in_nanp:
                continue  # elsewhere 011 begins a number of the own country
            cells += [prefix + digits, prefix + spread(digits, chance)]
            countries += [country, country]
    column = check_column(pa.array(cells), rules)
    numbers = [phonenumbers.parse(f"+{number}").country_code if number else None for number in column.numbers.tolist()]
    strangers = [
        (cell, number)
        for cell, country, got, number in zip(cells, countries, numbers, column.numbers.tolist(), strict=True)
        if got is not None and got != country
    ]

    assert strangers == []


def test_national_numbers_with_one_zero_never_become_american():
    chance = random.Random(15)
    cells = [f"0{chance.randrange(10**7, 10**11)}" for _ in range(20_000)]
    cells = [cell for cell in cells if not cell.startswith("011")]  # how Americans dial abroad
    column = check_column(pa.array(cells), PhoneRules(other_countries=True))

    assert not column.numbers.any(), [c for c, n in zip(cells, column.numbers, strict=True) if n][:5]


LABELS = (
    "",
    "",
    "",
    "",
    "Cell: ",
    "h: ",
    "Ph ",
    "📱",
    "🇺🇸",
    "x",
    "Ana ",
    "fax ",
    "~",
    "'",
    "=",
    "① ",
    "2) ",
    "WhatsApp ",
)
ENDS = ("", "", "", "", " (m)", "¹", " x5", " (1)", " /", " 2", ".0", "?", " home", "*", ";", " or 212-231-7764")
ZEROS = ("", "", "", "0", "00", "+", "+0", "+1", "1", "1 ", "+1 ", "001", "011", "+1 (0)", "(1) ")
SCRIPTS = (0x30, 0x30, 0x30, 0x30, 0x660, 0xFF10, 0x966, 0x1D7CE)


def made_up(chance):
    digits = "".join(str(chance.randrange(10)) for _ in range(chance.choice((7, 9, 10, 10, 10, 10, 10, 11, 12))))
    if chance.random() < 0.6:
        digits = chance.choice(("415", "212", "876", "800", "787")) + digits[3:]
    start = chance.choice(SCRIPTS)
    digits = "".join(chr(start + int(c)) for c in digits)
    form = chance.choice(("{}{}{}", "({}) {}-{}", "{}.{}.{}", "{} {} {}", "{}-{}-{}", "{}/{}-{}", "({}){}{}"))
    number = spread(digits, chance) if chance.random() < 0.2 else form.format(digits[:3], digits[3:6], digits[6:])
    return chance.choice(LABELS) + chance.choice(ZEROS) + number + chance.choice(ENDS)


@pytest.mark.parametrize("rules", RULES, ids=lambda rules: f"{rules.region}-{rules.other_countries}")
def test_column_and_single_cell_agree_on_made_up_cells(rules):
    chance = random.Random(f"{rules.region}{rules.other_countries}")
    cells = [made_up(chance).strip() for _ in range(5_000)]
    column = check_column(pa.array(cells), rules)
    kinds = dict(column.repairs)
    for position, cell in enumerate(cells):
        alone = check_number(cell, rules)
        number, code = int(column.numbers[position]), int(column.codes[position])
        found = (f"+{number}" if number else None, column.refusal(position) if code else None, kinds.get(position))
        assert found == (alone.e164, alone.code, alone.repair), cell
