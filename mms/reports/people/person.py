"""One person's history across campaigns."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from mms.ledger.tables import campaigns, dead_numbers, opt_out_events, replies, rows
from mms.reports.campaign.row_table import RowView, row_views
from mms.twilio_codes import CodeAdvice, explain


@dataclass(frozen=True, slots=True)
class Contact:
    """One message to the person. `at` is when it was accepted, else when it last changed."""

    campaign_id: int
    campaign_name: str
    at: float
    row: RowView


@dataclass(frozen=True, slots=True)
class Word:
    """What the person wrote, or what became of their consent: a reply, `added` or `removed` as opt-out.

    `campaign_id` and `campaign_name` say which campaign it answered, where that is known.
    """

    at: float
    kind: str
    text: str | None
    campaign_id: int | None = None
    campaign_name: str | None = None


@dataclass(frozen=True, slots=True)
class PersonHistory:
    """Everything about one number, the newest first. `dead` says why it can get no message, if so."""

    recipient: str
    contacts: tuple[Contact, ...]
    words: tuple[Word, ...]
    dead: CodeAdvice | None


def person_history(connection: Connection, recipient: str) -> PersonHistory:
    """The history of a number in E.164 form; empty for a number that was never in a list."""
    found = row_views(connection, rows.c.recipient == recipient)
    about = (
        select(rows.c.id, campaigns.c.id, campaigns.c.name)
        .join(campaigns, campaigns.c.id == rows.c.campaign_id)
        .where(rows.c.recipient == recipient)
    )
    of_row = {row_id: (campaign_id, name) for row_id, campaign_id, name in connection.execute(about)}
    contacts = [Contact(*of_row[row.id], row.sent_at or row.updated_at, row) for row in found]
    dead = connection.execute(
        select(dead_numbers.c.error_code).where(
            dead_numbers.c.recipient == recipient, dead_numbers.c.undone_at.is_(None)
        )
    ).scalar_one_or_none()
    return PersonHistory(
        recipient=recipient,
        contacts=tuple(sorted(contacts, key=lambda contact: contact.at, reverse=True)),
        words=tuple(sorted(_words(connection, recipient), key=lambda word: word.at, reverse=True)),
        dead=None if dead is None else explain(dead),
    )


def _words(connection: Connection, recipient: str) -> list[Word]:
    wrote = (
        select(replies.c.at, replies.c.body, campaigns.c.id, campaigns.c.name)
        .outerjoin(campaigns, campaigns.c.id == replies.c.campaign_id)
        .where(replies.c.sender == recipient)
    )
    changed = (
        select(opt_out_events.c.at, opt_out_events.c.event, opt_out_events.c.note, campaigns.c.id, campaigns.c.name)
        .outerjoin(campaigns, campaigns.c.id == opt_out_events.c.campaign_id)
        .where(opt_out_events.c.recipient == recipient)
    )
    said = [Word(at, "reply", body, *of) for at, body, *of in connection.execute(wrote)]
    return said + [Word(at, event, note, *of) for at, event, note, *of in connection.execute(changed)]
