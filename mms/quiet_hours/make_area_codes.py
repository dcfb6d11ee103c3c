"""Makes `area_codes.csv` from the data that `phonenumbers` ships: `python -m mms.quiet_hours.make_area_codes`.

Run when `phonenumbers` is raised; a test compares the file with it. Reading the library's own tables takes 110 MB and
half a second, the file a few milliseconds. `phonenumbers` keeps zones by prefix, often longer than the area code; a
code takes the zones of all of them, mended by `area_code_corrections.csv`.
"""

import csv
from collections import defaultdict
from pathlib import Path

from phonenumbers.geodata import GEOCODE_DATA
from phonenumbers.tzdata import TIMEZONE_DATA

from mms.quiet_hours.area_codes import OTHER, Home, table

_NANP_PREFIX = 4  # digits: the country code 1 and the area code
FILE = Path(__file__).with_name("area_codes.csv")


def homes() -> dict[str, Home]:
    """Home by area code, as `phonenumbers` and our corrections say now."""
    mended = {"1" + row["code"]: row for row in table("area_code_corrections.csv")}
    zones: defaultdict[str, set[str]] = defaultdict(set)
    for prefix, names in TIMEZONE_DATA.items():
        if prefix.startswith("1") and len(prefix) >= _NANP_PREFIX:
            zones[prefix[:_NANP_PREFIX]].update(names)
    for code, row in mended.items():
        if row["zones_of"]:
            zones[code] |= zones["1" + row["zones_of"]]
    areas = _areas() | {code: row["area"] for code, row in mended.items()}
    return {code[1:]: Home(areas.get(code, OTHER), tuple(sorted(zones[code]))) for code in sorted(zones)}


def _areas() -> dict[str, str]:
    """State by `1` and area code, where `phonenumbers` describes a code by its state, or by a city and its state."""
    by_name = {row["name"]: row["area"] for row in table("area_names.csv")}
    described = {code: texts.get("en", "") for code, texts in GEOCODE_DATA.items() if len(code) == _NANP_PREFIX}
    found = {code: by_name.get(text.split(", ")[-1], OTHER) for code, text in described.items()}
    return {code: area for code, area in found.items() if code.startswith("1") and area != OTHER}


def main() -> None:
    """Write the file."""
    with FILE.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["code", "area", "zones"])
        lines.writerows([code, home.area, " ".join(home.zones)] for code, home in homes().items())


if __name__ == "__main__":
    main()
