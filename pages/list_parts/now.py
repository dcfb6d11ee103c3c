"""When and for which messages conditions are asked: now, in the reader's zone, for the mode that is on."""

from sqlalchemy import Connection

from mms.lists.conditions import Moment
from mms.lists.segments import moment_of
from pages.components.reader import zone
from pages.components.wiring import services


def asked_now(connection: Connection) -> Moment:
    """The moment of this run."""
    shared = services()
    return moment_of(shared.ledger.now(connection), shared.mode, zone())
