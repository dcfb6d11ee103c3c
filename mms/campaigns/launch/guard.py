"""What was checked while a campaign was prepared is asked again in the transaction that lets its rows go.

Launches of one account go through here one after the other on both databases, so two of the same list in the same
moment, from two terminals or two browsers, are one campaign and one sentence.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, or_, select, text

from mms.access.approvals import require_launch
from mms.campaigns.launch.frequency_cap import frequency_cap, people_at_the_cap
from mms.campaigns.launch.repeat_check import already_sent, messaged_lately, messaged_next, same_campaigns
from mms.errors import CampaignError
from mms.ledger.row_states import move_rows
from mms.ledger.tables import campaigns, dead_numbers, opt_outs, rows
from mms.roles import User
from mms.states import RowState, SkipReason

DEAD_TEXT = "An earlier message showed that this number is dead."


@dataclass(frozen=True, slots=True)
class LaunchGuard:
    """Under which terms the person wants it sent."""

    by: User
    edited_by: tuple[str, ...] = ()  # who wrote and chose what is sent; empty: not known
    repeat_of: frozenset[int] = frozenset()  # campaigns with this list and content that the person knows of
    leave_out_recent_days: float | None = None  # who got something in so many days gets nothing now
    leave_out_dead: bool = False

    def ask_again(self, connection: Connection, campaign_id: int, now: float) -> dict[str, Any]:
        """Refuse the campaign, or skip rows of it, for what has become true since it was prepared.

        Returns what the audit trail keeps of the launch.

        Raises:
            CampaignError: code `already_sent` with the number of the first campaign, or `nothing_to_send`.
            NotAllowed: a second person has to launch it.
        """
        new = connection.execute(
            select(campaigns.c.content_hash, campaigns.c.mode).where(campaigns.c.id == campaign_id)
        ).one()
        same = [one for one in same_campaigns(connection, new.content_hash, new.mode) if one.id not in self.repeat_of]
        if same:
            raise already_sent(min(same, key=lambda one: one.id))
        self._leave_out(connection, campaign_id, new.mode, now)
        is_ready = (rows.c.campaign_id == campaign_id) & (rows.c.state == RowState.READY)
        left = connection.execute(select(func.count()).where(is_ready)).scalar_one()
        if not left:
            raise CampaignError("No row is ready to send (any more), so nothing was sent.", code="nothing_to_send")
        require_launch(connection, self.by, edited_by=self.edited_by, recipients=left, now=now)
        return {"people": left, "content": new.content_hash, "edited_by": list(self.edited_by)}

    def _leave_out(self, connection: Connection, campaign_id: int, mode: str, now: float) -> None:
        theirs = rows.c.campaign_id == campaign_id
        gone = theirs & rows.c.recipient.in_(select(opt_outs.c.recipient))
        move_rows(connection, RowState.SKIPPED, gone, now=now, reason=SkipReason.OPTED_OUT.value)
        if self.leave_out_dead:
            dead = select(dead_numbers.c.recipient).where(dead_numbers.c.undone_at.is_(None))
            values: dict[str, Any] = {
                "problem": "dead_number",
                "problem_text": DEAD_TEXT,
                "reason": SkipReason.NOT_MENDED.value,
            }
            move_rows(connection, RowState.SKIPPED, theirs & rows.c.recipient.in_(dead), now=now, **values)
        if cap := frequency_cap(connection):
            often = theirs & rows.c.recipient.in_(people_at_the_cap(cap, mode, now=now, but=campaign_id))
            values = {"reason": SkipReason.RECENTLY_MESSAGED.value, "problem_text": cap.sentence}
            move_rows(connection, RowState.SKIPPED, often, now=now, **values)
        if self.leave_out_recent_days is not None:
            recent = messaged_lately(mode, now=now, days=self.leave_out_recent_days)
            lately = theirs & or_(rows.c.recipient.in_(recent), rows.c.recipient.in_(messaged_next(mode)))
            move_rows(connection, RowState.SKIPPED, lately, now=now, reason=SkipReason.RECENTLY_MESSAGED.value)


def one_at_a_time(connection: Connection, account_sid: str, *, is_sqlite: bool) -> None:
    """Wait until no other launch of this account is in its last transaction; call first in that.

    SQLite's writers are alone anyway. On PostgreSQL a lock of our own, for the length of the transaction: the rows of
    `mms_senders` are the workers', who must not wait for a launch.
    """
    if not is_sqlite:
        digest = hashlib.sha256(f"launch {account_sid}".encode()).digest()
        key = int.from_bytes(digest[:8], "big", signed=True)
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
