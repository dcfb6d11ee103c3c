"""The vectorised check says for every number what `phonenumbers` says, and an upgrade of its metadata is noticed."""

import random

import phonenumbers
import pyarrow as pa
import pytest
from phone_digest import stored_by_area, verdicts_by_area

from mms.phones import PhoneRules, check_column, check_number
from mms.phones.nanp import NO_REGION, UNKNOWN, classify
from mms.phones.rules import NANP_REGIONS


def says_phonenumbers(digits):
    number = phonenumbers.PhoneNumber(country_code=1, national_number=int(digits))
    region = phonenumbers.region_code_for_number(number)
    return region, phonenumbers.number_type(number) if region else UNKNOWN


def says_the_column(digits):
    regions, types = classify(pa.array(digits, pa.string()))
    names = [NANP_REGIONS[region] if region != NO_REGION else None for region in regions.tolist()]
    return list(zip(names, types.tolist(), strict=True))


def differences(digits):
    ours = says_the_column(digits)
    return [(number, said) for number, said in zip(digits, ours, strict=True) if said != says_phonenumbers(number)]


@pytest.mark.parametrize("hundred", range(200, 1000, 100), ids=lambda hundred: f"area-{hundred}-to-{hundred + 99}")
def test_every_area_code_and_exchange_has_the_same_region_and_type(hundred):
    chance = random.Random(hundred)
    digits = [
        f"{area}{exchange}{chance.randrange(10_000):04}"
        for area in range(hundred, hundred + 100)
        for exchange in range(200, 1000)
    ]

    assert differences(digits) == []


@pytest.mark.parametrize("area", [500, 521, 522, 523, 524, 533, 900, 800, 983, 305, 710, 600])
def test_areas_with_rules_of_their_own_agree_down_to_the_line(area):
    chance = random.Random(area)
    digits = [f"{area}{chance.randrange(200_0000, 10_000_000)}" for _ in range(2_000)]

    assert differences(digits) == []


FORMS = (
    "{}{}{}",
    "({}) {}-{}",
    "+1{}{}{}",
    "1 {} {} {}",
    "{}.{}.{}",
    "001{}{}{}",
    "tel:{}-{}-{}",
    "'{}{}{}",
    "{} {}{}",
)
RULES = [
    pytest.param(PhoneRules(), id="us"),
    pytest.param(PhoneRules(allow_fictional=True), id="practice"),
    pytest.param(PhoneRules("CA", other_countries=True), id="canada-and-others"),
    pytest.param(PhoneRules("GB", other_countries=True), id="britain"),
    pytest.param(PhoneRules(own_numbers=frozenset({"+12125550100", "+14165552671"})), id="own"),
]


@pytest.mark.parametrize("rules", RULES)
def test_column_and_single_cell_give_the_same_verdict(rules):
    chance = random.Random(9)
    cells = ["212-555-0100", "416-555-2671", "5005550001", "+447723456789", "07723456789", "", "n/a", "12"]
    for _ in range(3_000):
        area = chance.choice((chance.randrange(1000), 212, 416, 876, 787, 500))
        parts = (f"{area:03}", chance.choice((f"{chance.randrange(1000):03}", "555")), f"{chance.randrange(10_000):04}")
        cells.append(chance.choice(FORMS).format(*parts))
    column = check_column(pa.array(cells), rules)

    for position, cell in enumerate(cells):
        alone = check_number(cell, rules)
        number, code = int(column.numbers[position]), int(column.codes[position])
        assert (f"+{number}" if number else None) == alone.e164, cell
        assert (column.refusal(position) if code else None) == alone.code, cell


def test_no_area_code_means_something_else_than_it_did():
    now, before = verdicts_by_area(), stored_by_area()
    changed = {area: f"{before.get(area)} -> {now[area]}" for area in now if now[area] != before.get(area)}

    assert changed == {}, (
        f"phonenumbers {phonenumbers.__version__} gives other verdicts; review them, "
        "then run python tests/recipients/phone_digest.py"
    )
