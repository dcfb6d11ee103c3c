"""The catalogue of 116 ways in which recipients' spreadsheets go wrong: its numbers as test ids."""

import pytest

ANN = "415-555-2671"
ANN_E164 = "+14155552671"
BOB = "212-555-2672"

COVERED = set()

ELSEWHERE = {
    90: "tests/delivery/test_stops.py: remembers dead numbers; offline no US landline is told from a mobile",
    **dict.fromkeys((104, 105, 106), "tests/media/test_share_links.py"),
    107: "tests/media/test_expiry.py",
    108: "tests/media/test_addresses.py",
    109: "tests/media/test_preflight.py",
    110: "tests/media/test_preflight.py",
    111: "tests/media/test_preflight.py",
    113: "tests/media/test_many_links.py",
    114: "tests/media/test_preflight.py",
}


def pain(number, *values, case=""):
    """A row of a table; its id is `pain-063` or `pain-063-case`."""
    COVERED.add(number)
    return pytest.param(*values, id=f"pain-{number:03d}" + (f"-{case}" if case else ""))


def numbered(number):
    """For a test that is one pain by itself."""
    return pytest.mark.parametrize("number", [pain(number, number)])
