"""What is looked at once an hour while the server runs: is old data due to go?"""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from mms.ledger import Ledger
from mms.retention.policy import purge_when_due

_LOOK_EVERY = 3_600.0  # seconds

log = structlog.get_logger(__name__)


async def keep_house(ledger: Ledger) -> None:
    """Until cancelled."""
    while True:
        try:
            purged = await asyncio.to_thread(purge_when_due, ledger)
        except SQLAlchemyError as error:
            log.warning("old data not purged", reason=type(error).__name__)
        else:
            if purged:
                log.info("old data purged", campaigns=purged.campaigns, rows=purged.rows)
        await asyncio.sleep(_LOOK_EVERY)
