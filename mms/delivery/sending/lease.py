"""The lease on a sender: one holder at a time may send, and a fence number tells its rows from all others.

Whoever wants to send takes the lease and a new fence. A holder may start a request only while its lease is
good by its own clocks: one that stops while the computer sleeps and one that does not. Whoever takes over waits
until the old lease has run out by the database's clock, unless the old holder is proved dead.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

from sqlalchemy import Connection, Row, select, text

from mms.ledger import Ledger
from mms.ledger.row_states import move_rows
from mms.ledger.tables import campaigns, rows
from mms.states import RowState

LEASE = 20.0  # seconds in which a holder may start requests after its last renewal
MARGIN = 2.0  # beyond that nobody else may: clocks of two computers do not run quite alike
_LOOK_EVERY = 0.2

_SELECT = "SELECT fence, holder, held_until, last_asked_at FROM mms_senders WHERE id = :sender"
_TAKE = text("UPDATE mms_senders SET fence = fence + 1, holder = :holder, held_until = :until WHERE id = :sender")
_RENEW = text("UPDATE mms_senders SET held_until = :until WHERE id = :sender AND fence = :fence")
_ASKED = text("UPDATE mms_senders SET last_asked_at = :now WHERE id = :sender AND fence = :fence")
_CLOCK = text("UPDATE mms_senders SET clock_ahead = :ahead WHERE id = :sender")
_RELEASE = text("UPDATE mms_senders SET held_until = 0, holder = NULL WHERE id = :sender AND fence = :fence")


@dataclass(slots=True)
class Lease:
    """The right to send from one sender. `rested` is how long ago, at least, anybody sent from it."""

    sender_id: int
    fence: int
    rested: float
    _monotonic: float
    _wall: float

    def is_good(self) -> bool:
        """Whether a request may start now."""
        return time.monotonic() - self._monotonic < LEASE and -MARGIN < time.time() - self._wall < LEASE

    @property
    def is_young(self) -> bool:
        """Whether renewing it can wait."""
        return time.monotonic() - self._monotonic < LEASE / 4 and self.is_good()

    def renewed(self, clocks: tuple[float, float]) -> None:
        """Note a renewal that was begun at `clocks` (see `clocks`)."""
        self._monotonic, self._wall = clocks


def clocks() -> tuple[float, float]:
    """Both clocks, to be read before the transaction that renews."""
    return time.monotonic(), time.time()


def acquire(
    ledger: Ledger, sender_id: int, holder: str, *, is_dead: Callable[[str], bool], stopping: Event
) -> Lease | None:
    """Take the lease once it is free; None when `stopping` was set meanwhile.

    Rows that the old holder left in `sending` become `unknown`: their requests may have left until just now.
    """
    seen: tuple[int, float] | None = None
    since = time.monotonic()
    while not stopping.is_set():
        begun = clocks()
        with ledger.write() as connection:
            found = _locked(connection, ledger, sender_id)
            if seen != (found.fence, found.held_until):
                seen, since = (found.fence, found.held_until), time.monotonic()
            now = ledger.now(connection)
            # Unrenewed for a whole lease by our own clock: run out, whatever was done to the database's clock.
            if found.held_until <= now or time.monotonic() - since > LEASE + MARGIN or is_dead(found.holder or ""):
                return _take(connection, sender_id, holder, found, now, begun)
        stopping.wait(_LOOK_EVERY)
    return None


def renew(connection: Connection, lease: Lease, now: float) -> bool:
    """Extend the lease; False when somebody else has taken over."""
    values = {"until": now + LEASE + MARGIN, "sender": lease.sender_id, "fence": lease.fence}
    return connection.execute(_RENEW, values).rowcount == 1


def note_asked(connection: Connection, lease: Lease, now: float) -> None:
    """Note that requests have left, so that the next holder keeps the pace."""
    connection.execute(_ASKED, {"now": now, "sender": lease.sender_id, "fence": lease.fence})


def note_clock(connection: Connection, lease: Lease, ahead: float) -> None:
    """Note by how many seconds the ledger's clock is ahead of Twilio's."""
    connection.execute(_CLOCK, {"ahead": ahead, "sender": lease.sender_id})


def release(connection: Connection, lease: Lease) -> None:
    """Give the lease back; the next holder need not wait."""
    connection.execute(_RELEASE, {"sender": lease.sender_id, "fence": lease.fence})


def _locked(connection: Connection, ledger: Ledger, sender_id: int) -> Row[tuple[int, str | None, float, float]]:
    lock = "" if ledger.is_sqlite else " FOR UPDATE"  # SQLite's writers are alone anyway
    return connection.execute(text(_SELECT + lock), {"sender": sender_id}).one()


def _take(
    connection: Connection,
    sender_id: int,
    holder: str,
    found: Row[tuple[int, str | None, float, float]],
    now: float,
    begun: tuple[float, float],
) -> Lease:
    fence = found.fence + 1
    values = {"sender": sender_id, "holder": holder, "until": now + LEASE + MARGIN}
    connection.execute(_TAKE, values)
    _doubt_what_was_left(connection, sender_id, fence, now)
    was_released = found.held_until == 0
    return Lease(sender_id, fence, max(0.0, now - found.last_asked_at) if was_released else 0.0, *begun)


def _doubt_what_was_left(connection: Connection, sender_id: int, fence: int, now: float) -> None:
    theirs = rows.c.campaign_id.in_(select(campaigns.c.id).where(campaigns.c.sender_id == sender_id))
    left = (rows.c.state == RowState.SENDING) & (rows.c.fence < fence) & theirs
    move_rows(connection, RowState.UNKNOWN, left, now=now, out_of={RowState.SENDING}, looks=0, reason=None)
