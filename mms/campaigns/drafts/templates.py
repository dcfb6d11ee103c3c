"""Saved messages, and those of earlier campaigns, to begin the next one with."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, update

from mms.campaigns.launch.submission import Content
from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.tables import campaigns, templates
from mms.roles import Permission, User, require
from mms.states import CampaignKind, CampaignState

NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class SavedMessage:
    """A message under a name."""

    id: int
    name: str
    content: Content
    updated_at: float = 0.0  # seconds since 1970
    updated_by: str | None = None


def saved_messages(ledger: Ledger) -> list[SavedMessage]:
    """All saved messages, by name."""
    with ledger.read() as connection:
        found = connection.execute(select(templates).order_by(func.lower(templates.c.name))).all()
    return [
        SavedMessage(one.id, one.name, Content(one.body, tuple(one.media_urls)), one.updated_at, one.updated_by)
        for one in found
    ]


def last_uses(ledger: Ledger, messages: Sequence[SavedMessage]) -> dict[int, float]:
    """When each was last sent as it stands (a campaign that says just that), in seconds since 1970."""
    wanted = {(one.content.body, one.content.media_urls): one.id for one in messages}
    bodies = [one.content.body for one in messages]
    query = (
        select(campaigns.c.body, campaigns.c.media_urls, campaigns.c.created_at)
        .where(campaigns.c.body.in_(bodies), campaigns.c.kind == CampaignKind.CAMPAIGN)
        .where(campaigns.c.state != CampaignState.DRAFT)
        .order_by(campaigns.c.created_at)
    )
    with ledger.read() as connection:
        found = connection.execute(query).all()
    used = ((wanted.get((body, tuple(urls))), at) for body, urls, at in found)
    return {message_id: at for message_id, at in used if message_id is not None}


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


def save_message(ledger: Ledger, name: str, content: Content, *, by: User, replaces: bool = True) -> None:
    """Keep the message under `name`; one that has the name already is replaced, where `replaces` allows it.

    Raises:
        CampaignError: codes `no_name`, `name_taken`; `message_empty` for a message that says nothing.
        NotAllowed: this person may not.
    """
    require(by, Permission.SEND)
    name = name.strip()[:NAME_LENGTH]
    if not name:
        raise CampaignError("Give the message a name to find it by.", code="no_name")
    if not content.body.strip() and not content.media_urls:
        raise CampaignError("Write a text, or add a picture first.", code="message_empty")
    with ledger.write() as connection:
        if not replaces:
            _require_free(connection, name)
        values = {
            "body": content.body,
            "media_urls": list(content.media_urls),
            "updated_at": ledger.now(connection),
            "updated_by": by.name,
        }
        if not connection.execute(update(templates).where(templates.c.name == name).values(**values)).rowcount:
            connection.execute(templates.insert().values(name=name, **values))
        note(connection, by.name, "message.save", at=ledger.now(connection), subject=name)


def rename_message(ledger: Ledger, message_id: int, name: str, *, by: User) -> None:
    """Give a saved message another name. Raises CampaignError: codes `no_name`, `name_taken`; NotAllowed."""
    require(by, Permission.SEND)
    name = name.strip()[:NAME_LENGTH]
    if not name:
        raise CampaignError("Give the message a name to find it by.", code="no_name")
    with ledger.write() as connection:
        _require_free(connection, name, but=message_id)
        now = ledger.now(connection)
        if connection.execute(update(templates).where(templates.c.id == message_id).values(name=name)).rowcount:
            note(connection, by.name, "message.rename", at=now, subject=name)


def _require_free(connection: Connection, name: str, *, but: int = 0) -> None:
    same = select(templates.c.id).where(func.lower(templates.c.name) == name.lower(), templates.c.id != but)
    if connection.execute(same).first():
        raise CampaignError(
            f"There is a saved message called “{name}” already. Choose another name.", code="name_taken"
        )


def delete_message(ledger: Ledger, message_id: int, *, by: User) -> None:
    """Forget a saved message; campaigns that used it are not touched. Raises NotAllowed."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        if connection.execute(delete(templates).where(templates.c.id == message_id)).rowcount:
            note(connection, by.name, "message.delete", at=ledger.now(connection), subject=str(message_id))
