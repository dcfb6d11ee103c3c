"""What a person decides about messages of which nobody knows whether they went out."""

from enum import StrEnum

from sqlalchemy import Connection, insert, select, text

from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.tables import attempts, rows
from mms.roles import Permission, Person, require
from mms.sending.campaign_moves import move_campaign
from mms.sending.endings import open_rows
from mms.states import CampaignState, RowState

_ASK_AGAIN = text(
    "UPDATE mms_rows SET reason = NULL, looks = 0 WHERE campaign_id = :campaign AND state = 'unknown'"
    " AND reason = 'unsettled'"
)
_GO_ON = text(
    "UPDATE mms_campaigns SET state = 'running', want = 'run', reason = NULL, reason_code = NULL"
    " WHERE id = :campaign AND state = 'stopped' AND reason_code = 'unknown_rows'"
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


def reconcile(ledger: Ledger, campaign_id: int, *, by: Person) -> int:
    """Ask Twilio's log anew about the rows that it could not tell; returns how many. A worker does the asking.

    Raises:
        NotAllowed: this person may not send.
    """
    require(by, Permission.SEND)
    with ledger.write() as connection:
        asked = connection.execute(_ASK_AGAIN, {"campaign": campaign_id}).rowcount
        if asked:
            connection.execute(_GO_ON, {"campaign": campaign_id})
            note(connection, by.name, "campaign.reconcile", at=ledger.now(connection), subject=str(campaign_id))
    return asked


def resolve_unknown(ledger: Ledger, row_id: int, decision: Decision, *, by: Person) -> None:
    """Write a person's decision about one row.

    Raises:
        CampaignError: code `wrong_state` when the row is not left to a person: it is still being looked for, or
            has been found.
        NotAllowed: this person may not send.
    """
    require(by, Permission.SEND)
    with ledger.write() as connection:
        now = ledger.now(connection)
        found = connection.execute(
            select(rows.c.campaign_id, rows.c.state, rows.c.reason, rows.c.fence).where(rows.c.id == row_id)
        ).one_or_none()
        if found is None or found.state != RowState.UNKNOWN or found.reason != "unsettled":
            raise CampaignError("This message is not waiting for a decision any more.", code="wrong_state")
        state = _AFTERWARDS[decision]
        values = {"state": state, "reason": f"person_{decision}", "updated_at": now, "looks": 0}
        connection.execute(rows.update().where(rows.c.id == row_id).values(**values))
        event = {"row_id": row_id, "campaign_id": found.campaign_id, "fence": found.fence, "at": now}
        connection.execute(insert(attempts).values(event=f"person_{decision}", **event))
        note(connection, by.name, f"row.{decision}", at=now, subject=str(row_id))
        _go_on(connection, found.campaign_id, state, now)


def _go_on(connection: Connection, campaign_id: int, state: RowState, now: float) -> None:
    """A campaign that stopped only for such rows goes on with them, and is finished after the last one."""
    left = open_rows(connection, campaign_id, now)
    if state is RowState.READY:
        connection.execute(_GO_ON, {"campaign": campaign_id})
    elif not left.ready and not left.sending and not left.unknown:
        move_campaign(connection, campaign_id, CampaignState.FINISHED, finished_at=now)
