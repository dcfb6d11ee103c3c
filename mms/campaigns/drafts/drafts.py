"""What a person has typed and chosen so far, stored as they go, so that nothing is lost by a reload or a restart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from mms.campaigns.drafts.content import LOOKS, DraftContent, stored, typed
from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.tables import drafts
from mms.roles import Permission, User, require

_NOTED_EVERY = 600.0  # typing is stored every moment; one line of the trail for so long is enough


@dataclass(frozen=True, slots=True)
class Draft:
    """A campaign that is being written; `upload_id` is the stored file."""

    id: int
    owner: str | None
    content: DraftContent
    upload_id: int | None
    editors: list[str]  # everybody who changed what would be sent; who did so last stands last
    created_at: float
    updated_at: float


_COLUMNS = [drafts.c[name] for name in Draft.__slots__]


def new_draft(ledger: Ledger, *, by: User, content: DraftContent | None = None, upload_id: int | None = None) -> int:
    """Begin a draft; returns its number, which goes into the page's address. Raises NotAllowed."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        now = ledger.now(connection)
        return begin_draft(connection, by=by, now=now, content=content, upload_id=upload_id)


def begin_draft(
    connection: Connection, *, by: User, now: float, content: DraftContent | None, upload_id: int | None
) -> int:
    """`new_draft` as part of a transaction that does more and has asked for the permission."""
    said = stored(content.model_dump(exclude_unset=True) if content else {})
    values = {"owner": by.name, "editors": [by.name], "content": said, "upload_id": upload_id}
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
    return _draft(found)


def all_drafts(ledger: Ledger, *, limit: int = 20) -> list[Draft]:
    """The drafts touched last, newest first."""
    query = select(*_COLUMNS).order_by(drafts.c.updated_at.desc()).limit(limit)
    with ledger.read() as connection:
        return [_draft(found) for found in connection.execute(query)]


def save_draft(ledger: Ledger, draft_id: int, *, by: User, **changes: Any) -> None:
    """Put `changes` into the draft's content; the key `upload_id` moves to its own column.

    Raises:
        NotAllowed: this person may not send.
        TypeError, ValidationError: a name that a draft does not have, or a value that does not fit it.
    """
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
        known = getattr(DraftContent.from_stored(found.content), name)
        if known not in (typed(name, value), *(typed(name, one) for one in seen)):
            return known
        _change(connection, found, {name: value}, by, ledger.now(connection))
    return typed(name, value)


def delete_draft(ledger: Ledger, draft_id: int, *, by: User) -> None:
    """Forget the draft; the upload stays for the campaign that was made of it. Raises NotAllowed."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        if connection.execute(delete(drafts).where(drafts.c.id == draft_id)).rowcount:
            note(connection, by.name, "draft.delete", at=ledger.now(connection), subject=str(draft_id))


def _found(connection: Connection, draft_id: int) -> Row[Any] | None:
    return connection.execute(select(*_COLUMNS).where(drafts.c.id == draft_id)).one_or_none()


def _draft(found: Row[Any]) -> Draft:
    return Draft(**{**found._mapping, "content": DraftContent.from_stored(found.content)})


def _change(connection: Connection, found: Row[Any], changes: Mapping[str, Any], by: User, now: float) -> None:
    said = stored({name: value for name, value in changes.items() if name != "upload_id"})
    values: dict[str, Any] = {"content": {**found.content, **said}, "updated_at": now}
    if "upload_id" in changes:
        values["upload_id"] = changes["upload_id"]
    before = DraftContent.from_stored(found.content)
    after = DraftContent.from_stored(values["content"])
    edited = [name for name in said.keys() - LOOKS - {"version"} if getattr(before, name) != getattr(after, name)]
    if edited or changes.get("upload_id", found.upload_id) != found.upload_id:
        values["editors"] = [*(name for name in found.editors if name != by.name), by.name]
        if found.editors[-1:] != [by.name] or now - found.updated_at > _NOTED_EVERY:
            note(connection, by.name, "draft.change", at=now, subject=str(found.id))
    connection.execute(update(drafts).where(drafts.c.id == found.id).values(**values))
