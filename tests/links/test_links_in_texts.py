"""Which words of a text are links, what stands in their place, and where each leads."""

import pytest

from mms.errors import MmsError
from mms.links.codes import new_code, read_code
from mms.message.content import MAX_BODY
from mms.message.links import Links, links_in, short_link, tagged, utm_query

BASE = "https://texts.example"
CODE = "a1B2c3D4e5"


@pytest.mark.parametrize(
    ("text", "links"),
    [
        pytest.param("See https://shop.example/sale.", ("https://shop.example/sale",), id="full stop behind it"),
        pytest.param("(https://shop.example/a_(b))", ("https://shop.example/a_(b)",), id="brackets of its own"),
        pytest.param("Now: www.shop.example!", ("www.shop.example",), id="no scheme"),
        pytest.param("shop.example/x, or HTTP://B.example", ("shop.example/x", "HTTP://B.example"), id="two"),
        pytest.param("“https://shop.example/?a=1&b=2”", ("https://shop.example/?a=1&b=2",), id="in quotation marks"),
        pytest.param("Write to ada@shop.example/ or me@www.shop.example", (), id="addresses of e-mail"),
        pytest.param("Open 9.30/10.30, file a.jpg, e.g. this", (), id="no link"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_links_are_found_as_they_are_written(text, links):
    assert links_in(text) == links


def test_each_link_gets_the_persons_code_and_its_place():
    text = "One https://a.example/x, two (www.b.example)."
    assert Links(BASE).in_text(text, CODE) == f"One {BASE}/l/{CODE}, two ({BASE}/l/{CODE}1)."


@pytest.mark.parametrize("links", [Links(), Links(BASE)], ids=["nothing chosen", "no code"])
def test_a_text_stays_as_it_is(links):
    assert links.in_text("See https://a.example/x", None) == "See https://a.example/x"


def test_a_text_that_short_links_would_make_too_long_stays():
    text = "x" * (MAX_BODY - 13) + " http://a.example"[:13]
    assert Links(BASE).in_text(text, CODE) == text


def test_links_behind_the_tenth_stay_long():
    text = " ".join(f"https://a.example/{n}" for n in range(12))
    assert Links(BASE).in_text(text, CODE).endswith(f"/l/{CODE}9 https://a.example/10 https://a.example/11")


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("https://a.example/x", "https://a.example/x?utm_source=mms&utm_campaign=spring+sale"),
        ("www.a.example/x?b=1#c", "https://www.a.example/x?b=1&utm_source=mms&utm_campaign=spring+sale#c"),
        ("https://a.example/?utm_source=mail", "https://a.example/?utm_source=mail&utm_campaign=spring+sale"),
    ],
    ids=["bare", "query and fragment", "says its own source"],
)
def test_words_about_the_origin_are_added_and_never_replace(link, address):
    assert tagged(link, utm_query({"campaign": "spring  sale", "source": "mms", "term": ""})) == address


def test_other_words_about_the_origin_are_refused():
    with pytest.raises(MmsError, match="none of"):
        utm_query({"colour": "red"})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (CODE, (CODE, 0)),
        (f"{CODE}3", (CODE, 3)),
        (f"{CODE}0", None),
        (CODE[:-1], None),
        (f"{CODE}12", None),
        ("", None),
    ],
)
def test_codes_are_read(text, code):
    assert read_code(text) == code


def test_codes_read_back_and_end_in_what_phones_take_for_a_part_of_the_link():
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    for code in codes:
        assert read_code(code) == (code, 0)
        assert links_in(f"{short_link(BASE, code, 0)} now") == (f"{BASE}/l/{code}",)
