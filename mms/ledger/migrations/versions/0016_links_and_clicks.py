"""Short personal links: a code for each row, the address in front of it, and the book of visits."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.add_column("mms_rows", sa.Column("link", sa.String(length=16), nullable=True))
    op.create_index(
        "ix_mms_rows_link",
        "mms_rows",
        ["link"],
        sqlite_where=sa.text("link IS NOT NULL"),
        postgresql_where=sa.text("link IS NOT NULL"),
    )
    op.add_column("mms_campaigns", sa.Column("link_base", sa.Text(), nullable=True))
    op.create_table(
        "mms_clicks",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("row_id", _ROW_ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=16), nullable=False),
        sa.Column("device", sa.String(length=16), nullable=True),
        sa.Column("at", sa.Float(53), nullable=False),
    )
    op.create_index("ix_mms_clicks_campaign_id_at", "mms_clicks", ["campaign_id", "at"])
    op.create_index("ix_mms_clicks_row_id", "mms_clicks", ["row_id"])
