"""Saved messages, and those of earlier campaigns, to begin the next one with."""

from dataclasses import dataclass

from sqlalchemy import delete, select, update

from mms.campaigns.launch.submission import Content
from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.tables import campaigns, templates
from mms.roles import Permission, User, require
from mms.states import CampaignKind

NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class SavedMessage:
    """A message under a name."""

    id: int
    name: str
    content: Content


def saved_messages(ledger: Ledger) -> list[SavedMessage]:
    """All saved messages, by name."""
    query = select(templates.c.id, templates.c.name, templates.c.body, templates.c.media_urls).order_by(
        templates.c.name
    )
    with ledger.read() as connection:
        return [SavedMessage(i, name, Content(body, tuple(urls))) for i, name, body, urls in connection.execute(query)]


def earlier_messages(ledger: Ledger, *, limit: int = 20) -> list[SavedMessage]:
    """The messages of the latest campaigns, newest first; the id is the campaign's number."""
    query = (
        select(campaigns.c.id, campaigns.c.name, campaigns.c.body, campaigns.c.media_urls)
        .where(campaigns.c.kind == CampaignKind.CAMPAIGN, campaigns.c.purged_at.is_(None))
        .order_by(campaigns.c.id.desc())
        .limit(limit)
    )
    with ledger.read() as connection:
        return [SavedMessage(i, name, Content(body, tuple(urls))) for i, name, body, urls in connection.execute(query)]


def save_message(ledger: Ledger, name: str, content: Content, *, by: User) -> None:
    """Keep the message under `name`; one that has the name already is replaced.

    Raises:
        CampaignError: code `no_name`.
        NotAllowed: this person may not.
    """
    require(by, Permission.SEND)
    name = name.strip()[:NAME_LENGTH]
    if not name:
        raise CampaignError("Give the message a name to find it by.", code="no_name")
    with ledger.write() as connection:
        values = {
            "body": content.body,
            "media_urls": list(content.media_urls),
            "updated_at": ledger.now(connection),
            "updated_by": by.name,
        }
        if not connection.execute(update(templates).where(templates.c.name == name).values(**values)).rowcount:
            connection.execute(templates.insert().values(name=name, **values))
        note(connection, by.name, "message.save", at=ledger.now(connection), subject=name)


def delete_message(ledger: Ledger, message_id: int, *, by: User) -> None:
    """Forget a saved message; campaigns that used it are not touched. Raises NotAllowed."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        if connection.execute(delete(templates).where(templates.c.id == message_id)).rowcount:
            note(connection, by.name, "message.delete", at=ledger.now(connection), subject=str(message_id))
