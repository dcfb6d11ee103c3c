"""Pains 53 to 94: one phone cell gives a number, or the reason why not."""

import pytest
from pains import ANN_E164, pain

from mms.phones import PhoneRules, check_number

PHONES = [
    pain(53, "N/A", "missing", None),
    pain(53, "#REF!", "missing", None, case="error"),
    pain(53, "TBC", "missing", None, case="tbc"),
    pain(54, "Total: 412", "not_a_number", None),
    pain(60, "\u202a+1 415-555-2671\u202c", ANN_E164, None),
    pain(63, "1.41556E+10", "rounded_by_excel", None),
    pain(64, "1.4155552671E+10", ANN_E164, "exponent"),
    pain(65, "14155552671.0", ANN_E164, "decimal_zero"),
    pain(66, "'+14155552671", ANN_E164, None),
    pain(67, "14155552671", ANN_E164, None),
    pain(69, "0014155552671", ANN_E164, "number_prefix"),
    pain(69, "01114155552671", ANN_E164, None, case="011"),
    pain(70, "+0014155552671", ANN_E164, "number_prefix"),
    pain(70, "+014155552671", ANN_E164, "number_prefix", case="plus-zero"),
    pain(70, "0+14155552671", ANN_E164, "zero_before_plus", case="zero-plus"),
    pain(70, "0000014155552671", ANN_E164, "number_prefix", case="five-zeros"),
    pain(72, "(415) 555-2671", ANN_E164, None),
    pain(72, "415.555.2671", ANN_E164, None, case="dots"),
    pain(72, "415/555-2671", ANN_E164, None, case="slash"),
    pain(73, "1‑415–555—267−1", ANN_E164, None),
    pain(74, "４１５５５５２６７１", ANN_E164, None),
    pain(74, "٤١٥٥٥٥٢٦٧١", ANN_E164, None, case="arabic"),
    pain(75, "415555O671", "has_letters", None),
    pain(76, "415-555-CATS", "has_letters", None),
    pain(76, "1-800-FLOWERS", "has_letters", None, case="flowers"),
    pain(77, "415 555 2671 (mobile)", ANN_E164, "label"),
    pain(77, "415 555 2671 (John)", "has_letters", None, case="name"),
    pain(78, "415-555-2671 x123", "has_extension", None),
    pain(78, "415-555-2671 ext. 5", "has_extension", None, case="ext"),
    pain(78, "415-555-2671#12", "has_extension", None, case="hash"),
    pain(79, "415-555-2671 / 415-555-2672", "several_numbers", None),
    pain(79, "415-555-2671 or 415-555-2672", "several_numbers", None, case="or"),
    pain(79, "415-555-2671\n415-555-2672", "several_numbers", None, case="lines"),
    pain(79, "4155552671, 4155552672", "several_numbers", None, case="comma"),
    pain(80, "415-555-2671;4155552672", "several_numbers", None),
    pain(81, "tel:+1-415-555-2671", ANN_E164, None),
    pain(81, "whatsapp:+14155552671", "wrong_channel", None, case="whatsapp"),
    pain(81, '=T("4155552671")', ANN_E164, None, case="wrapper"),
    pain(82, "555-1234", "no_area_code", None),
    pain(83, "+1415555267", "too_short", None),
    pain(83, "415555267", "too_short", None, case="nine"),
    pain(83, "+141555526711", "too_long", None, case="long"),
    pain(84, "202-555-0104", "fictional", None),
    pain(84, "415-555-0200", "+14155550200", None, case="just-above"),
    pain(84, "415-555-0099", "+14155550099", None, case="just-below"),
    pain(85, "0000000000", "not_in_use", None),
    pain(85, "1234567890", "not_in_use", None, case="sequence"),
    pain(85, "9999999999", "not_in_use", None, case="nines"),
    pain(87, "+1 800 555 2671", "toll_free", None),
    pain(88, "+1 900 234 5678", "premium_rate", None),
    pain(89, "12345", "short_code", None),
    pain(89, "911", "short_code", None, case="emergency"),
    pain(91, "876-456-7890", "outside_us_canada", None),
    pain(91, "809-555-2671", "outside_us_canada", None, case="dominican"),
    pain(91, "664-491-3789", "outside_us_canada", None, case="montserrat"),
    pain(92, "787-555-2671", "+17875552671", None),
    pain(93, "+525512345678", "outside_us_canada", None),
    pain(94, "+15005550006", "own_number", None),
    pain(94, "415-555-0999", "own_number", None, case="sender"),
]
RULES = PhoneRules(own_numbers=frozenset({"+14155550999"}))


@pytest.mark.parametrize(("cell", "expected", "repair"), PHONES)
def test_phone_cell_gives_the_number_or_the_reason(cell, expected, repair):
    verdict = check_number(cell, RULES)

    assert (verdict.e164 or verdict.code) == expected
    assert verdict.repair == repair


ABROAD = [
    pain(68, "7723456789", "GB", "+447723456789"),
    pain(68, "7700900123", "US", "not_in_use", case="not-in-the-us"),
    pain(70, "0+447988123456", "GB", "+447988123456", case="gb"),
    pain(70, "+07044123456", "GB", "not_a_number", case="gb-plus-zero"),
    pain(71, "+44 (0)7723 456 789", "US", "+447723456789"),
    pain(93, "+525512345678", "US", "+525512345678", case="allowed"),
    pain(91, "8764567890", "US", "+18764567890", case="allowed"),
]


@pytest.mark.parametrize(("cell", "region", "expected"), ABROAD)
def test_phone_cell_where_other_countries_are_allowed(cell, region, expected):
    verdict = check_number(cell, PhoneRules(region, other_countries=True))

    assert (verdict.e164 or verdict.code) == expected
