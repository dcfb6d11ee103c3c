"""Two or three versions of a message: their texts, who was drawn for which, and which one the rest gets."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("mms_campaigns", sa.Column("versions", sa.JSON(), nullable=True))
    op.add_column("mms_campaigns", sa.Column("winner", sa.String(length=2), nullable=True))
    op.add_column("mms_rows", sa.Column("version", sa.String(length=2), nullable=True))
