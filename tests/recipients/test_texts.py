"""Every code has its sentence, every sentence its numbers, and none of them a phone number."""

import re

import pytest

from mms.problem_texts import FILE_TEXTS, PHONE_TEXTS, ROW_TEXTS
from mms.problems import FileCode, PhoneCode, RowCode
from mms.recipients import Repair
from mms.recipients.repairs import _SENTENCES, masked_digits, merged

ALL_TEXTS = {**PHONE_TEXTS, **ROW_TEXTS, **FILE_TEXTS}


@pytest.mark.parametrize(("codes", "texts"), [(PhoneCode, PHONE_TEXTS), (RowCode, ROW_TEXTS), (FileCode, FILE_TEXTS)])
def test_every_code_has_its_sentence(codes, texts):
    assert set(texts) == set(codes)


@pytest.mark.parametrize("code", ALL_TEXTS, ids=str)
def test_sentence_says_something_and_ends(code):
    assert re.search(r"[.?!]$", ALL_TEXTS[code])
    assert not ALL_TEXTS[code][0].islower()


@pytest.mark.parametrize("kind", _SENTENCES)
@pytest.mark.parametrize("count", [1, 12_345])
def test_repair_reads_as_a_sentence(kind, count):
    sentence = Repair(kind, count, "x").sentence

    assert not set(sentence) & set("[]{}")
    assert sentence.endswith(".")


def test_repairs_of_one_kind_are_added_up_with_the_first_example():
    assert merged([Repair("separator", 1, "a"), Repair("separator", 2, "b")]) == (Repair("separator", 3, "a"),)


def test_example_shows_the_form_of_a_number_and_not_the_number():
    assert masked_digits("(415) 555-2671") == "(•••) •••-••71"
