"""Twilio's time before the first request whose answer was lost, and how far our clock is ahead of Twilio's."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_CLOCKS = 3600.0  # seconds by which our clock may have differed from Twilio's when the row was asked for


def upgrade() -> None:
    """Apply."""
    op.add_column("mms_senders", sa.Column("clock_ahead", sa.Float(53), nullable=True))
    op.add_column("mms_rows", sa.Column("asked_from", sa.Float(53), nullable=True))
    # Rows that were put back although their answer was lost: their message may still turn up in Twilio's log.
    op.execute(
        f"UPDATE mms_rows SET asked_from = claimed_at - {_CLOCKS} WHERE state = 'ready' AND id IN"  # noqa: S608 - ours
        " (SELECT row_id FROM mms_attempts WHERE event IN ('settled_absent', 'person_send_again'))"
    )
