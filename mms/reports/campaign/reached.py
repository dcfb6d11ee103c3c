"""A campaign and its retries together: who was reached in the end."""

from sqlalchemy import Connection, func, select

from mms.ledger.tables import campaigns, rows
from mms.reports.counts import PARTS, Band, Part
from mms.states import CampaignState, RowState

_POSSIBLE = tuple(s for part in (Part.DELIVERED, Part.SENT, Part.ON_THE_WAY) for s in PARTS[part].states)


def family_of(connection: Connection, campaign_id: int) -> list[int]:
    """This campaign and the retries made of it, and of those again; copies for another list are none."""
    family, new = [campaign_id], [campaign_id]
    while new:
        query = select(campaigns.c.id).where(
            campaigns.c.parent_id.in_(new), campaigns.c.state != CampaignState.DRAFT, campaigns.c.id.not_in(family)
        )
        new = list(connection.execute(query).scalars())
        family += new
    return family


def reached_in_the_end(connection: Connection, campaign_id: int) -> Band | None:
    """People of the list, each counted once whichever message reached them; None for a campaign without retries."""
    family = family_of(connection, campaign_id)
    if len(family) == 1:
        return None
    of_family = select(func.count(rows.c.row_number.distinct())).where(rows.c.campaign_id.in_(family))
    confirmed, possible = (
        connection.execute(of_family.where(rows.c.state.in_(states))).scalar_one()
        for states in ((RowState.DELIVERED,), _POSSIBLE)
    )
    to_send = select(func.count()).where(rows.c.campaign_id == campaign_id, rows.c.state != RowState.SKIPPED)
    return Band(confirmed, possible, connection.execute(to_send).scalar_one())
