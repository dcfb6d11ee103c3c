"""Hosted pictures: whole or not there, private on disk, public in the bucket, and no name leads elsewhere."""

import os
import stat
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from mms.errors import MmsError, SettingsError
from mms.media.check.preflight import check_media
from mms.media.image.isolated import prepare_picture
from mms.media.image.preparing import PreparedPicture
from mms.media.store.bucket import S3Store
from mms.media.store.picture_names import picture_response_headers
from mms.media.store.picture_store import FolderStore
from tests.media import sample_pictures as sample


@pytest.fixture
def picture() -> PreparedPicture:
    return prepare_picture(sample.jpeg(), "a.jpg")


OTHER_NAMES = ["", ".", "..", "../secret.jpg", "/etc/passwd", "a.jpg", f"{'0' * 64}.jpg\n", f"{'0' * 64}.exe",
               f"{'0' * 63}.jpg", f"{'A' * 64}.jpg", f"sub/{'0' * 64}.jpg", f"{'0' * 64}.jpg\0", f"{'٠' * 64}.jpg",
               f"..\\{'0' * 64}.jpg"]  # fmt: skip


def test_saved_picture_is_read_back(tmp_path: Path, picture: PreparedPicture) -> None:
    store = FolderStore(tmp_path / "data" / "pictures")

    name = store.save(picture)

    assert name == picture.name
    assert store.read(name) == picture.data
    assert [path.name for path in (tmp_path / "data" / "pictures").iterdir()] == [name]


def test_saving_again_changes_nothing(tmp_path: Path, picture: PreparedPicture) -> None:
    store = FolderStore(tmp_path)
    store.save(picture)
    before = (tmp_path / picture.name).stat()

    store.save(picture)

    assert (tmp_path / picture.name).stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permission bits")
def test_pictures_are_for_this_account_only(tmp_path: Path, picture: PreparedPicture) -> None:
    store = FolderStore(tmp_path / "pictures")
    store.save(picture)

    assert stat.S_IMODE((tmp_path / "pictures").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "pictures" / picture.name).stat().st_mode) == 0o600


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_other_names_lead_nowhere(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.jpg").write_bytes(b"not of ours")

    assert FolderStore(tmp_path / "pictures").read(name) is None


def test_link_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    name = f"{'0' * 64}.jpg"
    (tmp_path / "secret").write_bytes(b"secret")
    try:
        (tmp_path / name).symlink_to(tmp_path / "secret")
    except OSError:
        pytest.skip("this account may not make links")

    assert FolderStore(tmp_path).read(name) is None


def test_full_disk_is_said_in_words_and_leaves_nothing(tmp_path: Path, picture: PreparedPicture) -> None:
    (tmp_path / "pictures").write_bytes(b"a file where the folder should be")

    with pytest.raises(MmsError, match="could not be stored"):
        FolderStore(tmp_path / "pictures").save(picture)


def test_headers_allow_to_keep_the_picture_and_name_it_as_twilio_likes(picture: PreparedPicture) -> None:
    headers = picture_response_headers(picture.name)

    assert headers["Content-Type"] == "image/jpeg"
    assert "immutable" in headers["Cache-Control"]
    assert headers["ETag"] == f'"{picture.sha256}"'
    assert headers["Content-Disposition"] == 'inline; filename="picture.jpg"'


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    """moto's server: the S3 protocol over real HTTP."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    client = boto3.client("s3", endpoint_url=s3_url)
    client.create_bucket(Bucket="campaign-pictures")
    client.close()
    return "campaign-pictures"


def test_picture_in_the_bucket_passes_the_preflight(s3_url: str, bucket: str, picture: PreparedPicture) -> None:
    store = S3Store(bucket, s3_url)
    link = store.public_url(store.save(picture))

    verdict = check_media([link], allow_private=True)[link]

    assert verdict.ok, verdict
    assert (verdict.content_type, verdict.bytes, verdict.expires_at) == ("image/jpeg", len(picture.data), None)
    assert store.read(picture.name) == picture.data
    assert link == f"{s3_url}/{bucket}/pictures/{picture.name}"


def test_bucket_says_that_the_picture_never_changes(s3_url: str, bucket: str, picture: PreparedPicture) -> None:
    store = S3Store(bucket, s3_url)
    with urllib.request.urlopen(store.public_url(store.save(picture))) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Disposition"] == 'inline; filename="picture.jpg"'


@pytest.mark.parametrize("name", [*OTHER_NAMES, f"{'0' * 64}.jpg"])
def test_bucket_has_no_other_names(s3_url: str, bucket: str, name: str) -> None:
    assert S3Store(bucket, s3_url).read(name) is None


def test_missing_bucket_is_a_setting_to_mend(s3_url: str, bucket: str, picture: PreparedPicture) -> None:
    with pytest.raises(SettingsError, match="MMS_MEDIA_BUCKET"):
        S3Store("no-such-bucket", s3_url).save(picture)


def test_missing_credentials_are_settings_to_mend(
    s3_url: str, bucket: str, picture: PreparedPicture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, os.fspath(tmp_path / "none"))

    with pytest.raises(SettingsError, match="AWS_ACCESS_KEY_ID"):
        S3Store(bucket, s3_url).save(picture)


def test_storage_that_does_not_answer_is_said_in_words(picture: PreparedPicture, bucket: str) -> None:
    with pytest.raises(MmsError, match="storage did not answer"):
        S3Store(bucket, "http://127.0.0.1:9").save(picture)
