"""Idempotency keys of practice and of live calls apart."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEY = "pk_mms_api_requests"


def upgrade() -> None:
    """Apply."""
    op.add_column("mms_api_requests", sa.Column("mode", sa.String(length=16), nullable=True))
    op.execute(
        "UPDATE mms_api_requests SET mode ="
        " (SELECT mode FROM mms_campaigns WHERE mms_campaigns.id = mms_api_requests.campaign_id)"
    )
    op.execute("DELETE FROM mms_api_requests WHERE mode IS NULL")  # their messages are purged
    with op.batch_alter_table("mms_api_requests", schema=None) as batch_op:
        batch_op.alter_column("mode", existing_type=sa.String(length=16), nullable=False)
        batch_op.drop_constraint(batch_op.f(_KEY), type_="primary")
        batch_op.create_primary_key(batch_op.f(_KEY), ["key_name", "mode", "idempotency_key"])
