"""Campaigns that are still to come: read by their start, begun at once, put to another time, made a draft again."""

from typing import Any

from sqlalchemy import Connection, select

from mms.campaigns.controls import cancel_in
from mms.campaigns.drafts.content import Start
from mms.campaigns.drafts.copies import content_of
from mms.campaigns.drafts.drafts import begin_draft
from mms.campaigns.drafts.uploads import store_upload
from mms.campaigns.records import Campaign, campaign, campaigns_in
from mms.delivery.sending.claims import LEAST_VALID
from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.campaign_states import change_campaign, explain_campaign
from mms.ledger.row_states import annotate_rows
from mms.ledger.tables import campaigns, picture_templates, picture_versions, rows
from mms.quiet_hours.local_times import LocalTime
from mms.recipients import Upload, parse_upload
from mms.reports import RowFilter
from mms.reports.files.selection import selection_as_upload
from mms.roles import Permission, User, require
from mms.states import CampaignState, Reason, RowState

_GONE_ON = "This campaign has begun, or was stopped, in the meantime. Open it to see how it stands."


def coming(connection: Connection, mode: str) -> list[Campaign]:
    """Campaigns that wait for their start, the earliest first; behind them those that wait for their turn only."""
    found = campaigns_in(connection, frozenset({CampaignState.SCHEDULED}), mode)
    return sorted(found, key=lambda one: (one.start_at is None, one.start_at or 0.0))


def missed(connection: Connection, mode: str) -> list[Campaign]:
    """Campaigns that nobody was there to start, and that wait for a person's word."""
    found = campaigns_in(connection, frozenset({CampaignState.PAUSED}), mode)
    return [one for one in found if one.reason_code == Reason.MISSED_START]


def change_start(ledger: Ledger, campaign_id: int, start: LocalTime, *, by: User) -> None:
    """Put the start to another time. Its pictures are looked at once more before that.

    Raises:
        CampaignError: codes `past`, `not_after`, `wrong_state`.
    """
    require(by, Permission.SEND)
    with ledger.write() as connection:
        if start.moment <= ledger.now(connection):
            raise CampaignError("This time is past. Choose a later one, or press Send now.", code="past")
        planned = {"start_at": start.moment, "zone": start.zone, "start_local": start.stored}
        _plan(connection, ledger, campaign_id, by, "reschedule", planned)


def send_now(ledger: Ledger, campaign_id: int, *, by: User) -> None:
    """Let it begin now instead of at its time; the worker starts it as it would have then.

    Raises:
        CampaignError: codes `not_after`, `wrong_state`.
    """
    require(by, Permission.SEND)
    with ledger.write() as connection:
        planned = {"start_at": ledger.now(connection), "start_local": None}
        _plan(connection, ledger, campaign_id, by, "send_now", planned)


def back_to_draft(ledger: Ledger, campaign_id: int, *, by: User) -> int:
    """Cancel a campaign of which nothing went out, and begin a draft with all that it had; returns its number.

    Consent is asked again. Raises CampaignError: codes `no_such_campaign`, `wrong_state`.
    """
    require(by, Permission.SEND)
    with ledger.read() as connection:
        rest = _rest(ledger, campaign(connection, campaign_id))
    with ledger.write() as connection:
        now = ledger.now(connection)
        current = campaign(connection, campaign_id)
        if not _is_untouched(connection, current):
            raise CampaignError(_GONE_ON, code="wrong_state")
        cancel_in(connection, current, now)
        upload_id = store_upload(connection, rest, at=now, by=by) if rest else current.upload_id
        content = content_of(current).model_copy(
            update={**_timing_of(current), "picture_template": _template_of(connection, campaign_id)}
        )
        draft_id = begin_draft(connection, by=by, now=now, content=content, upload_id=upload_id)
        detail = {"draft": draft_id}
        note(connection, by.name, "campaign.back_to_draft", at=now, subject=str(campaign_id), detail=detail)
    return draft_id


def _plan(
    connection: Connection, ledger: Ledger, campaign_id: int, by: User, word: str, planned: dict[str, Any]
) -> None:
    current = campaign(connection, campaign_id)
    if current.not_after is not None and current.not_after - planned["start_at"] < LEAST_VALID:
        raise CampaignError("Nobody is to get it that late: its last moment comes before this start.", code="not_after")
    waits = (campaigns.c.id == campaign_id) & (campaigns.c.state == CampaignState.SCHEDULED)
    options = current.options.changed(media_checked=not current.media_urls)
    if not change_campaign(connection, waits, options=options.to_json(), **planned):
        raise CampaignError(_GONE_ON, code="wrong_state")
    explain_campaign(connection, campaign_id, None, None)
    of_its_rows = (rows.c.campaign_id == campaign_id) & (rows.c.state == RowState.READY)
    annotate_rows(connection, of_its_rows & rows.c.not_before.is_not(None), not_before=None)  # asked at the claim
    note(connection, by.name, f"campaign.{word}", at=ledger.now(connection), subject=str(campaign_id))


def _is_untouched(connection: Connection, current: Campaign) -> bool:
    """Whether it waits, and Twilio was asked for none of its rows: a campaign can wait in the middle, too."""
    if current.state not in (CampaignState.SCHEDULED, CampaignState.PAUSED) or current.started_at is not None:
        return False
    asked = select(rows.c.id).where(rows.c.campaign_id == current.id, rows.c.claimed_at.is_not(None)).limit(1)
    return connection.execute(asked).first() is None


def _rest(ledger: Ledger, current: Campaign) -> Upload | None:
    """Its people as a file of their own, where there is no upload that holds exactly them."""
    if current.upload_id is not None and current.parent_id is None:
        return None
    people = selection_as_upload(ledger, current.id, RowFilter())
    return parse_upload(people, file_name=f"from-campaign-{current.id}.csv")


def _timing_of(current: Campaign) -> dict[str, Any]:
    options = current.options
    content: dict[str, Any] = {
        "rate": options.rate,
        "any_hour": options.any_hour,
        "other_countries": options.other_countries,
        "canary": options.canary,
        "canary_goes_on": options.canary_goes_on,
    }
    if current.start_local and current.zone:
        local = LocalTime.from_stored(current.start_local, current.zone)
        content |= {"start": Start.LATER, "start_at": local.text, "zone": local.zone, "start_at_fold": local.fold}
    return content


def _template_of(connection: Connection, campaign_id: int) -> str | None:
    """The name of the template that makes a picture for each person, if there is one."""
    query = (
        select(picture_templates.c.name)
        .join(picture_versions, picture_versions.c.template_id == picture_templates.c.id)
        .join(campaigns, campaigns.c.picture_version_id == picture_versions.c.id)
        .where(campaigns.c.id == campaign_id)
    )
    return connection.execute(query).scalar_one_or_none()
