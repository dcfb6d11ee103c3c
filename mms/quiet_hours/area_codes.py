"""Time zones and state of an area code, from the data that `phonenumbers` ships, mended by `area_codes.csv`.

`phonenumbers` keeps zones by prefix, often longer than the area code; a code takes the zones of all of them.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import phonenumbers
from phonenumbers.geodata import GEOCODE_DATA
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number
from phonenumbers.tzdata import TIMEZONE_DATA

OTHER = "other"
_NANP_PREFIX = 4  # digits: the country code 1 and the area code


@dataclass(frozen=True, slots=True)
class Home:
    """Where a number's owner lives, as far as the number tells. No zones: not known."""

    area: str  # US-FL, CA-ON, US, CA, or `other`
    zones: tuple[str, ...]  # IANA names, in alphabetical order


UNKNOWN = Home(OTHER, ())


def home_key(e164: str) -> str:
    """Numbers with the same key live at the same place: `+1` and the area code, else the number itself."""
    return e164[: 1 + _NANP_PREFIX] if e164.startswith("+1") else e164


def home_of(key: str) -> Home:
    """Where numbers with this key live."""
    return _nanp().get(key[1:], UNKNOWN) if key.startswith("+1") else _abroad(key)


def us_and_canada_zones() -> tuple[str, ...]:
    """Every zone of a state or a province, without the islands beyond the date line and in the Caribbean."""
    islands = {"US-AS", "US-GU", "US-MP", "US-PR", "US-VI"}
    homes = (home for home in _nanp().values() if home.area != OTHER and home.area not in islands)
    return tuple(sorted({zone for home in homes for zone in home.zones}))


@cache
def _nanp() -> dict[str, Home]:
    """Home by `1` and area code."""
    mended = {"1" + row["code"]: row for row in _table("area_codes.csv")}
    zones: defaultdict[str, set[str]] = defaultdict(set)
    for prefix, names in TIMEZONE_DATA.items():
        if prefix.startswith("1") and len(prefix) >= _NANP_PREFIX:
            zones[prefix[:_NANP_PREFIX]].update(names)
    for code, row in mended.items():
        if row["zones_of"]:
            zones[code] |= zones["1" + row["zones_of"]]
    areas = _areas() | {code: row["area"] for code, row in mended.items()}
    return {code: Home(areas.get(code, OTHER), tuple(sorted(names))) for code, names in zones.items()}


def _areas() -> dict[str, str]:
    """State by area code, where `phonenumbers` describes a code by its state, or by a city and its state."""
    by_name = {row["name"]: row["area"] for row in _table("area_names.csv")}
    described = {code: texts.get("en", "") for code, texts in GEOCODE_DATA.items() if len(code) == _NANP_PREFIX}
    found = {code: by_name.get(text.split(", ")[-1], OTHER) for code, text in described.items()}
    return {code: area for code, area in found.items() if code.startswith("1") and area != OTHER}


def _abroad(e164: str) -> Home:
    try:
        zones = time_zones_for_number(phonenumbers.parse(e164, None))
    except phonenumbers.NumberParseException:
        return UNKNOWN
    return Home(OTHER, tuple(sorted(zone for zone in zones if zone != UNKNOWN_TIMEZONE)))


def _table(name: str) -> list[dict[str, str]]:
    text = files("mms.quiet_hours").joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
