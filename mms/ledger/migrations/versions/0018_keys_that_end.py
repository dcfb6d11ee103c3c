"""Keys of the API say what they may, until when, and how they end."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keys of before go on as they were made: for sending, without an end."""
    op.add_column("mms_api_keys", sa.Column("scope", sa.String(10), nullable=False, server_default="send"))
    op.add_column("mms_api_keys", sa.Column("expires_at", sa.Double()))
    op.add_column("mms_api_keys", sa.Column("last_four", sa.String(4)))
