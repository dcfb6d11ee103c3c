"""Numbers that can never get a message (landline, not in service), remembered from earlier answers."""

from sqlalchemy import Connection, select, update

from mms.ledger.tables import dead_numbers


def remember(
    connection: Connection, recipient: str, error_code: int, *, at: float, campaign_id: int | None = None
) -> None:
    """Note that `recipient` failed for good with Twilio's `error_code`; a number a person freed is noted anew."""
    known = connection.execute(
        update(dead_numbers)
        .where(dead_numbers.c.recipient == recipient)
        .values(error_code=error_code, since=at, campaign_id=campaign_id, undone_at=None, undone_by=None)
    ).rowcount
    if not known:
        connection.execute(
            dead_numbers.insert().values(recipient=recipient, error_code=error_code, since=at, campaign_id=campaign_id)
        )


def still_dead(connection: Connection) -> dict[str, int]:
    """Number to Twilio's code, without those that a person has freed."""
    query = select(dead_numbers.c.recipient, dead_numbers.c.error_code).where(dead_numbers.c.undone_at.is_(None))
    return {found.recipient: found.error_code for found in connection.execute(query)}
