"""What a campaign accepts as a recipient's number, once the number's region and type are known."""

from dataclasses import dataclass
from typing import Self

import phonenumbers
from phonenumbers import PhoneNumberType

from mms.problems import PhoneCode

NANP_REGIONS: tuple[str, ...] = tuple(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[1])
"""Regions that share country code 1, in the order in which `phonenumbers` asks them."""

TERRITORIES = frozenset({"PR", "GU", "VI", "AS", "MP"})
"""US territories: MMS works, but Twilio's geo permissions may be off for them (error 21408)."""

NATIVE_REGIONS = frozenset({"US", "CA"}) | TERRITORIES
"""Where Twilio delivers MMS as MMS."""

REFUSED_TYPES: dict[int, PhoneCode] = {
    PhoneNumberType.TOLL_FREE: PhoneCode.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE: PhoneCode.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST: PhoneCode.PREMIUM_RATE,
}

MAGIC_NUMBERS = range(15005550000, 15005550100)
"""Twilio's magic recipients and senders: they reach nobody, so only practice accepts them."""


@dataclass(frozen=True, slots=True)
class PhoneRules:
    """`own_numbers` in E.164; `allow_fictional` only where no real person can be reached (practice mode)."""

    region: str = "US"
    allow_fictional: bool = False
    other_countries: bool = False
    own_numbers: frozenset[str] = frozenset()

    @property
    def in_nanp(self) -> bool:
        """Whether numbers without country code are North American ones."""
        return self.region in NANP_REGIONS


@dataclass(frozen=True, slots=True)
class PhoneVerdict:
    """Either `e164`, or the `code` that says why not; `repair` names what was mended on the way to the number."""

    e164: str | None = None
    code: PhoneCode | None = None
    repair: str | None = None
    region: str | None = None

    @classmethod
    def refused(cls, code: PhoneCode) -> Self:
        """No number to send to."""
        return cls(code=code)


def judge(number: int, region: str, number_type: int, rules: PhoneRules) -> PhoneCode | None:
    """Why a valid number (E.164 without the plus) is no recipient; None when it is one."""
    if number in MAGIC_NUMBERS:
        return None if rules.allow_fictional else PhoneCode.OWN_NUMBER
    if f"+{number}" in rules.own_numbers:
        return PhoneCode.OWN_NUMBER
    if number_type in REFUSED_TYPES:
        return REFUSED_TYPES[number_type]
    if region not in NATIVE_REGIONS and not rules.other_countries:
        return PhoneCode.OUTSIDE_US_CANADA
    if is_fictional(number) and not rules.allow_fictional:
        return PhoneCode.FICTIONAL
    return PhoneCode.NOT_IN_USE if is_nobodys(number) else None


def is_fictional(number: int) -> bool:
    """Whether this is 555-0100 to 555-0199 in any North American area; `phonenumbers` calls these valid."""
    return 10**10 <= number < 2 * 10**10 and number % 10**7 // 100 == 55501


def is_nobodys(number: int) -> bool:
    """Whether no subscriber can have this North American number, though `phonenumbers` calls it valid.

    N11 is no exchange (911, 411: service codes), and 555-1212 is directory assistance (NANPA, 555 line numbers).
    """
    exchange = number % 10**7 // 10**4
    return 10**10 <= number < 2 * 10**10 and (exchange % 100 == 11 or number % 10**7 == 5551212)
