"""A number that stands in an address is never given twice: a tab on a deleted draft must not meet the next one.

PostgreSQL's sequences do so by themselves.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TABLES = ("mms_drafts", "mms_campaigns", "mms_uploads", "mms_templates")


def upgrade() -> None:
    """Apply."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in _TABLES:
        rebuilt = op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_autoincrement": True})
        with rebuilt:
            pass
