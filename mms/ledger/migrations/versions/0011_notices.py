"""Notices to people outside the app."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_SECONDS = sa.Float(precision=53)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mms_notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("created_at", _SECONDS, nullable=False),
        sa.Column("next_at", _SECONDS, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("told_at", _SECONDS, nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["mms_campaigns.id"], name=op.f("fk_mms_notices_campaign_id_mms_campaigns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_notices")),
        sa.UniqueConstraint("campaign_id", "kind", "about", name=op.f("uq_mms_notices_campaign_id_kind_about")),
    )
