"""One number by the rules of `phonenumbers`: digits to E.164, or the reason why nobody can be reached."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from mms.phones.rules import PhoneRules, PhoneVerdict, judge
from mms.phones.text import Digits, read_digits
from mms.problems import PhoneCode

LENGTH = 10
"""Digits of a North American number without its country code."""
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
    if typed.short_start and rules.in_nanp and not typed.plus and len(typed.digits) == LENGTH:
        return PhoneVerdict.refused(PhoneCode.NOT_A_NUMBER)
    as_typed = _parsed(("+" if typed.plus else "") + typed.digits, rules.region)
    if as_typed is not None and phonenumbers.is_valid_number(as_typed):
        return _judged(as_typed, rules, typed.repair)
    international = _behind_prefix(typed, rules)
    if international is None:
        return PhoneVerdict.refused(_why_invalid(as_typed, typed, rules))
    number = _parsed("+" + international, rules.region)
    if number is not None and phonenumbers.is_valid_number(number):
        return _judged(number, rules, "number_prefix")
    return PhoneVerdict.refused(_why_not_international(number, international, rules))


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


def _behind_prefix(typed: Digits, rules: PhoneRules) -> str | None:
    """Country code and number behind `00`, `011` or stray zeros; None where nothing says that a country code comes.

    Nothing that stands there is ever read without its country code: a foreign number that lost a digit has the
    length of one of ours. One zero alone is a national prefix almost everywhere, and more than two are an accident:
    both may only hide the country code of the default region.
    """
    rest = typed.digits.lstrip("0")
    zeros = len(typed.digits) - len(rest)
    own = rest.startswith(str(phonenumbers.country_code_for_region(rules.region)))
    if zeros >= 2 or (zeros and typed.plus):
        return rest if zeros == 2 or own or not rest else "0"
    if rules.in_nanp:
        return typed.digits[3:] if typed.digits.startswith("011") else None
    return rest if zeros == 1 and own else None


def _why_not_international(number: PhoneNumber | None, digits: str, rules: PhoneRules) -> PhoneCode:
    if not digits:
        return PhoneCode.NOT_IN_USE
    if number is None:
        return PhoneCode.NOT_A_NUMBER
    if number.country_code != phonenumbers.country_code_for_region(rules.region) and not rules.other_countries:
        return PhoneCode.OUTSIDE_US_CANADA
    reason = phonenumbers.is_possible_number_with_reason(number)
    return _LENGTH_CODES.get(reason, PhoneCode.NOT_IN_USE)


def _why_invalid(number: PhoneNumber | None, typed: Digits, rules: PhoneRules) -> PhoneCode:
    if not typed.plus and len(typed.digits) in _SHORT_CODE_DIGITS:
        return PhoneCode.SHORT_CODE
    if number is None:
        return PhoneCode.TOO_SHORT if len(typed.digits) < 3 else PhoneCode.NOT_A_NUMBER
    if rules.in_nanp and not typed.plus and len(typed.digits) == 7:
        return PhoneCode.NO_AREA_CODE
    reason = phonenumbers.is_possible_number_with_reason(number)
    return _LENGTH_CODES.get(reason, PhoneCode.NOT_IN_USE)
