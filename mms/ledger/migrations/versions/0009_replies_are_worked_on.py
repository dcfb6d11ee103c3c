"""Replies are read, done and noted about."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SECONDS = sa.Float(precision=53)
_UNREAD = sa.text("read_at IS NULL")


def upgrade() -> None:
    """Apply."""
    op.add_column("mms_replies", sa.Column("read_at", _SECONDS, nullable=True))
    op.add_column("mms_replies", sa.Column("done_at", _SECONDS, nullable=True))
    op.add_column("mms_replies", sa.Column("done_by", sa.String(length=255), nullable=True))
    op.create_index("ix_mms_replies_unread", "mms_replies", ["at"], sqlite_where=_UNREAD, postgresql_where=_UNREAD)
    op.create_table(
        "mms_reply_notes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("recipient", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=True),
        sa.Column("at", _SECONDS, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_reply_notes")),
    )
    op.create_index(op.f("ix_mms_reply_notes_recipient"), "mms_reply_notes", ["recipient"])
