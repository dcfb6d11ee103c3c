"""Cells with links, and the exact bytes that are asked for."""

import pytest

from mms.media.links import links_in_cell, read_link, tidy_link

A, B = "https://x.example/a.jpg", "https://x.example/b.jpg"


@pytest.mark.parametrize(
    ("cell", "links"),
    [
        pytest.param("", (), id="nothing"),
        pytest.param("   ", (), id="blanks"),
        pytest.param(A, (A,), id="one"),
        pytest.param(f"{A};{B}", (A, B), id="semicolon"),
        pytest.param(f"{A}\n{B}\n", (A, B), id="lines"),
        pytest.param(f"{A}\r\n{B}", (A, B), id="windows lines"),
        pytest.param(f"{A}, {B}", (A, B), id="comma"),
        pytest.param(f"{A},{B}", (A, B), id="comma without blank"),
        pytest.param(f"{A} {B}", (A, B), id="blank"),
        pytest.param(f"{A} | {B}", (A, B), id="bar"),
        pytest.param(f"{A};{A}", (A, A), id="twice is meant"),
        pytest.param("https://x.example/w_10,h_20/a.jpg", ("https://x.example/w_10,h_20/a.jpg",), id="comma inside"),
        pytest.param("https://x.example/spring sale.jpg", ("https://x.example/spring%20sale.jpg",), id="blank inside"),
        pytest.param("www.x.example/a.jpg", ("https://www.x.example/a.jpg",), id="no scheme"),
        pytest.param("a.jpg", ("a.jpg",), id="a file name is no host"),
    ],
)
def test_cell_is_taken_apart(cell: str, links: tuple[str, ...]) -> None:
    assert links_in_cell(cell) == links


@pytest.mark.parametrize(
    ("text", "link"),
    [
        pytest.param(f"<{A}>", A, id="angle brackets"),
        pytest.param(f"“{A}”", A, id="typographic quotes"),
        pytest.param(f"{A}.", A, id="full stop"),
        pytest.param(f"{A})", A, id="bracket of a sentence"),
        pytest.param("https://x.example/a_(1)", "https://x.example/a_(1)", id="bracket of the link"),
        pytest.param("https://x.example/a%20b.jpg", "https://x.example/a%20b.jpg", id="encoded before"),
        pytest.param("https://x.example/a%2520b.jpg", "https://x.example/a%2520b.jpg", id="a percent sign"),
    ],
)
def test_what_was_pasted_along_goes(text: str, link: str) -> None:
    assert tidy_link(text) == link


@pytest.mark.parametrize(
    ("link", "asked"),
    [
        pytest.param(f"{A}?sig=a%2Bb%7E~&x=%2F", f"{A}?sig=a%2Bb%7E~&x=%2F", id="signature stays as it is"),
        pytest.param(f"{A}#part", A, id="fragment stays here"),
        pytest.param("https://x.example/ü b.jpg", "https://x.example/%C3%BC%20b.jpg", id="encoded once"),
        pytest.param("https://bücher.example/a.jpg", "https://xn--bcher-kva.example/a.jpg", id="international host"),
        pytest.param(f" {A}\n", A, id="blanks around"),
    ],
)
def test_link_is_asked_for_byte_for_byte(link: str, asked: str) -> None:
    assert str(read_link(link, allow_private=False)) == asked
