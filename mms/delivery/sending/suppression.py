"""What a code of Twilio's teaches about a number, for every later campaign."""

from sqlalchemy import Connection

from mms.ledger import dead_numbers, opt_outs
from mms.twilio_codes import explain


def learn(connection: Connection, recipient: str, code: int | None, *, campaign_id: int, at: float) -> None:
    """Remember an opt-out or a number that can never work."""
    if code is None:
        return
    advice = explain(code)
    if advice.opt_out:
        opt_outs.add(connection, [recipient], source=opt_outs.TWILIO, at=at, campaign_id=campaign_id)
    if advice.dead_number:
        dead_numbers.remember(connection, recipient, code, at=at, campaign_id=campaign_id)
