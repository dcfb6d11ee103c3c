"""What a person has typed and chosen so far, stored as they go, so that nothing is lost by a reload or a restart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update

from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.tables import drafts


@dataclass(frozen=True, slots=True)
class Draft:
    """A campaign that is being written. `content` is the pages' business; `upload_id` is the stored file."""

    id: int
    owner: str | None
    content: dict[str, Any]
    upload_id: int | None
    created_at: float
    updated_at: float


_COLUMNS = [drafts.c[name] for name in Draft.__slots__]


def new_draft(ledger: Ledger, *, owner: str | None, content: Mapping[str, Any] | None = None) -> int:
    """Begin a draft; returns its number, which goes into the page's address."""
    with ledger.write() as connection:
        now = ledger.now(connection)
        values = {"owner": owner, "content": dict(content or {}), "created_at": now, "updated_at": now}
        return int(connection.execute(drafts.insert().values(**values).returning(drafts.c.id)).scalar_one())


def draft(ledger: Ledger, draft_id: int) -> Draft:
    """The draft with this number.

    Raises:
        CampaignError: code `no_such_draft`.
    """
    with ledger.read() as connection:
        found = connection.execute(select(*_COLUMNS).where(drafts.c.id == draft_id)).one_or_none()
    if found is None:
        raise CampaignError("This draft is gone: it was sent or deleted. Start a new campaign.", code="no_such_draft")
    return Draft(**found._mapping)


def all_drafts(ledger: Ledger, *, limit: int = 20) -> list[Draft]:
    """The drafts touched last, newest first."""
    query = select(*_COLUMNS).order_by(drafts.c.updated_at.desc()).limit(limit)
    with ledger.read() as connection:
        return [Draft(**found._mapping) for found in connection.execute(query)]


def save_draft(ledger: Ledger, draft_id: int, **changes: Any) -> None:
    """Merge `changes` into the draft's content; the key `upload_id` moves to its own column."""
    with ledger.write() as connection:
        content = connection.execute(select(drafts.c.content).where(drafts.c.id == draft_id)).scalar_one_or_none()
        if content is None:
            return  # deleted in another tab meanwhile: there is nothing left to save into
        values: dict[str, Any] = {"updated_at": ledger.now(connection)}
        if "upload_id" in changes:
            values["upload_id"] = changes.pop("upload_id")
        values["content"] = {**content, **changes}
        connection.execute(update(drafts).where(drafts.c.id == draft_id).values(**values))


def save_field(ledger: Ledger, draft_id: int, name: str, value: Any, *, seen: Sequence[Any]) -> Any:
    """Store one field unless somebody else has changed it; returns what stands in the draft then.

    `seen`: the values of which whoever saves knows, what they read and what they stored last themselves. A value
    that is neither came from another tab: it stays, and whoever saves has to choose.
    """
    with ledger.write() as connection:
        content = connection.execute(select(drafts.c.content).where(drafts.c.id == draft_id)).scalar_one_or_none()
        if content is None:
            return value  # deleted in another tab meanwhile: there is nothing left to save into
        known = content.get(name)
        if known != value and known not in seen:
            return known
        now, changed = ledger.now(connection), {**content, name: value}
        connection.execute(update(drafts).where(drafts.c.id == draft_id).values(content=changed, updated_at=now))
    return value


def delete_draft(ledger: Ledger, draft_id: int) -> None:
    """Forget the draft; the upload stays for the campaign that was made of it."""
    with ledger.write() as connection:
        connection.execute(delete(drafts).where(drafts.c.id == draft_id))
