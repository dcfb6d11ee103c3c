"""What a cell says about a country: its two-letter code from a name, a code or a calling code."""

from functools import cache

import phonenumbers

_LANGUAGES = ("en", "es", "fr", "de", "pt", "it", "nl")
_OTHER_NAMES = {
    "usa": "US",
    "unitedstatesofamerica": "US",
    "america": "US",
    "eeuu": "US",
    "estadosunidosdeamerica": "US",
    "can": "CA",
    "mex": "MX",
    "uk": "GB",
    "gbr": "GB",
    "greatbritain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "holland": "NL",
    "deu": "DE",
    "fra": "FR",
    "esp": "ES",
    "ind": "IN",
}


def country_of(cell: str) -> str | None:
    """`MX` for `Mexico`, `México`, `mx`, `+52`, `52` or `Mexico (+52)`; None when the cell names no country."""
    digits = "".join(filter(str.isdecimal, cell))
    if digits:
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(digits.lstrip("0") or 0))
        return regions[0] if regions and len(digits) <= 5 else None
    key = _key(cell)
    if key.upper() in phonenumbers.SUPPORTED_REGIONS:
        return key.upper()
    return _names().get(key)


def _key(name: str) -> str:
    return "".join(filter(str.isalpha, name)).casefold()


@cache
def _names() -> dict[str, str]:
    # Read when a list has such a column: the tables of names are slow to load.
    from babel import Locale

    found: dict[str, str] = {}
    for language in _LANGUAGES:
        for region, name in Locale(language).territories.items():
            if region in phonenumbers.SUPPORTED_REGIONS:
                found.setdefault(_key(name), region)
    return {**found, **_OTHER_NAMES}
