"""Counts of a campaign, and the object that `show --json` and the API print."""

from typing import Any

from sqlalchemy import Connection, func, select

from mms.errors import CampaignError
from mms.ledger.tables import campaigns, rows
from mms.reports.timestamps import iso
from mms.states import RowState

_SHOWN = (
    campaigns.c.id,
    campaigns.c.name,
    campaigns.c.state,
    campaigns.c.mode,
    campaigns.c.sender_address,
    campaigns.c.created_at,
    campaigns.c.start_at,
    campaigns.c.started_at,
    campaigns.c.finished_at,
    campaigns.c.reference,
)


def campaign_counts(connection: Connection, campaign_id: int) -> dict[RowState, int]:
    """Rows by state; every state is there, and the values add up to the rows of the file."""
    query = select(rows.c.state, func.count()).where(rows.c.campaign_id == campaign_id).group_by(rows.c.state)
    found = {one[0]: one[1] for one in connection.execute(query)}
    return {state: found.get(state.value, 0) for state in RowState}


def show(connection: Connection, campaign_id: int) -> dict[str, Any]:
    """One campaign as the contract's `show --json`; a program's own `reference` is there when it gave one.

    Raises:
        CampaignError: code `no_such_campaign`.
    """
    found = connection.execute(select(*_SHOWN).where(campaigns.c.id == campaign_id)).one_or_none()
    if found is None:
        raise CampaignError(f"There is no campaign number {campaign_id}.", code="no_such_campaign")
    counts = campaign_counts(connection, campaign_id)
    own_name = {"reference": found.reference} if found.reference is not None else {}
    return {
        **own_name,
        "id": found.id,
        "name": found.name,
        "state": found.state,
        "mode": found.mode,
        "from": found.sender_address,
        "created_at": iso(found.created_at),
        "start_at": iso(found.start_at),
        "started_at": iso(found.started_at),
        "finished_at": iso(found.finished_at),
        "counts": {state.value: count for state, count in counts.items()},
        "rows": sum(counts.values()),
    }
