"""When signed links end, and whether a send would still be under way then."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from mms.media.check.expiry import expires_before, link_expiry, readable_time
from mms.media.check.verdict import MediaVerdict
from mms.problems import MediaCode

END = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
EPOCH = int(END.timestamp())
POLICY = json.dumps({"Statement": [{"Resource": "*", "Condition": {"DateLessThan": {"AWS:EpochTime": EPOCH}}}]})
PACKED = base64.b64encode(POLICY.encode()).decode().translate(str.maketrans("+=/", "-_~"))

SIGNED = [
    pytest.param("X-Amz-Algorithm=A&X-Amz-Date=20261123T190000Z&X-Amz-Expires=3600&X-Amz-Signature=s", id="S3 v4"),
    pytest.param("x-amz-date=20261123T190000Z&x-amz-expires=3600", id="S3 v4 in small letters"),
    pytest.param(f"AWSAccessKeyId=A&Expires={EPOCH}&Signature=s", id="S3 v2"),
    pytest.param("X-Goog-Date=20261123T190000Z&X-Goog-Expires=3600&X-Goog-Signature=s", id="GCS v4"),
    pytest.param(f"GoogleAccessId=a&Expires={EPOCH}&Signature=s", id="GCS v2"),
    pytest.param("sv=2024-01-01&se=2026-11-23T20%3A00%3A00Z&sr=b&sp=r&sig=s", id="Azure"),
    pytest.param("sv=2024-01-01&se=2026-11-23T20%3A00Z&sig=s", id="Azure without seconds"),
    pytest.param(f"Expires={EPOCH}&Signature=s&Key-Pair-Id=k", id="CloudFront canned"),
    pytest.param(f"Policy={PACKED}&Signature=s&Key-Pair-Id=k", id="CloudFront policy"),
    pytest.param(f"ex={EPOCH:x}&is=1&hm=2", id="Discord"),
    pytest.param(f"oh=1&oe={EPOCH:X}", id="Instagram"),
]
UNSIGNED = [
    pytest.param("", id="nothing"),
    pytest.param("Expires=tomorrow&Signature=s&Key-Pair-Id=k", id="no number"),
    pytest.param("Expires=99999999999999999999&Signature=s&Key-Pair-Id=k", id="beyond all times"),
    pytest.param("X-Amz-Date=yesterday&X-Amz-Expires=60", id="no date"),
    pytest.param("X-Amz-Date=20261123T190000Z&X-Amz-Expires=99999999999999", id="too far"),
    pytest.param("Policy=%21%21&Signature=s&Key-Pair-Id=k", id="no policy"),
    pytest.param("Policy=W10%3D&Signature=s&Key-Pair-Id=k", id="empty policy"),
    pytest.param("se=soon&sv=1&sig=s", id="no Azure date"),
    pytest.param(f"expires={EPOCH}", id="a word that is common"),
    pytest.param("se=2026-11-23", id="half of Azure"),
]


@pytest.mark.parametrize("query", SIGNED)
def test_end_of_a_signed_link_is_read(query: str) -> None:
    assert link_expiry(f"https://files.example.com/a.jpg?{query}") == END


@pytest.mark.parametrize("query", UNSIGNED)
def test_other_links_have_no_end(query: str) -> None:
    assert link_expiry(f"https://files.example.com/a.jpg?{query}") is None


def test_broken_link_has_no_end() -> None:
    assert link_expiry("https://[") is None


def test_azure_date_without_time_is_midnight() -> None:
    link = "https://x.blob.core.windows.net/a.jpg?sv=1&se=2026-11-24&sig=s"

    assert link_expiry(link) == datetime(2026, 11, 24, tzinfo=UTC)


def _verdict(expires_at: datetime | None) -> MediaVerdict:
    url = "https://files.example.com/a.jpg"
    return MediaVerdict(
        url=url,
        final_url=url,
        redirects=(),
        ok=True,
        code=None,
        message="JPEG picture, 1 KB.",
        advice=None,
        content_type="image/jpeg",
        detected_type="image/jpeg",
        bytes=1000,
        animated=False,
        checked_at=END,
        thumbnail=None,
        expires_at=expires_at,
    )


QUEUE = timedelta(hours=10)


@pytest.mark.parametrize(
    ("expires_at", "too_soon"),
    [
        pytest.param(None, False, id="never"),
        pytest.param(END + QUEUE, False, id="exactly long enough"),
        pytest.param(END + QUEUE - timedelta(seconds=1), True, id="a second short"),
        pytest.param(END, True, id="with the last message"),
    ],
)
def test_link_must_outlive_the_send_and_the_queue(expires_at: datetime | None, too_soon: bool) -> None:
    found = expires_before(_verdict(expires_at), END)

    assert (found is not None) is too_soon
    if found:
        assert (found.ok, found.code) == (False, MediaCode.EXPIRES)
        assert "24 November 2026, 06:00 UTC" in found.message


def test_time_reads_the_same_in_every_zone() -> None:
    assert readable_time(datetime.fromisoformat("2026-11-03T23:30:00-05:00")) == "4 November 2026, 04:30 UTC"
