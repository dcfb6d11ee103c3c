"""Pause, resume, cancel, move in the queue, change the rate: short transactions, obeyed within a second.

Each raises NotAllowed for a person who may not send.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, func, select

from mms.campaigns.pictures.recheck import start_of
from mms.campaigns.records import ACTIVE, Campaign, campaign, campaigns_in, in_front_of
from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.campaign_states import change_campaign, command_campaign
from mms.ledger.row_states import move_rows
from mms.ledger.tables import campaigns, rows
from mms.roles import Permission, User, require
from mms.states import CAMPAIGN_MOVES, CampaignState, Reason, RowState, Want

_RESUMABLE = frozenset({CampaignState.PAUSED, CampaignState.STOPPED})
_PAUSABLE = ACTIVE
_ENDED = frozenset({CampaignState.CANCELED, CampaignState.FINISHED})


def pause(ledger: Ledger, campaign_id: int, *, by: User) -> None:
    """No new request leaves within a second; rows already at Twilio stay there."""
    _ask(ledger, campaign_id, by, "pause", _pause)


def resume(ledger: Ledger, campaign_id: int, *, by: User) -> None:
    """Go on with a paused or stopped campaign, in its old place in the queue."""
    _ask(ledger, campaign_id, by, "resume", _resume)


def choose_version(ledger: Ledger, campaign_id: int, version: str, *, by: User) -> None:
    """Send the rest of a campaign whose versions were tried with this one.

    Raises:
        CampaignError: codes `no_such_version`, `no_test`, `wrong_state`; also while people who are to try one wait.
    """

    def choose(connection: Connection, current: Campaign, now: float) -> None:
        if not current.waits_for_a_choice:
            raise CampaignError("There is no choice to make for this campaign.", code="no_test")
        if version not in [one.name for one in current.versions]:
            names = ", ".join(one.name for one in current.versions)
            raise CampaignError(f"There is no version {version}. There are: {names}.", code="no_such_version")
        _require(current, _RESUMABLE, "Its versions are still being tried")
        change_campaign(connection, current.id, winner=version)
        _resume(connection, replace(current, winner=version), now)

    _ask(ledger, campaign_id, by, "choose", choose)


def cancel(ledger: Ledger, campaign_id: int, *, by: User) -> None:
    """Take back every row that has not been offered to Twilio. Cannot be undone."""
    _ask(ledger, campaign_id, by, "cancel", cancel_in)


def pause_everything(ledger: Ledger, mode: str, *, by: User) -> list[int]:
    """The panic button: pause every campaign that is running, waiting or scheduled; returns their numbers."""
    with ledger.read() as connection:
        active = campaigns_in(connection, ACTIVE, mode)
    return _each(pause, ledger, [one.id for one in active], by)


def resume_these(ledger: Ledger, campaign_ids: Sequence[int], *, by: User) -> list[int]:
    """Go on with what the panic button paused; returns the numbers of those that could."""
    return _each(resume, ledger, campaign_ids, by)


def cancel_these(ledger: Ledger, campaign_ids: Sequence[int], *, by: User) -> list[int]:
    """Cancel what the panic button paused; returns the numbers of those that could."""
    return _each(cancel, ledger, campaign_ids, by)


def _each(act: Callable[..., None], ledger: Ledger, campaign_ids: Sequence[int], by: User) -> list[int]:
    """One that has ended in this moment must not keep the others from being stopped."""
    require(by, Permission.SEND)
    done = []
    for campaign_id in campaign_ids:
        with suppress(CampaignError):
            act(ledger, campaign_id, by=by)
            done.append(campaign_id)
    return done


def move(ledger: Ledger, campaign_id: int, *, before: int, by: User) -> None:
    """Send `campaign_id` before the campaign `before` of the same sender."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        moved, other = campaign(connection, campaign_id), campaign(connection, before)
        if moved.sender_id != other.sender_id:
            raise CampaignError("These campaigns use different senders, so neither waits for the other.", code="sender")
        ahead = connection.execute(
            select(func.max(campaigns.c.queue_position)).where(
                campaigns.c.sender_id == moved.sender_id,
                campaigns.c.queue_position < other.queue_position,
                campaigns.c.id != moved.id,
            )
        ).scalar_one()
        position = (other.queue_position - 1) if ahead is None else (ahead + other.queue_position) / 2
        change_campaign(connection, moved.id, queue_position=position)
        note(connection, by.name, "campaign.move", at=ledger.now(connection), subject=str(campaign_id))


