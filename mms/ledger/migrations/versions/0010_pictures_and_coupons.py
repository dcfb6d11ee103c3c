"""Picture templates with versions, pools of coupon codes, and each row's own picture and code."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SECONDS = sa.Float(precision=53)


def upgrade() -> None:
    """Apply."""
    op.add_column("mms_campaigns", sa.Column("picture_version_id", sa.Integer(), nullable=True))
    op.add_column("mms_campaigns", sa.Column("picture_base", sa.Text(), nullable=True))
    op.add_column("mms_campaigns", sa.Column("coupon_pool_id", sa.Integer(), nullable=True))
    op.add_column("mms_rows", sa.Column("coupon", sa.String(length=200), nullable=True))
    op.add_column("mms_rows", sa.Column("picture", sa.String(length=80), nullable=True))
    for column in ("picture", "coupon"):
        present = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_mms_rows_{column}", "mms_rows", [column], sqlite_where=present, postgresql_where=present)
    _templates()
    _coupons()


def _templates() -> None:
    op.create_table(
        "mms_picture_files",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mms_picture_files")),
    )
    op.create_table(
        "mms_picture_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", _SECONDS, nullable=False),
        sa.Column("updated_by", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_picture_templates")),
        sa.UniqueConstraint("name", name=op.f("uq_mms_picture_templates_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mms_picture_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", _SECONDS, nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_picture_versions")),
        sa.UniqueConstraint("template_id", "version", name=op.f("uq_mms_picture_versions_template_id_version")),
        sqlite_autoincrement=True,
    )


def _coupons() -> None:
    op.create_table(
        "mms_coupon_pools",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("warn_below", sa.Integer(), nullable=False),
        sa.Column("created_at", _SECONDS, nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_coupon_pools")),
        sa.UniqueConstraint("name", name=op.f("uq_mms_coupon_pools_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mms_coupon_codes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("row_number", sa.Integer(), nullable=True),
        sa.Column("given_at", _SECONDS, nullable=True),
        sa.Column("put_back_at", _SECONDS, nullable=True),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["mms_coupon_pools.id"], name=op.f("fk_mms_coupon_codes_pool_id_mms_coupon_pools")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_coupon_codes")),
        sa.UniqueConstraint("code", name=op.f("uq_mms_coupon_codes_code")),
    )
    op.create_index(op.f("ix_mms_coupon_codes_pool_id_campaign_id"), "mms_coupon_codes", ["pool_id", "campaign_id"])
    op.create_index(
        op.f("ix_mms_coupon_codes_campaign_id_row_number"), "mms_coupon_codes", ["campaign_id", "row_number"]
    )
    op.create_table(
        "mms_coupon_redemptions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("redeemed_at", _SECONDS, nullable=True),
        sa.Column("added_at", _SECONDS, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_coupon_redemptions")),
        sa.UniqueConstraint("campaign_id", "row_number", name=op.f("uq_mms_coupon_redemptions_campaign_id_row_number")),
    )
