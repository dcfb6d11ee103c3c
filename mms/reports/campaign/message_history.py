"""One row's whole way: each attempt, answer and receipt with its time, in plain words."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from mms.errors import CampaignError
from mms.ledger.tables import attempts, rows
from mms.reports.campaign.row_table import RowView, row_views
from mms.states import FROM_TWILIO
from mms.twilio_codes import CodeAdvice, explain
from mms.words import ROW_WORDS

EVENT_WORDS: dict[str, str] = {
    "asked": "Handed to Twilio.",
    "accepted": "Twilio took the message.",
    "refused": "Twilio said no.",
    "busy": "Twilio was busy and took nothing; it is tried again.",
    "not_connected": "Twilio could not be reached; nothing was sent, and it is tried again.",
    "withheld": "Held back at the last moment; nothing was sent.",
    "no_answer": "Twilio did not answer, so it may have gone out.",
    "in_doubt_again": "Just before it was to be sent again Twilio's log was asked once more, and it is not sure.",
    "told_by_twilio": "Twilio itself reported that it has this message.",
    "held_back": "Held back by Twilio: too late for today. It is offered once more in the next window.",
    "settled_found": "Twilio's log was asked, and the message was found there.",
    "settled_absent": "Twilio's log was asked again and again, and the message is not in it: nothing went out.",
    "unsettled": "Twilio's log cannot tell whether it went out. A person has to decide.",
    "person_sent": "A person decided: it went out.",
    "person_send_again": "A person decided: send it again.",
    "person_give_up": "A person decided: leave it.",
    "receipt": "Twilio reported",
}
"""The words of `attempts.event`; one that is not here is shown as it stands."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened. `at` in seconds since 1970."""

    at: float
    event: str
    words: str
    status: str | None  # Twilio's word
    advice: CodeAdvice | None  # only where something went wrong


@dataclass(frozen=True, slots=True)
class RowStory:
    """A row and everything that happened to it, oldest first."""

    row: RowView
    moments: tuple[Moment, ...]


def row_story(connection: Connection, row_id: int) -> RowStory:
    """The story of the row with this id (not its number in the file).

    Raises:
        CampaignError: code `no_such_row`.
    """
    found = row_views(connection, rows.c.id == row_id)
    if not found:
        raise CampaignError("This row is no longer in the ledger.", code="no_such_row")
    query = select(attempts).where(attempts.c.row_id == row_id).order_by(attempts.c.at, attempts.c.id)
    moments = [
        Moment(
            at=one.at,
            event=one.event,
            words=_words(one.event, one.status),
            status=one.status,
            advice=explain(one.error_code, one.http_status) if one.error_code else None,
        )
        for one in connection.execute(query)
    ]
    return RowStory(found[0], tuple(moments))


def _words(event: str, status: str | None) -> str:
    known = EVENT_WORDS.get(event, f"{event.replace('_', ' ').capitalize()}.")
    if event != "receipt":
        return known
    state = FROM_TWILIO.get(status or "")
    return f"{known} {status}: {ROW_WORDS[state].meaning}" if state else f"{known} {status}."
