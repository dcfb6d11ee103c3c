"""What a person has typed and chosen so far, stored as they go, so that nothing is lost by a reload or a restart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.tables import drafts
from mms.roles import Permission, User, require

_LOOKS = frozenset({"step", "test_campaign", "test_number"})
"""Where somebody looked, and tests to their own phone: nothing of it is sent."""
_NOTED_EVERY = 600.0  # typing is stored every moment; one line of the trail for so long is enough


@dataclass(frozen=True, slots=True)
class Draft:
    """A campaign that is being written. `content` is the pages' business; `upload_id` is the stored file."""

    id: int
    owner: str | None
    content: dict[str, Any]
    upload_id: int | None
    editors: list[str]  # everybody who changed what would be sent; who did so last stands last
    created_at: float
    updated_at: float


_COLUMNS = [drafts.c[name] for name in Draft.__slots__]


def new_draft(
    ledger: Ledger, *, by: User, content: Mapping[str, Any] | None = None, upload_id: int | None = None
) -> int:
    """Begin a draft; returns its number, which goes into the page's address. Raises NotAllowed."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        now = ledger.now(connection)
        values = {"owner": by.name, "editors": [by.name], "content": dict(content or {}), "upload_id": upload_id}
        added = drafts.insert().values(**values, created_at=now, updated_at=now).returning(drafts.c.id)
        draft_id = int(connection.execute(added).scalar_one())
        note(connection, by.name, "draft.new", at=now, subject=str(draft_id))
    return draft_id


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


def save_draft(ledger: Ledger, draft_id: int, *, by: User, **changes: Any) -> None:
    """Merge `changes` into the draft's content; the key `upload_id` moves to its own column. Raises NotAllowed."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        found = _found(connection, draft_id)
        if found is None:
            return  # deleted in another tab meanwhile: there is nothing left to save into
        _change(connection, found, changes, by, ledger.now(connection))


def save_field(ledger: Ledger, draft_id: int, name: str, value: Any, *, seen: Sequence[Any], by: User) -> Any:
    """Store one field unless somebody else has changed it; returns what stands in the draft then.

    `seen`: the values of which whoever saves knows, what they read and what they stored last themselves. A value
    that is neither came from another tab: it stays, and whoever saves has to choose. Raises NotAllowed.
    """
    require(by, Permission.SEND)
    with ledger.write() as connection:
        found = _found(connection, draft_id)
        if found is None:
            return value  # deleted in another tab meanwhile: there is nothing left to save into
        known = found.content.get(name)
        if known != value and known not in seen:
            return known
        _change(connection, found, {name: value}, by, ledger.now(connection))
    return value


def delete_draft(ledger: Ledger, draft_id: int, *, by: User) -> None:
    """Forget the draft; the upload stays for the campaign that was made of it. Raises NotAllowed."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        if connection.execute(delete(drafts).where(drafts.c.id == draft_id)).rowcount:
            note(connection, by.name, "draft.delete", at=ledger.now(connection), subject=str(draft_id))


def _found(connection: Connection, draft_id: int) -> Row[Any] | None:
    return connection.execute(select(*_COLUMNS).where(drafts.c.id == draft_id)).one_or_none()


def _change(connection: Connection, found: Row[Any], changes: Mapping[str, Any], by: User, now: float) -> None:
    content = {name: value for name, value in changes.items() if name != "upload_id"}
    values: dict[str, Any] = {"content": {**found.content, **content}, "updated_at": now}
    if "upload_id" in changes:
        values["upload_id"] = changes["upload_id"]
    if any(value != _stored(found, name) for name, value in changes.items() if name not in _LOOKS):
        values["editors"] = [*(name for name in found.editors if name != by.name), by.name]
        if found.editors[-1:] != [by.name] or now - found.updated_at > _NOTED_EVERY:
            note(connection, by.name, "draft.change", at=now, subject=str(found.id))
    connection.execute(update(drafts).where(drafts.c.id == found.id).values(**values))


def _stored(found: Row[Any], name: str) -> Any:
    return found.upload_id if name == "upload_id" else found.content.get(name)
