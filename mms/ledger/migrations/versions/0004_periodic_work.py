"""Work that happens again and again is written down; a sender's runs are counted by the engine alone."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mms_periodic_work",
        sa.Column("account_sid", sa.String(length=34), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.Float(precision=53), nullable=False),
        sa.Column("finished_at", sa.Float(precision=53), nullable=True),
        sa.Column("next_at", sa.Float(precision=53), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("account_sid", "name", name=op.f("pk_mms_periodic_work")),
    )
    op.drop_column("mms_senders", "run_active")  # not in batch: that would drop the table that campaigns refer to
    op.drop_column("mms_senders", "run_no")
