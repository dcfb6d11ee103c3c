"""A start is a local time: when a country changes its rules for the clock, 9:00 stays 9:00."""

from zoneinfo import ZoneInfoNotFoundError

from sqlalchemy import select

from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.campaign_states import change_campaign
from mms.ledger.tables import campaigns
from mms.quiet_hours.local_times import LocalTime
from mms.states import CampaignState

EVERY_SECONDS = 3600.0
_STATES = (CampaignState.SCHEDULED, CampaignState.PAUSED)
_WAITING = select(campaigns.c.id, campaigns.c.start_at, campaigns.c.start_local, campaigns.c.zone).where(
    campaigns.c.state.in_(_STATES),
    campaigns.c.started_at.is_(None),
    campaigns.c.start_local.is_not(None),
    campaigns.c.zone.is_not(None),
)


def follow_zone_rules(ledger: Ledger) -> int:
    """Put starts that are still to come where today's rules have their local time; returns how many moved."""
    moved = 0
    with ledger.read() as connection:
        now = ledger.now(connection)
        waiting = connection.execute(_WAITING.where(campaigns.c.start_at > now)).all()
    for campaign_id, was, stored, zone in waiting:
        try:
            moment = LocalTime.from_stored(stored, zone).moment
        except (ZoneInfoNotFoundError, ValueError):
            continue  # a zone that this computer does not know: the moment stands
        if moment != was:
            moved += _move(ledger, campaign_id, was, moment)
    return moved


def _move(ledger: Ledger, campaign_id: int, was: float, moment: float) -> int:
    """Unless somebody has changed the start, or sent it, in this moment."""
    with ledger.write() as connection:
        same = (campaigns.c.id == campaign_id) & (campaigns.c.start_at == was) & campaigns.c.state.in_(_STATES)
        moved = change_campaign(connection, same, start_at=moment)
        if moved:
            now, detail = ledger.now(connection), {"seconds": round(moment - was)}
            note(connection, "zone rules", "campaign.start_moved", at=now, subject=str(campaign_id), detail=detail)
    return moved
