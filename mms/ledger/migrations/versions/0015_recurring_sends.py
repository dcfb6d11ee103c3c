"""Recurring sends and series, and each time that one was due."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_SECONDS = sa.Float(precision=53)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mms_recurring_sends",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=True),
        sa.Column("rhythm", sa.JSON(), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("sender_address", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("next_at", _SECONDS, nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("looked_past", sa.Integer(), nullable=True),
        sa.Column("created_at", _SECONDS, nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.Column("created_email", sa.String(length=255), nullable=True),
        sa.Column("approved_by", sa.String(length=255), nullable=True),
        sa.Column("approved_at", _SECONDS, nullable=True),
        sa.Column("updated_at", _SECONDS, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_recurring_sends")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_mms_recurring_sends_state_next_at"), "mms_recurring_sends", ["state", "next_at"], unique=False
    )
    op.create_table(
        "mms_recurring_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("send_id", sa.Integer(), nullable=False),
        sa.Column("due_at", _SECONDS, nullable=False),
        sa.Column("at", _SECONDS, nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["send_id"], ["mms_recurring_sends.id"], name=op.f("fk_mms_recurring_runs_send_id_mms_recurring_sends")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_recurring_runs")),
        sa.UniqueConstraint("send_id", "due_at", name=op.f("uq_mms_recurring_runs_send_id_due_at")),
    )
