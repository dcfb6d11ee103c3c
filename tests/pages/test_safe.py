"""Text of strangers stays text: nothing in it is read as Markdown, and no address in it becomes a link."""

import re

import pytest

from pages.components.safe import plain

ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
# What GitHub's autolinks look for in the text that is left when the escapes are gone.
ADDRESS = re.compile(r"(https?://|www(?=\.))[-.\w]+|[-.\w+]+@[-\w]+(\.[-\w]+)+", re.IGNORECASE)


@pytest.mark.parametrize(
    "text",
    [
        "Sale at http://shop.example",
        "HTTPS://SHOP.EXAMPLE/a?b=c",
        "www.shop.example",
        "see WWW.shop.example/now",
        "https://www.shop.example",
        "me@shop.example",
        "mailto:me.too+x@shop.example",
        "<http://shop.example>",
        "[here](http://shop.example)",
        "![picture](https://shop.example/a.png)",
    ],
)
def test_no_address_becomes_a_link(text):
    shown = ESCAPE.sub(r"\1", plain(text))
    assert ADDRESS.search(text)
    assert not ADDRESS.search(shown)
    assert shown.replace("\u2060", "") == text


@pytest.mark.parametrize(
    "text", ["**bold** _it_ `code` ~~gone~~", "$x^2$", ":smile: :red[a]", "# head", "1. one", "<b>&amp;</b>", "a\\b"]
)
def test_nothing_is_read_as_markdown(text):
    escaped = plain(text)
    assert ESCAPE.sub(r"\1", escaped) == text
    assert not re.search(r"(?<!\\)[*_`~$:#<>&\[\]]", escaped)


def test_several_lines_become_one():
    assert plain("first\n\n# second") == r"first \# second"
