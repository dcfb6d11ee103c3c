"""Words that people text to come onto a list, and who did."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_SECONDS = sa.Float(precision=53)
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mms_join_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_sid", sa.String(length=34), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("word", sa.String(length=20), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("ask", sa.Text(), nullable=True),
        sa.Column("welcome", sa.Text(), nullable=False),
        sa.Column("welcome_media", sa.JSON(), nullable=False),
        sa.Column("created_at", _SECONDS, nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_join_words")),
        sa.UniqueConstraint("account_sid", "address", "word", name=op.f("uq_mms_join_words_account_sid_address_word")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mms_joins",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("reply_id", _ROW_ID, nullable=False),
        sa.Column("word_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=32), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("at", _SECONDS, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_joins")),
        sa.UniqueConstraint("reply_id", name=op.f("uq_mms_joins_reply_id")),
    )
    op.create_index(op.f("ix_mms_joins_word_id_recipient"), "mms_joins", ["word_id", "recipient"], unique=False)
    op.create_index(op.f("ix_mms_joins_recipient"), "mms_joins", ["recipient"], unique=False)
