"""Versions of a message that some people try first: the wait for what they bring, and the choice by rule."""

from sqlalchemy import Connection, Row, select

from mms.delivery.queue.predicates import is_to_be_settled, waits_on_its_canary
from mms.delivery.queue.sender_queue import LiveCampaign
from mms.ledger.campaign_states import explain_campaign, move_campaign
from mms.ledger.tables import campaigns, rows
from mms.send_options import SendOptions
from mms.states import CampaignState, Reason
from mms.versions.results import differences, sure_winner, version_results
from mms.versions.version import Rule

_HOUR = 3600.0
_BY_HAND = "The versions are with the people who try them. Look at what they bring, then choose one for the rest."
_BY_RULE = "The versions are with the people who try them. In {hours:g} h the better one goes to the rest by itself."
_TOO_FEW = "Too few people to tell which version is better, so it did not go on by itself. Choose one for the rest."


def wait_for_results(connection: Connection, campaign: LiveCampaign, now: float) -> None:
    """Pause behind the people who were drawn, once Twilio's log has told what became of those without an answer."""
    drawn = (rows.c.campaign_id == campaign.id, rows.c.version.is_not(None))
    if connection.execute(select(rows.c.id).where(*drawn, is_to_be_settled()).limit(1)).first() is not None:
        return
    options = campaign.options
    reason = _BY_HAND if options.test_rule == Rule.HAND else _BY_RULE.format(hours=options.test_hours)
    since = campaign.canary_at or now
    move_campaign(connection, campaign.id, CampaignState.PAUSED, code=Reason.CANARY, reason=reason, canary_at=since)


def choose_by_rule(connection: Connection, now: float) -> None:
    """Give the rest the version that is surely better, where the time for it has come; else ask a person."""
    for found, options in tests_that_wait(connection):
        if found.canary_at > now - options.test_hours * _HOUR:
            continue
        winner = sure_winner(differences(version_results(connection, found.id), Rule(options.test_rule)))
        if winner is None:
            explain_campaign(connection, found.id, Reason.TEST_UNDECIDED, _TOO_FEW)
        else:
            move_campaign(connection, found.id, CampaignState.RUNNING, winner=winner)


def tests_that_wait(connection: Connection) -> list[tuple[Row[int, float, dict[str, object]], SendOptions]]:
    """Campaigns that a rule goes on with, each with what was chosen about it."""
    query = select(campaigns.c.id, campaigns.c.canary_at, campaigns.c.options).where(
        waits_on_its_canary(),
        campaigns.c.versions.is_not(None),
        campaigns.c.winner.is_(None),
        campaigns.c.canary_at.is_not(None),
    )
    found = ((one, SendOptions.from_json(one.options)) for one in connection.execute(query))
    return [(one, options) for one, options in found if options.test_rule != Rule.HAND]
