"""The ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mms_api_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.Float(precision=53), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=True),
        sa.Column("last_used_at", sa.Float(precision=53), nullable=True),
        sa.Column("revoked_at", sa.Float(precision=53), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_api_keys")),
        sa.UniqueConstraint("name", name=op.f("uq_mms_api_keys_name")),
    )
    op.create_table(
        "mms_attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=True),
        sa.Column("at", sa.Float(precision=53), nullable=False),
        sa.Column("event", sa.String(length=24), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("message_sid", sa.String(length=34), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_attempts")),
    )
    with op.batch_alter_table("mms_attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mms_attempts_campaign_id_at"), ["campaign_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_mms_attempts_row_id"), ["row_id"], unique=False)

    op.create_table(
        "mms_audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=False),
        sa.Column("who", sa.String(length=255), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_audit")),
    )
    with op.batch_alter_table("mms_audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mms_audit_at"), ["at"], unique=False)

    op.create_table(
        "mms_dead_numbers",
        sa.Column("recipient", sa.String(length=32), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=False),
        sa.Column("since", sa.Float(precision=53), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.Float(precision=53), nullable=True),
        sa.Column("undone_by", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("recipient", name=op.f("pk_mms_dead_numbers")),
    )
    op.create_table(
        "mms_early_receipts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_sid", sa.String(length=34), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("at", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_early_receipts")),
    )
    with op.batch_alter_table("mms_early_receipts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mms_early_receipts_message_sid"), ["message_sid"], unique=False)

    op.create_table(
        "mms_media_checks",
        sa.Column("url_sha256", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("verdict", sa.JSON(), nullable=False),
        sa.Column("checked_at", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("url_sha256", name=op.f("pk_mms_media_checks")),
    )
    op.create_table(
        "mms_opt_out_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recipient", sa.String(length=32), nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=255), nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_opt_out_events")),
    )
    with op.batch_alter_table("mms_opt_out_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mms_opt_out_events_recipient"), ["recipient"], unique=False)

    op.create_table(
        "mms_opt_outs",
        sa.Column("recipient", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Float(precision=53), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("recipient", name=op.f("pk_mms_opt_outs")),
    )
    op.create_table(
        "mms_options",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.Float(precision=53), nullable=False),
        sa.Column("updated_by", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mms_options")),
    )
    op.create_table(
        "mms_replies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_sid", sa.String(length=34), nullable=False),
        sa.Column("sender", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("media_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("keyword", sa.String(length=16), nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("row_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_replies")),
        sa.UniqueConstraint("message_sid", name=op.f("uq_mms_replies_message_sid")),
    )
    with op.batch_alter_table("mms_replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mms_replies_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mms_replies_sender"), ["sender"], unique=False)

    op.create_table(
        "mms_senders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_sid", sa.String(length=34), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("rate", sa.Float(), nullable=True),
        sa.Column("batch_size", sa.Integer(), nullable=True),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("holder", sa.String(length=128), nullable=True),
        sa.Column("held_until", sa.Float(precision=53), server_default="0", nullable=False),
        sa.Column("last_asked_at", sa.Float(precision=53), server_default="0", nullable=False),
        sa.Column("run_no", sa.Integer(), server_default="0", nullable=False),
        sa.Column("run_active", sa.Boolean(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_senders")),
        sa.UniqueConstraint("account_sid", "address", name=op.f("uq_mms_senders_account_sid_address")),
    )
    op.create_table(
        "mms_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("media_urls", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.Float(precision=53), nullable=False),
        sa.Column("updated_by", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_templates")),
        sa.UniqueConstraint("name", name=op.f("uq_mms_templates_name")),
    )
    op.create_table(
        "mms_uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("repairs", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.Float(precision=53), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_uploads")),
    )
    op.create_table(
        "mms_campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("want", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reason_code", sa.String(length=64), nullable=True),
        sa.Column("sender_id", sa.Integer(), nullable=False),
        sa.Column("sender_address", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("media_urls", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("phone_column", sa.String(length=255), nullable=True),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.Float(precision=53), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=True),
        sa.Column("consent_by", sa.String(length=255), nullable=True),
        sa.Column("consent_at", sa.Float(precision=53), nullable=True),
        sa.Column("approved_by", sa.String(length=255), nullable=True),
        sa.Column("start_at", sa.Float(precision=53), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("queue_position", sa.Float(), nullable=False),
        sa.Column("started_at", sa.Float(precision=53), nullable=True),
        sa.Column("finished_at", sa.Float(precision=53), nullable=True),
        sa.Column("next_look_at", sa.Float(precision=53), nullable=True),
        sa.Column("purged_at", sa.Float(precision=53), nullable=True),
        sa.Column("canary_at", sa.Float(precision=53), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["mms_campaigns.id"], name=op.f("fk_mms_campaigns_parent_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["mms_senders.id"], name=op.f("fk_mms_campaigns_sender_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["mms_uploads.id"], name=op.f("fk_mms_campaigns_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_campaigns")),
        sa.UniqueConstraint("request_key", name=op.f("uq_mms_campaigns_request_key")),
    )
    with op.batch_alter_table("mms_campaigns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mms_campaigns_content_hash"), ["content_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_mms_campaigns_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_mms_campaigns_sender_id_state"), ["sender_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_mms_campaigns_state"), ["state"], unique=False)

    op.create_table(
        "mms_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=255), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.Float(precision=53), nullable=False),
        sa.Column("updated_at", sa.Float(precision=53), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["mms_uploads.id"], name=op.f("fk_mms_drafts_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_drafts")),
    )
    op.create_table(
        "mms_receipt_polls",
        sa.Column("sender_id", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.Float(precision=53), nullable=False),
        sa.Column("last_at", sa.Float(precision=53), server_default="0", nullable=False),
        sa.Column("last_error", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(["sender_id"], ["mms_senders.id"], name=op.f("fk_mms_receipt_polls_sender_id")),
        sa.PrimaryKeyConstraint("sender_id", name=op.f("pk_mms_receipt_polls")),
    )
    op.create_table(
        "mms_api_requests",
        sa.Column("key_name", sa.String(length=100), nullable=False),
        sa.Column("idempotency_key", sa.String(length=255), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.Float(precision=53), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["mms_campaigns.id"], name=op.f("fk_mms_api_requests_campaign_id")),
        sa.PrimaryKeyConstraint("key_name", "idempotency_key", name=op.f("pk_mms_api_requests")),
    )
    op.create_table(
        "mms_rows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("recipient", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("problem", sa.String(length=64), nullable=True),
        sa.Column("problem_text", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("message_sid", sa.String(length=34), nullable=True),
        sa.Column("provider_status", sa.String(length=32), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fence", sa.Integer(), nullable=True),
        sa.Column("claimed_at", sa.Float(precision=53), nullable=True),
        sa.Column("unknown_since", sa.Float(precision=53), nullable=True),
        sa.Column("looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", sa.Float(precision=53), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("sent_at", sa.Float(precision=53), nullable=True),
        sa.Column("updated_at", sa.Float(precision=53), nullable=False),
        sa.Column("price", sa.String(length=16), nullable=True),
        sa.Column("price_unit", sa.String(length=8), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["mms_campaigns.id"], name=op.f("fk_mms_rows_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mms_rows")),
        sa.UniqueConstraint("campaign_id", "row_number", name=op.f("uq_mms_rows_campaign_id_row_number")),
    )
    with op.batch_alter_table("mms_rows", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mms_rows_awaiting",
            ["sent_at"],
            unique=False,
            sqlite_where=sa.text(
                "state IN ('accepted', 'sent') OR (price IS NULL AND state IN ('delivered', 'undelivered'))"
            ),
            postgresql_where=sa.text(
                "state IN ('accepted', 'sent') OR (price IS NULL AND state IN ('delivered', 'undelivered'))"
            ),
        )
        batch_op.create_index(
            batch_op.f("ix_mms_rows_campaign_id_state_row_number"), ["campaign_id", "state", "row_number"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_mms_rows_message_sid"), ["message_sid"], unique=False)
        batch_op.create_index(
            "ix_mms_rows_open",
            ["recipient"],
            unique=False,
            sqlite_where=sa.text("state IN ('sending', 'unknown')"),
            postgresql_where=sa.text("state IN ('sending', 'unknown')"),
        )
        batch_op.create_index(batch_op.f("ix_mms_rows_recipient"), ["recipient"], unique=False)
