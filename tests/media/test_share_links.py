"""Pages of sharing services are told from files, and the direct form is offered where one exists."""

import pytest

from mms.media.check.share_links import share_link

DRIVE = "https://drive.google.com/uc?export=download&id=1AbCdEfGhIjKlMnOp"
PAGES = [
    pytest.param(url, service, direct, id=f"{service}: {why}")
    for service, why, url, direct in [
        ("Google Drive", "view", "https://drive.google.com/file/d/1AbCdEfGhIjKlMnOp/view?usp=sharing", DRIVE),
        ("Google Drive", "preview", "https://drive.google.com/file/d/1AbCdEfGhIjKlMnOp/preview", DRIVE),
        ("Google Drive", "second account", "https://drive.google.com/file/u/1/d/1AbCdEfGhIjKlMnOp/edit", DRIVE),
        ("Google Drive", "open", "https://drive.google.com/open?id=1AbCdEfGhIjKlMnOp", DRIVE),
        (
            "Google Drive",
            "resource key",
            "https://drive.google.com/file/d/1AbCdEfGhIjKlMnOp/view?resourcekey=0-x",
            f"{DRIVE}&resourcekey=0-x",
        ),
        ("Google Drive", "folder", "https://drive.google.com/drive/folders/1AbCdEfGhIjKlMnOp", None),
        ("Google Docs", "slides", "https://docs.google.com/presentation/d/1AbC/edit", None),
        ("Google Photos", "short", "https://photos.app.goo.gl/AbCdEfGhIjKl", None),
        ("Google Photos", "long", "https://photos.google.com/share/AF1Qip?key=x", None),
        ("Google Photos", "old", "https://goo.gl/photos/AbCdEf", None),
        (
            "Dropbox",
            "new",
            "https://www.dropbox.com/scl/fi/abc/a.jpg?rlkey=k&st=1&dl=0",
            "https://www.dropbox.com/scl/fi/abc/a.jpg?rlkey=k&raw=1",
        ),
        ("Dropbox", "old", "https://www.dropbox.com/s/abc/a.jpg", "https://www.dropbox.com/s/abc/a.jpg?raw=1"),
        ("Dropbox", "folder", "https://www.dropbox.com/scl/fo/abc/x?rlkey=k&dl=0", None),
        ("Dropbox", "old folder", "https://dropbox.com/sh/abc/x?dl=0", None),
        ("OneDrive", "short", "https://1drv.ms/i/s!AbCd", None),
        ("OneDrive", "long", "https://onedrive.live.com/?authkey=x&cid=y&id=z", None),
        (
            "SharePoint",
            "picture",
            "https://shop.sharepoint.com/:i:/s/team/EAbC?e=x",
            "https://shop.sharepoint.com/:i:/s/team/EAbC?e=x&download=1",
        ),
        ("SharePoint", "folder", "https://shop-my.sharepoint.com/:f:/g/personal/me/EAbC", None),
        ("iCloud", "photo", "https://share.icloud.com/photos/0abc", None),
        ("iCloud", "drive", "https://www.icloud.com/iclouddrive/0abc#a", None),
        ("Canva", "design", "https://www.canva.com/design/DAFabc/xyz/view", None),
        ("Instagram", "post", "https://www.instagram.com/p/AbCd/?img_index=1", None),
        ("Instagram", "bare host", "https://instagram.com/reel/AbCd/", None),
    ]
]
FILES = [
    "https://drive.google.com/uc?export=download&id=1AbCdEfGhIjKlMnOp",
    "https://lh3.googleusercontent.com/d/1AbCdEfGhIjKlMnOp",
    "https://www.dropbox.com/s/abc/a.jpg?raw=1",
    "https://www.dropbox.com/s/abc/a.jpg?dl=1",
    "https://dl.dropboxusercontent.com/s/abc/a.jpg",
    "https://onedrive.live.com/download?cid=x",
    "https://shop.sharepoint.com/:i:/s/team/EAbC?e=x&download=1",
    "https://docs.google.com/presentation/d/1AbC/export/png",
    "https://scontent.cdninstagram.com/v/a.jpg",
    "https://example.com/www.canva.com/design/a.jpg",
    "https://notdropbox.com/s/abc/a.jpg",
    "https://drive.google.com.evil.example/file/d/1AbCdEfGhIjKlMnOp/view",
    "https://goo.gl/a",
    "not a link",
    "https://[",
]


@pytest.mark.parametrize(("url", "service", "direct"), PAGES)
def test_page_is_recognised(url: str, service: str, direct: str | None) -> None:
    found = share_link(url)

    assert found is not None
    assert (found.service, found.direct_url) == (service, direct)
    assert service in found.sentence


@pytest.mark.parametrize("url", FILES)
def test_file_is_not_taken_for_a_page(url: str) -> None:
    assert share_link(url) is None


@pytest.mark.parametrize("url", [page.values[0] for page in PAGES if page.values[2]])
def test_offered_form_is_not_a_page_again(url: str) -> None:
    found = share_link(url)

    assert found is not None
    assert found.direct_url is not None
    assert share_link(found.direct_url) is None
