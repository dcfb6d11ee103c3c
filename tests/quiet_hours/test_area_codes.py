"""Zones and states of area codes come from phonenumbers, mended where it says too little."""

import pytest
from phonenumbers.geodata import GEOCODE_DATA

from mms.quiet_hours.area_codes import OTHER, UNKNOWN, home_key, home_of, table, us_and_canada_zones
from mms.quiet_hours.make_area_codes import homes

HOMES = [
    pytest.param("212", "US-NY", {"America/New_York"}, id="New York"),
    pytest.param("850", "US-FL", {"America/Chicago", "America/New_York"}, id="Florida's panhandle spans zones"),
    pytest.param("448", "US-FL", {"America/Chicago", "America/New_York"}, id="and so does its overlay"),
    pytest.param("602", "US-AZ", {"America/Phoenix"}, id="Arizona keeps no summer time"),
    pytest.param("203", "US-CT", {"America/New_York"}, id="a code that phonenumbers describes by cities"),
    pytest.param("416", "CA-ON", {"America/Toronto"}, id="Ontario"),
    pytest.param("709", "CA-NL", {"America/Halifax", "America/St_Johns"}, id="Newfoundland's half hour"),
    pytest.param("787", "US-PR", {"America/Puerto_Rico"}, id="Puerto Rico"),
    pytest.param("876", OTHER, {"America/Jamaica"}, id="Jamaica is not in the US"),
]


@pytest.mark.parametrize(("code", "area", "zones"), HOMES)
def test_home_of_an_area_code(code, area, zones):
    home = home_of(home_key(f"+1{code}5550123"))
    assert (home.area, set(home.zones)) == (area, zones)


@pytest.mark.parametrize(
    "number", ["+19995550123", "+999", "nonsense"], ids=["no such code", "no such country", "no number"]
)
def test_unknown_is_said(number):
    assert home_of(home_key(number)) == UNKNOWN


def test_other_countries_come_from_the_library():
    assert home_of(home_key("+442079460123")).zones == ("Europe/London",)


def test_every_state_that_phonenumbers_names_is_known():
    """A newer phonenumbers with another spelling fails here, and not in somebody's evening."""
    names = {row["name"] for row in table("area_names.csv")}
    described = {
        texts["en"].split(", ")[-1] for code, texts in GEOCODE_DATA.items() if code[0] == "1" and len(code) == 4
    }
    assert described <= names


def test_zones_of_the_narrowest_window_reach_from_newfoundland_to_hawaii():
    assert {"America/St_Johns", "Pacific/Honolulu"} <= set(us_and_canada_zones())
    assert "Pacific/Guam" not in us_and_canada_zones()


def test_the_table_is_what_phonenumbers_says_now():
    """Raised `phonenumbers`? Then: python -m mms.quiet_hours.make_area_codes."""
    made = {row["code"]: (row["area"], tuple(row["zones"].split())) for row in table("area_codes.csv")}
    assert made == {code: (home.area, home.zones) for code, home in homes().items()}
