"""A scheduled campaign's pictures are asked once more just before it starts; the worker calls this every few seconds.

A campaign whose pictures have not been looked at again is not started (`mms.sending.turns.due_campaigns`).
"""

import json
from collections.abc import Sequence

from sqlalchemy import select, update

from mms.campaigns.media_gate import MediaFindings, check_links, keep_verdicts
from mms.campaigns.pictures import own_pictures
from mms.campaigns.records import Campaign, campaigns_in
from mms.ledger import Ledger
from mms.ledger.tables import campaigns, rows
from mms.message import MessageTemplate
from mms.message.content import values_of
from mms.settings import Settings
from mms.states import CampaignState, RowState, SkipReason, Want

AHEAD_SECONDS = 60.0
_SCHEDULED = frozenset({CampaignState.SCHEDULED})


def check_due_pictures(ledger: Ledger, settings: Settings) -> None:
    """Look again at the pictures of every campaign that starts within a minute.

    A picture that everybody would get and that is broken stops the campaign with the reason; one of a single row
    keeps that row back.
    """
    with ledger.read() as connection:
        soon = ledger.now(connection) + AHEAD_SECONDS
        scheduled = campaigns_in(connection, _SCHEDULED, settings.mode.value)
    for campaign in scheduled:
        is_due = campaign.start_at is not None and campaign.start_at <= soon
        if is_due and campaign.want is Want.RUN and not campaign.options.media_checked:
            _check(ledger, settings, campaign)


def _check(ledger: Ledger, settings: Settings, campaign: Campaign) -> None:
    message = MessageTemplate.parse(campaign.body, campaign.media_urls)
    findings = check_links(
        message,
        _links(ledger, campaign, message),
        allow_private=settings.allow_private_media,
        own=own_pictures(settings, ledger),
    )
    keep_verdicts(ledger, findings.verdicts)
    with ledger.write() as connection:
        now = ledger.now(connection)
        for row, problem in findings.by_row.items():
            values = {"state": RowState.SKIPPED, "reason": SkipReason.NOT_MENDED, "problem": problem.code.value}
            this = (rows.c.campaign_id == campaign.id) & (rows.c.row_number == row) & (rows.c.state == RowState.READY)
            connection.execute(update(rows).where(this).values(**values, problem_text=problem.message, updated_at=now))
        connection.execute(
            update(campaigns)
            .where(campaigns.c.id == campaign.id, campaigns.c.state == CampaignState.SCHEDULED)
            .values(options=campaign.options.changed(media_checked=True).to_json(), **_stopped(findings))
        )


def _links(ledger: Ledger, campaign: Campaign, message: MessageTemplate) -> dict[int, tuple[str, ...]]:
    query = (
        select(rows.c.row_number, rows.c.cells)
        .where(rows.c.campaign_id == campaign.id, rows.c.state == RowState.READY)
        .order_by(rows.c.row_number)
    )
    if not message.media_columns:
        query = query.limit(1)  # the same pictures for everybody: one row stands for all
    with ledger.read() as connection:
        found = [(row, _texts(cells)) for row, cells in connection.execute(query)]
    return {row: message.render(values_of(campaign.columns, cells)).media_urls for row, cells in found}


def _texts(cells: str) -> Sequence[str]:
    texts: list[str] = json.loads(cells)
    return texts


def _stopped(findings: MediaFindings) -> dict[str, object]:
    if not findings.for_all:
        return {}
    reason = f"The picture could not be used when the campaign was about to start: {findings.for_all[0].message}"
    return {"state": CampaignState.STOPPED, "reason_code": "media", "reason": reason}
