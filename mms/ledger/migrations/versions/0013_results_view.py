"""A view for BI tools on PostgreSQL: one line for each row, with its campaign and real times. No phone numbers in it.

SQLite has none: there the same comes from `python -m mms export`, and a view would stand in the way of rebuilt tables.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_VIEW = """
CREATE OR REPLACE VIEW mms_results AS
SELECT c.id AS campaign_id, c.name AS campaign, c.mode, c.state AS campaign_state, c.sender_address AS sender,
 r.row_number, r.state AS result, r.reason, r.problem, r.error_code, r.message_sid, r.attempts,
 to_timestamp(r.sent_at) AS accepted_at,
 CASE WHEN r.state = 'delivered' THEN to_timestamp(r.updated_at) END AS delivered_at,
 to_timestamp(r.updated_at) AS updated_at,
 abs(CAST(NULLIF(r.price, '') AS numeric)) AS price, r.coupon, r.time_zone
FROM mms_rows r JOIN mms_campaigns c ON c.id = r.campaign_id
"""


def upgrade() -> None:
    """Apply."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_VIEW)
