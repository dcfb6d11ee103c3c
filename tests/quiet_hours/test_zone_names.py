"""Zones have the names that people use."""

import pytest

from mms.quiet_hours.zone_names import zone_said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("America/Chicago", "Central time", id="a zone of the US"),
        pytest.param("America/Toronto", "Eastern time", id="one of Canada"),
        pytest.param("Europe/Berlin", "Central European time", id="one of Europe"),
        pytest.param("Pacific/Honolulu", "Honolulu time", id="without a name of its own"),
        pytest.param("UTC", "UTC", id="universal"),
        pytest.param("Mars/Olympus", "UTC", id="unknown"),
    ],
)
def test_zone_is_called_what_people_call_it(name, said):
    assert zone_said(name) == said
