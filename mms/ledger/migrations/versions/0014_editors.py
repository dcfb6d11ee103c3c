"""Who has edited a draft: whoever approves it has not."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drafts of before were edited by their owner, as far as is known."""
    op.add_column("mms_drafts", sa.Column("editors", sa.JSON(), nullable=False, server_default="[]"))
    drafts = sa.table("mms_drafts", sa.column("id", sa.Integer), sa.column("owner"), sa.column("editors", sa.JSON))
    connection = op.get_bind()
    for draft_id, owner in connection.execute(sa.select(drafts.c.id, drafts.c.owner)).all():
        connection.execute(drafts.update().where(drafts.c.id == draft_id).values(editors=[owner] if owner else []))
