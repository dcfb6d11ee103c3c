"""Pains 100 to 116 as far as the form of a media cell goes; whether a link works is tested in tests/media."""

import pytest
from pains import pain

from mms.message import MAX_MEDIA, mend_url, split_urls

URLS = [
    pain(100, "www.example.com/a.jpg", "https://www.example.com/a.jpg"),
    pain(100, "example.com/a.jpg", "https://example.com/a.jpg", case="no-www"),
    pain(101, "http://example.com/a.jpg", "http://example.com/a.jpg"),
    pain(102, "https://x.de/spring sale.jpg", "https://x.de/spring%20sale.jpg"),
    pain(102, "https://x.de/frühling.jpg", "https://x.de/fr%C3%BChling.jpg", case="umlaut"),
    pain(103, "https://x.de/a%20b.jpg", "https://x.de/a%20b.jpg"),
    pain(103, "https://x.de/100%.jpg", "https://x.de/100%25.jpg", case="bare-percent"),
    pain(115, "C:\\pics\\a.jpg", None),
    pain(115, "a.jpg", None, case="name"),
    pain(115, "file:///home/ann/a.jpg", None, case="file"),
    pain(115, "\\\\server\\pics\\a.jpg", None, case="share"),
    pain(116, "https://x.de/a.jpg.", "https://x.de/a.jpg"),
    pain(116, "<https://x.de/a.jpg>", "https://x.de/a.jpg", case="angle"),
    pain(116, "“https://x.de/a.jpg”,", "https://x.de/a.jpg", case="quotes"),
    pain(116, "https://x.de/a_(1).jpg", "https://x.de/a_(1).jpg", case="own-brackets"),
]


@pytest.mark.parametrize(("cell", "url"), URLS)
def test_media_url_is_mended_or_refused(cell, url):
    assert mend_url(cell).url == url


SPLITS = [
    pain(112, "https://x.de/a.jpg;https://x.de/b.jpg", 2, case="semicolon"),
    pain(112, "https://x.de/a.jpg\nhttps://x.de/b.jpg", 2, case="lines"),
    pain(112, "https://x.de/a.jpg https://x.de/b.jpg", 2, case="space"),
    pain(112, "https://x.de/a.jpg | x.de/b.jpg", 2, case="bar"),
    pain(112, "https://x.de/a.jpg,https://x.de/b.jpg", 2, case="comma"),
    pain(112, "https://x.de/a,b;c.jpg", 1, case="inside"),
    pain(112, " ".join(f"https://x.de/{n}.jpg" for n in range(11)), MAX_MEDIA + 1, case="eleven"),
]


@pytest.mark.parametrize(("cell", "count"), SPLITS)
def test_cell_with_several_urls_is_split(cell, count):
    assert len(split_urls(cell)) == count
