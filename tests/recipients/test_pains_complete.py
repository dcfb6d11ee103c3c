"""Every pain of the catalogue has a test, here or in another room."""

from pathlib import Path

import pytest
import test_pains_of_files
import test_pains_of_lists
import test_pains_of_media
import test_pains_of_numbers
from pains import COVERED, ELSEWHERE

MODULES = (test_pains_of_files, test_pains_of_lists, test_pains_of_media, test_pains_of_numbers)


def test_every_pain_of_the_catalogue_has_its_place():
    assert MODULES
    assert COVERED | set(ELSEWHERE) == set(range(1, 117))


@pytest.mark.parametrize("number", ELSEWHERE)
def test_place_of_a_pain_that_is_tested_elsewhere_exists(number):
    root = Path(__file__).parents[2]

    assert (root / ELSEWHERE[number].split(":")[0]).is_file()
