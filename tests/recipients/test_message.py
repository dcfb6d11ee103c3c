"""Templates, merge fields, fallbacks, and the limits on the merged message."""

import pytest

from mms.errors import MmsError
from mms.message import MAX_BODY, MAX_MEDIA, MessageTemplate, Template, looks_like_url, message_problems

VALUES = {"firstname": "Ann", "city": "", "picture": "https://x.de/a.jpg;www.x.de/b c.jpg"}

RENDERED = [
    pytest.param("Hi {First Name}!", "Hi Ann!", id="field"),
    pytest.param("Hi {first_name}, {FIRSTNAME}", "Hi Ann, Ann", id="any spelling"),
    pytest.param("In {city|your town}", "In your town", id="fallback for a blank cell"),
    pytest.param("Hi {first name|you}", "Hi Ann", id="fallback not needed"),
    pytest.param("In {city|}.", "In .", id="empty fallback"),
    pytest.param("In {city}.", "In .", id="blank without fallback"),
    pytest.param("{{literal}} {{{first name}}}", "{literal} {Ann}", id="literal braces"),
    pytest.param("{city|a|b}", "a|b", id="bar in a fallback"),
    pytest.param("no fields", "no fields", id="plain"),
    pytest.param("", "", id="empty"),
]


@pytest.mark.parametrize(("text", "expected"), RENDERED)
def test_template_is_rendered(text, expected):
    assert Template.parse(text).render(VALUES) == expected


WRONG = [
    pytest.param("Hi {name", "no partner", id="unclosed"),
    pytest.param("Hi name}", "no partner", id="unopened"),
    pytest.param("Hi {a{b}}", "no partner", id="nested"),
    pytest.param("Hi {}", "no name", id="empty"),
    pytest.param("Hi { |x}", "no name", id="blank name"),
]


@pytest.mark.parametrize(("text", "words"), WRONG)
def test_template_with_braces_gone_wrong_is_refused(text, words):
    with pytest.raises(MmsError, match=words) as refusal:
        Template.parse(text)

    assert refusal.value.code == "template"


def test_fields_are_named_once_in_order_of_first_use():
    template = Template.parse("{B} {a|x} {b} {A} {c|}")

    assert template.fields == ("B", "a", "c")
    assert [one.fallback for one in template.merge_fields] == [None, "x", None, None, ""]


def test_message_knows_all_its_columns_and_which_are_media():
    message = MessageTemplate.parse("Hi {First Name}", ["{Picture}", " ", "https://x.de/{sku}.jpg"])

    assert message.fields == ("First Name", "Picture", "sku")
    assert message.media_columns == ("Picture", "sku")


def test_cell_with_several_urls_gives_each_of_them_mended():
    rendered = MessageTemplate.parse("Hi", ["{Picture}", "https://x.de/{first name}.jpg"]).render(VALUES)

    assert rendered.media_urls == ("https://x.de/a.jpg", "https://www.x.de/b%20c.jpg", "https://x.de/Ann.jpg")
    assert rendered.refused_urls == ()


def of_length(count):
    return {"x": "y" * count}


def pictures(count):
    return {"x": "\n".join(f"https://x.de/{n}.jpg" for n in range(count))}


EDGES = [
    pytest.param("{x}", [], of_length(MAX_BODY), [], id="longest body"),
    pytest.param("{x}", [], of_length(MAX_BODY + 1), ["message_too_long"], id="body one too long"),
    pytest.param("Hi", ["{x}"], pictures(MAX_MEDIA), [], id="most pictures"),
    pytest.param("Hi", ["{x}"], pictures(MAX_MEDIA + 1), ["media_too_many"], id="one picture too many"),
    pytest.param("", ["{x}"], pictures(1), [], id="picture without text"),
    pytest.param(" {x|} ", [], {"x": ""}, ["message_empty"], id="white space is no text"),
    pytest.param("Hi {x}", [], {"x": ""}, ["missing_value"], id="blank field"),
    pytest.param("Hi {x|}", [], {"x": ""}, [], id="blank field with empty fallback"),
    pytest.param("Hi", ["{x}"], {"x": "a.jpg"}, ["media_scheme"], id="file name"),
    pytest.param("Hi", ["{x|}"], {"x": ""}, [], id="picture left out"),
]


@pytest.mark.parametrize(("body", "media", "values", "codes"), EDGES)
def test_limits_hold_on_the_merged_message(body, media, values, codes):
    problems = message_problems(MessageTemplate.parse(body, media).render(values))

    assert [code for code, _ in problems] == codes


def test_sentences_name_the_column_and_the_excess():
    blank = message_problems(MessageTemplate.parse("Hi {First Name}").render({"firstname": ""}))
    long = message_problems(MessageTemplate.parse("{x}").render(of_length(MAX_BODY + 12)))

    assert "{First Name|something else}" in blank[0][1]
    assert "12 characters too long" in long[0][1]


@pytest.mark.parametrize("cell", ["https://x.de/a", "www.x.de/a", "x.de/a.jpg", "<http://x.de/a>"])
def test_cell_that_means_a_link_is_recognised(cell):
    assert looks_like_url(cell)


@pytest.mark.parametrize("cell", ["Ann", "a.jpg", "C:\\a.jpg", "3.5/5", ""])
def test_cell_that_means_no_link_is_not_taken_for_one(cell):
    assert not looks_like_url(cell)
