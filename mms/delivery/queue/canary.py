"""Sends the first rows of a campaign, then waits for what becomes of them: a person goes on, or a rule does."""

from sqlalchemy import Connection, select, text

from mms.delivery.queue.predicates import waits_on_its_canary
from mms.delivery.queue.sender_queue import LiveCampaign
from mms.delivery.queue.version_test import tests_that_wait, wait_for_results
from mms.ledger.campaign_states import explain_campaign, move_campaign
from mms.ledger.tables import campaigns
from mms.recipients.sentences import counted
from mms.send_options import SendOptions
from mms.states import CampaignState, Reason

WAIT_SECONDS = 120.0  # what carriers say about a message usually comes within two minutes
GOOD_SHARE = 0.9  # of the first rows must not have failed for the rule to go on

_OFFERED = text(
    "SELECT count(*) FROM mms_rows WHERE campaign_id = :campaign AND state NOT IN ('ready', 'skipped', 'canceled')"
)
_DRAWN = text("SELECT count(*) FROM mms_rows WHERE campaign_id = :campaign AND state = 'ready' AND version IS NOT NULL")
_FAILED = text(
    "SELECT count(*) FROM mms_rows WHERE campaign_id = :campaign"
    " AND state IN ('failed', 'undelivered', 'refused', 'unknown', 'sending')"
)


def canary_room(connection: Connection, campaign: LiveCampaign) -> int | None:
    """How many more rows may be offered before the wait; None when there is no canary, or it is over."""
    if campaign.is_tried:
        return int(connection.execute(_DRAWN, {"campaign": campaign.id}).scalar_one())
    if not campaign.options.canary or campaign.canary_at is not None:
        return None
    offered = connection.execute(_OFFERED, {"campaign": campaign.id}).scalar_one()
    return max(0, campaign.options.canary - int(offered))


def wait_for_canary(connection: Connection, campaign: LiveCampaign, now: float) -> None:
    """Pause behind the first rows."""
    if campaign.is_tried:
        wait_for_results(connection, campaign, now)
        return
    first = campaign.options.canary or 0
    reason = counted(
        "The first [message is|{} messages are] out. Look at what became of [it|them], then resume.", first
    ).format(first)
    move_campaign(connection, campaign.id, CampaignState.PAUSED, code=Reason.CANARY, reason=reason, canary_at=now)


def a_rule_decides(connection: Connection) -> bool:
    """Whether a campaign waits for the time at which a rule looks: somebody has to be there then."""
    waiting = select(campaigns.c.options).where(waits_on_its_canary(), campaigns.c.versions.is_(None))
    found = connection.execute(waiting).scalars()
    return any(SendOptions.from_json(one).canary_goes_on for one in found) or bool(tests_that_wait(connection))


def go_on_by_rule(connection: Connection, now: float) -> None:
    """Campaigns whose canary may decide by itself go on when enough of the first rows did well after the wait."""
    has_waited = campaigns.c.canary_at <= now - WAIT_SECONDS
    waiting = select(campaigns.c.id, campaigns.c.options).where(waits_on_its_canary(), has_waited)
    for found in connection.execute(waiting).all():
        options = SendOptions.from_json(found.options)
        if options.canary_goes_on:
            _decide(connection, found.id, options.canary or 1)


def _decide(connection: Connection, campaign_id: int, first_rows: int) -> None:
    failed = connection.execute(_FAILED, {"campaign": campaign_id}).scalar_one()
    if failed <= (1 - GOOD_SHARE) * first_rows:
        move_campaign(connection, campaign_id, CampaignState.RUNNING)
    else:
        reason = counted(
            "[The first message|{} of the first {} messages] failed, so it did not go on by itself."
            " Look at [it|them] first.",
            first_rows,
        ).format(failed, first_rows)
        explain_campaign(connection, campaign_id, Reason.CANARY_FAILED, reason)
