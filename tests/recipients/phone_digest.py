"""What every North American area code means to a campaign, in a file that a person can review.

`python tests/recipients/phone_digest.py` writes the file anew after an upgrade of phonenumbers; look at the
difference before you commit it: an area code that becomes ready is a place where people can now be reached.
"""

import hashlib
import json
from collections import Counter
from pathlib import Path

import phonenumbers
import pyarrow as pa

from mms.phones import PhoneRules, check_column
from mms.phones.column import CODES, REGIONS

DIGEST_FILE = Path(__file__).with_name("phone_verdicts.json")
_LINES = ("2671",)


def verdicts_by_area():
    """For each area code what becomes of its exchanges, such as `ready in US: 799, not_in_use: 1`."""
    digits = [
        f"{area}{exchange}{line}" for area in range(200, 1000) for exchange in range(200, 1000) for line in _LINES
    ]
    found = check_column(pa.array(digits, pa.string()), PhoneRules())
    size = 800 * len(_LINES)
    return {
        str(200 + at): _summary(found.codes[at * size : (at + 1) * size], found.regions[at * size : (at + 1) * size])
        for at in range(800)
    }


def _summary(codes, regions):
    names = [
        CODES[code].value if CODES[code] else f"ready in {REGIONS[region]}"
        for code, region in zip(codes.tolist(), regions.tolist(), strict=True)
    ]
    counts = Counter(names)
    if len(counts) == 1:
        return names[0]
    shown = ", ".join(f"{name}: {count}" for name, count in sorted(counts.items()))
    return f"{shown} #{hashlib.sha256(codes.tobytes()).hexdigest()[:12]}"


def digest():
    """The content of the file: the areas grouped by what they mean."""
    groups = {}
    for area, summary in verdicts_by_area().items():
        groups.setdefault(summary, []).append(area)
    grouped = {summary: " ".join(areas) for summary, areas in sorted(groups.items())}
    return {"phonenumbers": phonenumbers.__version__, "areas": grouped}


def stored_by_area():
    """The file as one entry for each area code."""
    areas = json.loads(DIGEST_FILE.read_text(encoding="utf-8"))["areas"]
    return {area: summary for summary, listed in areas.items() for area in listed.split()}


if __name__ == "__main__":
    DIGEST_FILE.write_text(json.dumps(digest(), indent=1) + "\n", encoding="utf-8")
