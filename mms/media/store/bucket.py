"""Hosted pictures in an S3-compatible bucket: for installations that Twilio cannot reach."""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
)

from mms.errors import MmsError, SettingsError
from mms.media.store.picture_names import is_picture_name, picture_response_headers
from mms.media.store.picture_store import HostedFileData, NamedFile

PICTURES, PEOPLE = "pictures", "people"
"""Folders: what a person uploaded, and what was made for each person."""
_AT_ONCE = 8
_PATIENCE = Config(connect_timeout=10, read_timeout=30, retries={"mode": "standard"})
# Buckets made since 2023 refuse ACLs; reading is then granted by the bucket's own policy.
_NO_ACLS = frozenset({"AccessControlListNotSupported", "NotImplemented", "InvalidArgument"})
_SETTINGS_FAULTS = {
    "NoSuchBucket": "MMS_MEDIA_BUCKET names a bucket that does not exist",
    "InvalidBucketName": "MMS_MEDIA_BUCKET is not a bucket's name",
    "AccessDenied": "the AWS credentials may not write to MMS_MEDIA_BUCKET",
    "InvalidAccessKeyId": "AWS_ACCESS_KEY_ID is unknown",
    "SignatureDoesNotMatch": "AWS_SECRET_ACCESS_KEY does not fit AWS_ACCESS_KEY_ID",
}


class S3Store:
    """Pictures in a folder of a bucket that everybody may read.

    Signed links would not do: their signature covers the method, and Twilio asks with HEAD and with GET.
    """

    def __init__(self, bucket: str, endpoint_url: str | None, folder: str = PICTURES) -> None:
        self._bucket, self._folder = bucket, folder
        session = boto3.Session()  # of its own: boto3's shared one keeps the credentials it saw first
        self._client = session.client("s3", endpoint_url=endpoint_url, config=_PATIENCE)
        self._unsigned = session.client("s3", endpoint_url=endpoint_url, config=Config(signature_version=UNSIGNED))

    def save(self, picture: HostedFileData) -> str:
        """Upload, readable by everybody. Raises SettingsError or MmsError."""
        headers = picture_response_headers(picture.name)
        request = {
            "Bucket": self._bucket,
            "Key": self._key(picture.name),
            "Body": picture.data,
            "ContentType": headers["Content-Type"],
            "CacheControl": headers["Cache-Control"],
            "ContentDisposition": headers["Content-Disposition"],
        }
        try:
            self._put(request)
        except (ClientError, BotoCoreError) as error:
            raise _explained(error) from error
        return picture.name

    def _put(self, request: dict[str, Any]) -> None:
        try:
            self._client.put_object(**request, ACL="public-read")
        except ClientError as error:
            if _code(error) not in _NO_ACLS:
                raise
            self._client.put_object(**request)

    def read(self, name: str) -> bytes | None:
        """The picture, or None when there is none of that name. Raises SettingsError or MmsError."""
        if not is_picture_name(name):
            return None
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=self._key(name))
            return bytes(answer["Body"].read())
        except (ClientError, BotoCoreError) as error:
            if isinstance(error, ClientError) and _code(error) == "NoSuchKey":
                return None
            raise _explained(error) from error

    def public_url(self, name: str) -> str:
        """The address that Twilio is given, in the form that the endpoint uses."""
        return str(
            self._unsigned.generate_presigned_url("get_object", Params={"Bucket": self._bucket, "Key": self._key(name)})
        )

    @property
    def base(self) -> str:
        """The address before each name."""
        return self.public_url("x").removesuffix("x")

    def put(self, names: Sequence[str], read: Callable[[str], bytes], tell: Callable[[int], None]) -> None:
        """Upload those that are not there yet; `tell` hears how many are. Raises SettingsError or MmsError."""
        there = set(self.names())
        missing = [name for name in names if name not in there]
        done = len(names) - len(missing)
        tell(done)
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="upload") as pool:
            for name in pool.map(lambda one: self.save(NamedFile(one, read(one))), missing):
                assert name  # noqa: S101 - each is waited for
                done += 1
                tell(done)

    def forget_all_but(self, needed: Callable[[Sequence[str]], Collection[str]]) -> None:
        """Remove what nobody needs any more. Raises SettingsError or MmsError."""
        names = self.names()
        try:
            for name in set(names) - set(needed(names)):
                self._client.delete_object(Bucket=self._bucket, Key=self._key(name))
        except (ClientError, BotoCoreError) as error:
            raise _explained(error) from error

    def names(self) -> list[str]:
        """What lies in the folder. Raises SettingsError or MmsError."""
        try:
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=f"{self._folder}/"
            )
            keys = [str(one["Key"]) for page in pages for one in page.get("Contents", [])]
        except (ClientError, BotoCoreError) as error:
            raise _explained(error) from error
        return [key.rpartition("/")[2] for key in keys]

    def _key(self, name: str) -> str:
        return f"{self._folder}/{name}"


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _explained(error: ClientError | BotoCoreError) -> MmsError:
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return SettingsError(["AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set"])
    if isinstance(error, ClientError) and (fault := _SETTINGS_FAULTS.get(_code(error))):
        return SettingsError([fault])
    return MmsError(
        "The picture storage did not answer as expected. Try again in a minute; nothing was sent.",
        code="picture_storage",
    )
