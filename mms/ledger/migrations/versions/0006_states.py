"""Why a campaign waits is never a lock, a retry knows its content, and columns that nothing used are gone."""

import hashlib
import json
import sys
from array import array

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_UNUSED = (
    ("mms_campaigns", "approved_by"),
    ("mms_senders", "batch_size"),
    ("mms_senders", "rate"),
    ("mms_rows", "unknown_since"),
    ("mms_receipt_polls", "last_error"),
)
_RETRIES = sa.text("SELECT id, body, media_urls FROM mms_campaigns WHERE content_hash LIKE 'retry-of-%'")
_RECIPIENTS = sa.text(
    "SELECT recipient FROM mms_rows WHERE campaign_id = :campaign AND recipient IS NOT NULL AND state <> 'skipped'"
)
_HASH = sa.text("UPDATE mms_campaigns SET content_hash = :hash WHERE id = :campaign")


def upgrade() -> None:
    """Apply."""
    op.add_column("mms_campaigns", sa.Column("writer", sa.String(length=32), nullable=True))
    op.execute("UPDATE mms_campaigns SET writer = reason_code, reason_code = NULL WHERE state = 'draft'")
    connection = op.get_bind()
    for found in connection.execute(_RETRIES).all():
        numbers = connection.execute(_RECIPIENTS, {"campaign": found.id}).scalars()
        digest = _identity(found.body, found.media_urls, list(numbers))
        connection.execute(_HASH, {"campaign": found.id, "hash": digest})
    for table, column in _UNUSED:
        op.drop_column(table, column)


def _identity(body: str, media_urls: object, recipients: list[str]) -> str:
    """The hash of this content for these people, as a launch of the same would have it."""
    urls = json.loads(media_urls) if isinstance(media_urls, str) else media_urls
    digest = hashlib.sha256(json.dumps([body, urls], ensure_ascii=False).encode())
    numbers = array("q", sorted(int(one[1:]) for one in recipients if one[1:].isdecimal()))
    if sys.byteorder == "big":
        numbers.byteswap()
    digest.update(b"\0")
    digest.update(numbers.tobytes())
    return digest.hexdigest()
