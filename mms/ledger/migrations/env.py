"""Alembic's entry: runs the migrations on the connection that `mms.ledger.schema` hands over."""

from alembic import context

from mms.ledger.schema import VERSION_TABLE
from mms.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    include_name=lambda name, kind, _parents: kind != "table" or str(name).startswith("mms_"),
)
with context.begin_transaction():
    context.run_migrations()
