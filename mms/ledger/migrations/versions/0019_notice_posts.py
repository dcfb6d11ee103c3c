"""Notices on their way to addresses that get them signed."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_SECONDS = sa.Float(precision=53)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mms_notice_posts",
        sa.Column(
            "notice_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("receiver", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", _SECONDS, nullable=False),
        sa.Column("done_at", _SECONDS, nullable=True),
        sa.PrimaryKeyConstraint("notice_id", "receiver", name=op.f("pk_mms_notice_posts")),
    )
