"""One number by the rules of `phonenumbers`: digits to E.164, or the reason why nobody can be reached."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from mms.phones.rules import PhoneRules, PhoneVerdict, judge
from mms.phones.text import Digits, read_digits
from mms.problems import PhoneCode

_SHORT_CODE_DIGITS = range(3, 7)
_LENGTH_CODES = {
    ValidationResult.TOO_SHORT: PhoneCode.TOO_SHORT,
    ValidationResult.TOO_LONG: PhoneCode.TOO_LONG,
    ValidationResult.INVALID_COUNTRY_CODE: PhoneCode.NOT_A_NUMBER,
    ValidationResult.INVALID_LENGTH: PhoneCode.TOO_LONG,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: PhoneCode.NO_AREA_CODE,
}


def check_number(cell: str, rules: PhoneRules) -> PhoneVerdict:
    """The verdict on one phone cell, whatever its form."""
    reading = read_digits(cell)
    return PhoneVerdict.refused(reading) if isinstance(reading, PhoneCode) else check_digits(reading, rules)


def check_digits(typed: Digits, rules: PhoneRules) -> PhoneVerdict:
    """The verdict on digits that are known to be one number."""
    as_typed = _parsed(("+" if typed.plus else "") + typed.digits, rules.region)
    if as_typed is not None and phonenumbers.is_valid_number(as_typed):
        return _judged(as_typed, rules, typed.repair)
    mended = _without_prefix_zeros(typed, rules)
    if len(mended) == 1:
        return _judged(mended[0], rules, "number_prefix")
    return PhoneVerdict.refused(_why_invalid(as_typed, typed, rules))


def _parsed(text: str, region: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None


def _judged(number: PhoneNumber, rules: PhoneRules, repair: str | None) -> PhoneVerdict:
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    region = phonenumbers.region_code_for_number(number) or ""
    code = judge(int(e164), region, phonenumbers.number_type(number), rules)
    return PhoneVerdict(None if code else e164, code, None if code else repair, region)


def _without_prefix_zeros(typed: Digits, rules: PhoneRules) -> list[PhoneNumber]:
    """Valid numbers that `00…`, `011…`, `+0…` and `0` before the own country code can mean; several: unclear.

    A single zero without plus is a national prefix almost everywhere, so it may only hide the default
    region's own country code: reading it as another country's would text a stranger.
    """
    found = (_parsed(text, rules.region) for text in _readings_without_zeros(typed, rules.region))
    valid = (number for number in found if number is not None and phonenumbers.is_valid_number(number))
    return list({phonenumbers.format_number(n, PhoneNumberFormat.E164): n for n in valid}.values())


def _readings_without_zeros(typed: Digits, region: str) -> list[str]:
    rest = typed.digits.lstrip("0")
    zeros = len(typed.digits) - len(rest)
    country_code = str(phonenumbers.country_code_for_region(region))
    if zeros > 1 or (zeros and typed.plus):
        return ["+" + rest, rest, "0" + rest]
    if typed.digits.startswith("011"):
        return ["+" + typed.digits[3:]]
    if zeros == 1 and rest.startswith(country_code):
        return ["+" + rest]
    return []


def _why_invalid(number: PhoneNumber | None, typed: Digits, rules: PhoneRules) -> PhoneCode:
    if not typed.plus and len(typed.digits) in _SHORT_CODE_DIGITS:
        return PhoneCode.SHORT_CODE
    if number is None:
        return PhoneCode.TOO_SHORT if len(typed.digits) < 3 else PhoneCode.NOT_A_NUMBER
    if rules.in_nanp and not typed.plus and len(typed.digits) == 7:
        return PhoneCode.NO_AREA_CODE
    reason = phonenumbers.is_possible_number_with_reason(number)
    return _LENGTH_CODES.get(reason, PhoneCode.NOT_IN_USE)
