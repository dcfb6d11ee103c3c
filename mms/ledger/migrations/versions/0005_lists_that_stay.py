"""Lists of people that stay, and segments of them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SECONDS = sa.Float(precision=53)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mms_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("phone_column", sa.String(length=255), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _SECONDS, nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=True),
        sa.Column("updated_at", _SECONDS, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_lists")),
        sa.UniqueConstraint("name", name=op.f("uq_mms_lists_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mms_list_people",
        sa.Column("id", _ID, nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=32), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("consent_at", _SECONDS, nullable=True),
        sa.Column("consent_text", sa.Text(), nullable=True),
        sa.Column("consent_source", sa.String(length=255), nullable=True),
        sa.Column("added_at", _SECONDS, nullable=False),
        sa.Column("updated_at", _SECONDS, nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["mms_lists.id"], name=op.f("fk_mms_list_people_list_id_mms_lists")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_list_people")),
        sa.UniqueConstraint("list_id", "recipient", name=op.f("uq_mms_list_people_list_id_recipient")),
    )
    op.create_index(op.f("ix_mms_list_people_recipient"), "mms_list_people", ["recipient"])
    op.create_table(
        "mms_segments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("created_at", _SECONDS, nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=True),
        sa.Column("updated_at", _SECONDS, nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["mms_lists.id"], name=op.f("fk_mms_segments_list_id_mms_lists")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_segments")),
        sa.UniqueConstraint("name", name=op.f("uq_mms_segments_name")),
        sqlite_autoincrement=True,
    )