def change_options(ledger: Ledger, campaign_id: int, *, by: User, **changes: Any) -> None:
    """Change rate, batch size or requests in flight of a campaign; the worker reads them at its next claim."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        current = campaign(connection, campaign_id)
        change_campaign(connection, current.id, options=current.options.changed(**changes).to_json())
        now = ledger.now(connection)
        note(connection, by.name, "campaign.options", at=now, subject=str(campaign_id), detail=changes)


def _ask(
    ledger: Ledger, campaign_id: int, by: User, word: str, act: Callable[[Connection, Campaign, float], None]
) -> None:
    require(by, Permission.SEND)
    with ledger.write() as connection:
        now = ledger.now(connection)
        act(connection, campaign(connection, campaign_id), now)
        note(connection, by.name, f"campaign.{word}", at=now, subject=str(campaign_id))


def _pause(connection: Connection, current: Campaign, _now: float) -> None:
    if current.state is CampaignState.PAUSED:
        return
    _require(current, _PAUSABLE, "It cannot be paused")
    _command(connection, current, CampaignState.PAUSED, Want.PAUSE, code=Reason.BY_HAND, reason="Paused by hand.")


def _resume(connection: Connection, current: Campaign, now: float) -> None:
    if current.state in ACTIVE and current.want is Want.RUN:
        return
    _require(current, _RESUMABLE, "It cannot be resumed")
    if current.waits_for_a_choice and current.reason_code in (Reason.CANARY, Reason.TEST_UNDECIDED):
        names = " or ".join(one.name for one in current.versions)
        raise CampaignError(f"Choose first which version the rest gets: {names}.", code="choose_version")
    later = current.start_at is not None and current.start_at > now
    waits = later or bool(in_front_of(connection, current, now))
    looks = bool(current.media_urls) and current.options.check_media and current.started_at is None
    start = start_of(current.options, later=later, waits=waits, looks=looks)
    _command(
        connection,
        current,
        start.state,
        Want.RUN,
        code=start.code,
        reason=start.reason,
        options=start.options.to_json(),
        started_at=current.started_at if waits or looks else current.started_at or now,
        start_at=current.start_at if later else None,
    )


def cancel_in(connection: Connection, current: Campaign, now: float) -> None:
    """`cancel` as part of a transaction that does more and has asked for the permission."""
    if current.state is CampaignState.CANCELED:
        return
    _require(current, frozenset(CAMPAIGN_MOVES) - {CampaignState.DRAFT}, "It cannot be cancelled")
    move_rows(connection, RowState.CANCELED, rows.c.campaign_id == current.id, now=now, out_of={RowState.READY})
    why = {"code": Reason.BY_HAND, "reason": "Cancelled by hand."}
    _command(connection, current, CampaignState.CANCELED, Want.CANCEL, **why, finished_at=now)


def _require(current: Campaign, states: frozenset[CampaignState], sentence: str) -> None:
    if current.state not in states:
        raise CampaignError(f"{sentence}: campaign {current.id} is {current.state}.", code="wrong_state")


def _command(connection: Connection, current: Campaign, to: CampaignState, want: Want, **values: Any) -> None:
    """Raises CampaignError (code `wrong_state`) when the campaign has gone on since it was read (PostgreSQL)."""
    if not command_campaign(connection, current.id, to, want, **values):
        raise CampaignError(f"Campaign {current.id} has changed in this moment. Look again.", code="wrong_state")
