"""Codes made by us cannot be guessed or misread."""

import re

import pytest

from mms.coupons.making import LETTERS, Pattern, check_letter, made_codes
from mms.errors import CampaignError


def test_codes_follow_the_pattern_and_differ():
    codes = list(made_codes(Pattern("SPRING-*********", check=True), 2000))
    assert len(set(codes)) == 2000
    assert all(re.fullmatch(rf"SPRING-[{LETTERS}]{{10}}", code) for code in codes)
    assert all(check_letter(code[:-1]) == code[-1] for code in codes)


@pytest.mark.parametrize("pattern", ["SPRING", "***", "#" * 12, "", "*" * 61, "café-**********"])
def test_a_pattern_that_can_be_guessed_or_written_wrong_is_refused(pattern):
    with pytest.raises(CampaignError):
        Pattern(pattern)


@pytest.mark.parametrize("count", [0, -1, 1_000_001])
def test_counts_out_of_range(count):
    with pytest.raises(CampaignError):
        list(made_codes(Pattern("*" * 10), count))


def test_the_check_letter_finds_every_wrong_letter():
    code = "SPRING-ACDEFGHJK"
    for place, one in enumerate(code):
        for other in LETTERS:
            if one in LETTERS and other != one:
                assert check_letter(code[:place] + other + code[place + 1 :]) != check_letter(code)


def test_no_look_alikes():
    assert not set("B8I1O0S5Z2") & set(LETTERS)
