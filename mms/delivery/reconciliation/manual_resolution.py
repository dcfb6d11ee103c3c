"""What a person decides about messages of which nobody knows whether they went out."""

from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Row, bindparam, select

from mms.delivery.queue.conclusion import for_a_person, open_rows
from mms.delivery.queue.predicates import is_left_to_a_person
from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.campaign_states import command_campaign, move_campaign, reword
from mms.ledger.row_states import RowChange, annotate_rows, move_each
from mms.ledger.tables import campaigns, rows, senders
from mms.roles import Permission, User, require
from mms.states import AttemptEvent, CampaignState, Reason, RowState, Want

_UNDECIDED = (
    select(rows.c.id)
    .join(campaigns, campaigns.c.id == rows.c.campaign_id)
    .join(senders, senders.c.id == campaigns.c.sender_id)
    .where(
        rows.c.recipient == bindparam("recipient"),
        is_left_to_a_person(),
        rows.c.state == RowState.UNKNOWN,
        senders.c.account_sid == bindparam("account"),
    )
    .limit(1)
)


class Decision(StrEnum):
    """What becomes of one row in doubt."""

    SENT = "sent"  # it went out: never again
    SEND_AGAIN = "send_again"  # it did not, or twice is better than not at all
    GIVE_UP = "give_up"  # leave it


_AFTERWARDS = {
    Decision.SENT: RowState.SENT,
    Decision.SEND_AGAIN: RowState.READY,
    Decision.GIVE_UP: RowState.CANCELED,
}


def awaits_decision(connection: Connection, account_sid: str, recipient: str) -> bool:
    """Whether an earlier message to this number is left to a person; until then nothing else goes to it."""
    values = {"recipient": recipient, "account": account_sid}
    return connection.execute(_UNDECIDED, values).first() is not None


def reconcile(ledger: Ledger, campaign_id: int, *, by: User) -> int:
    """Ask Twilio's log anew about the rows that it could not tell; returns how many. A worker does the asking.

    Raises:
        NotAllowed: this person may not send.
    """
    require(by, Permission.SEND)
    with ledger.write() as connection:
        undecided_ones = _in_doubt(rows.c.campaign_id == campaign_id)
        asked = annotate_rows(connection, undecided_ones, reason=None, looks=0)
        if asked:
            _resume_after_doubt(connection, campaign_id)
            note(connection, by.name, "campaign.reconcile", at=ledger.now(connection), subject=str(campaign_id))
    return asked


def undecided(connection: Connection, campaign_id: int) -> int:
    """How many rows of a campaign wait for a person's decision."""
    return len(_undecided_rows(connection, rows.c.campaign_id == campaign_id))


def resolve_unknown(ledger: Ledger, row_id: int, decision: Decision, *, by: User) -> None:
    """Write a person's decision about one row.

    Raises:
        CampaignError: code `wrong_state` when the row is not left to a person: it is still being looked for, or
            has been found.
        NotAllowed: this person may not send.
    """
    require(by, Permission.SEND)
    with ledger.write() as connection:
        found = _undecided_rows(connection, rows.c.id == row_id)
        if not found:
            raise CampaignError(
                "This message does not wait for a decision: Twilio's log is being asked, or it is settled.",
                code="wrong_state",
            )
        now = ledger.now(connection)
        _decide(connection, found, decision, now)
        note(connection, by.name, f"row.{decision}", at=now, subject=str(row_id))


def resolve_all_unknown(ledger: Ledger, campaign_id: int, decision: Decision, *, expected: int, by: User) -> None:
    """Write one decision about every row of a campaign that waits for a person.

    Raises:
        CampaignError: code `wrong_state` when they are not as many as the person saw; nothing is decided then.
        NotAllowed: this person may not send.
    """
    require(by, Permission.SEND)
    with ledger.write() as connection:
        found = _undecided_rows(connection, rows.c.campaign_id == campaign_id)
        if not found or len(found) != expected:
            raise CampaignError(
                f"Meanwhile {len(found):,} and not {expected:,} wait for a decision. Nothing was changed; look again.",
                code="wrong_state",
            )
        now = ledger.now(connection)
        _decide(connection, found, decision, now)
        detail = {"rows": len(found)}
        note(connection, by.name, f"campaign.rows_{decision}", at=now, subject=str(campaign_id), detail=detail)


def _undecided_rows(connection: Connection, which: ColumnElement[bool]) -> list[Row[tuple[int, int, int | None]]]:
    query = select(rows.c.id, rows.c.campaign_id, rows.c.fence)
    return list(connection.execute(query.where(_in_doubt(which))))


def _in_doubt(which: ColumnElement[bool]) -> ColumnElement[bool]:
    return which & is_left_to_a_person() & (rows.c.state == RowState.UNKNOWN)


def _resume_after_doubt(connection: Connection, campaign_id: int) -> None:
    command_campaign(connection, campaign_id, CampaignState.RUNNING, Want.RUN, only_for=Reason.UNKNOWN_ROWS)


def _decide(
    connection: Connection, found: list[Row[tuple[int, int, int | None]]], decision: Decision, now: float
) -> None:
    """Write the decision about these rows, all of one campaign."""
    state, event = _AFTERWARDS[decision], AttemptEvent(f"person_{decision}")
    values = {"reason": event.value, "looks": 0}
    decided = [RowChange(one.id, one.campaign_id, state, event, one.fence, values) for one in found]
    move_each(connection, decided, now)
    go_on(connection, found[0].campaign_id, state, now)
    _resume_who_waited(connection, found[0].campaign_id, [one.id for one in found])


def _resume_who_waited(connection: Connection, campaign_id: int, decided: list[int]) -> None:
    """Other campaigns and single messages that stopped because an earlier message to the same number was in doubt."""
    numbers = select(rows.c.recipient).where(rows.c.id.in_(decided))
    own = rows.alias()
    has_doubts = select(own.c.id).where(own.c.campaign_id == campaigns.c.id, own.c.state == RowState.UNKNOWN).exists()
    waiting = (
        select(campaigns.c.id)
        .join(rows, rows.c.campaign_id == campaigns.c.id)
        .where(campaigns.c.state == CampaignState.STOPPED, campaigns.c.reason_code == Reason.UNKNOWN_ROWS)
        .where(rows.c.state == RowState.READY, rows.c.recipient.in_(numbers), campaigns.c.id != campaign_id)
        .where(~has_doubts)
        .distinct()
    )
    for other in connection.execute(waiting).scalars().all():
        _resume_after_doubt(connection, other)


def go_on(connection: Connection, campaign_id: int, state: RowState, now: float) -> None:
    """After rows left to a person moved to `state`.

    A campaign that stopped only for such rows goes on after the last one, or says how many are left.
    """
    left = open_rows(connection, campaign_id, now)
    if state is RowState.READY or (left.ready and not left.unknown):
        _resume_after_doubt(connection, campaign_id)
    elif not left.ready and not left.sending and not left.unknown:
        move_campaign(connection, campaign_id, CampaignState.FINISHED, finished_at=now)
    else:
        words = for_a_person(left.unknown)
        reword(connection, campaign_id, CampaignState.STOPPED, Reason.UNKNOWN_ROWS, words)
