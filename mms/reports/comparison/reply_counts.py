"""How many people wrote back to each campaign."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from mms.ledger.tables import replies


def reply_counts(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """People, by campaign; one who wrote twice counts once."""
    query = (
        select(replies.c.campaign_id, func.count(replies.c.sender.distinct()))
        .where(replies.c.campaign_id.in_(ids))
        .group_by(replies.c.campaign_id)
    )
    return {found[0]: found[1] for found in connection.execute(query)}
