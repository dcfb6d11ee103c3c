"""A caller's own reference, and the changes of status that are posted to a key's owner."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.add_column("mms_campaigns", sa.Column("reference", sa.String(length=255), nullable=True))
    op.create_index("ix_mms_campaigns_reference", "mms_campaigns", ["reference"])
    op.add_column("mms_api_keys", sa.Column("status_url", sa.Text(), nullable=True))
    op.create_table(
        "mms_status_posts",
        sa.Column("row_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("key_name", sa.String(length=100), nullable=False),
        sa.Column("told", sa.String(length=32), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_mms_status_posts")),
    )
    op.create_index("ix_mms_status_posts_next_at", "mms_status_posts", ["next_at"])
