"""Time zones and state of an area code, from `area_codes.csv`, which `make_area_codes` makes from `phonenumbers`."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

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
    return {"1" + row["code"]: Home(row["area"], tuple(row["zones"].split())) for row in table("area_codes.csv")}


def _abroad(e164: str) -> Home:
    import phonenumbers  # its zones of the whole world are large, and few campaigns leave North America
    from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

    try:
        zones = time_zones_for_number(phonenumbers.parse(e164, None))
    except phonenumbers.NumberParseException:
        return UNKNOWN
    return Home(OTHER, tuple(sorted(zone for zone in zones if zone != UNKNOWN_TIMEZONE)))


def table(name: str) -> list[dict[str, str]]:
    """A table of this room by its file name, a dict a line."""
    text = files("mms.quiet_hours").joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
