"""The look into the ledger every 0.3 s: what is due, and which senders have work that nobody does."""

import time

from sqlalchemy import Connection, select

from mms.delivery.queue.canary import go_on_by_rule
from mms.delivery.queue.last_moment import skip_what_is_too_late
from mms.delivery.queue.sender_queue import due_campaigns, queue_due, senders_with_work
from mms.delivery.queue.version_test import choose_by_rule
from mms.delivery.queue.watchfulness import is_anything_ahead
from mms.ledger import Ledger
from mms.ledger.row_states import move_rows
from mms.ledger.tables import campaigns, rows
from mms.states import CampaignState, RowState

_TIDY_EVERY = 5.0


class Sweep:
    """For one account. Reads first and writes only when there is something to write."""

    def __init__(self, ledger: Ledger, account_sid: str) -> None:
        self._ledger, self._account_sid = ledger, account_sid
        self._tidied_at = 0.0
        self.is_busy = True  # whether anything is to be done, now or later

    def senders_with_work(self) -> list[int]:
        """Senders for which something is to be sent or settled now."""
        with self._ledger.read() as connection:
            now = self._ledger.now(connection)
            due = bool(due_campaigns(connection, self._account_sid, now))
        if due or time.monotonic() - self._tidied_at > _TIDY_EVERY:
            self._tidy()
        with self._ledger.read() as connection:
            with_work = senders_with_work(connection, self._account_sid, now)
            self.is_busy = bool(with_work) or is_anything_ahead(connection, self._account_sid, now)
        return list(with_work)

    def _tidy(self) -> None:
        with self._ledger.write() as connection:
            now = self._ledger.now(connection)
            queue_due(connection, self._account_sid, now)
            go_on_by_rule(connection, now)
            choose_by_rule(connection, now)
            _cancel_late_rows(connection, now)
            skip_what_is_too_late(connection, self._account_sid, now)
        self._tidied_at = time.monotonic()


def _cancel_late_rows(connection: Connection, now: float) -> None:
    """A row can come back to a campaign in the moment in which a person cancels it."""
    lately = (campaigns.c.state == CampaignState.CANCELED) & (campaigns.c.finished_at > now - 3600)
    theirs = rows.c.campaign_id.in_(select(campaigns.c.id).where(lately))
    move_rows(connection, RowState.CANCELED, (rows.c.state == RowState.READY) & theirs, now=now)
