"""How many people of a campaign got nothing, for whoever asks whether all went out."""

from sqlalchemy import Connection, func, select

from mms.ledger.tables import rows
from mms.states import WENT_OUT, RowState, SkipReason


def left_behind(connection: Connection, campaign_id: int) -> int:
    """Rows that did not go out. A duplicate's number got its message, and a blank row has nobody."""
    someone_else_got_it = rows.c.reason == SkipReason.DUPLICATE
    nobody = (rows.c.reason == SkipReason.NOT_MENDED) & rows.c.problem.is_(None)
    query = select(func.count()).where(
        rows.c.campaign_id == campaign_id,
        rows.c.state.not_in([*WENT_OUT]),
        ~((rows.c.state == RowState.SKIPPED) & (someone_else_got_it | nobody)),
    )
    return int(connection.execute(query).scalar_one())
