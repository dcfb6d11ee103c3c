"""When a campaign is over for those it has not reached; its start as local time."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("mms_campaigns", sa.Column("start_local", sa.String(length=32), nullable=True))
    op.add_column("mms_campaigns", sa.Column("not_after", sa.Float(53), nullable=True))
