"""The exact bytes that are asked for."""

import pytest

from mms.media.check.links import read_link

A = "https://x.example/a.jpg"


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
