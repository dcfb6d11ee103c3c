"""Lists by name: what they are called, which columns they have, how many people are in them."""

from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.tables import join_words, list_people, lists, segments
from mms.roles import Permission, User, require

NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class SavedList:
    """`columns` in the order of the files, the phone column among them. `version` grows with each change of people."""

    id: int
    name: str
    columns: tuple[str, ...]
    phone_column: str
    version: int
    people: int
    created_at: float
    updated_at: float


_PEOPLE = select(func.count()).where(list_people.c.list_id == lists.c.id).scalar_subquery()
_QUERY = select(lists, _PEOPLE.label("people"))


def saved_lists(connection: Connection) -> list[SavedList]:
    """Every list, by name."""
    return [_list(found) for found in connection.execute(_QUERY.order_by(func.lower(lists.c.name)))]


def saved_list(connection: Connection, list_id: int) -> SavedList:
    """The list with this number. Raises CampaignError: code `no_such_list`."""
    return _one(connection.execute(_QUERY.where(lists.c.id == list_id)).one_or_none())


def list_named(connection: Connection, name: str) -> SavedList:
    """The list with this name, in any case. Raises CampaignError: code `no_such_list`."""
    wanted = func.lower(lists.c.name) == name.strip().lower()
    return _one(connection.execute(_QUERY.where(wanted)).one_or_none())


def rename_list(ledger: Ledger, list_id: int, name: str, *, by: User) -> None:
    """Give a list another name. Raises CampaignError: codes `no_name`, `name_taken`, `no_such_list`."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        now = ledger.now(connection)
        values = {"name": good_name(connection, name, but=list_id), "updated_at": now}
        if not connection.execute(update(lists).where(lists.c.id == list_id).values(**values)).rowcount:
            raise _gone()
        note(connection, by.name, "list.rename", at=now, subject=str(list_id))


def delete_list(ledger: Ledger, list_id: int, *, by: User) -> None:
    """Forget a list, its people, segments and join words. Campaigns that were sent to it keep their rows."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        people = connection.execute(delete(list_people).where(list_people.c.list_id == list_id)).rowcount
        connection.execute(delete(segments).where(segments.c.list_id == list_id))
        connection.execute(delete(join_words).where(join_words.c.list_id == list_id))
        if not connection.execute(delete(lists).where(lists.c.id == list_id)).rowcount:
            raise _gone()
        now = ledger.now(connection)
        note(connection, by.name, "list.delete", at=now, subject=str(list_id), detail={"people": people})


def add_list(connection: Connection, name: str, *, phone_column: str, by: User, at: float) -> int:
    """A new, empty list; returns its number. Raises CampaignError: codes `no_name`, `name_taken`."""
    values = {
        "name": good_name(connection, name),
        "columns": [phone_column],
        "phone_column": phone_column,
        "version": 0,
        "created_at": at,
        "created_by": by.name,
        "updated_at": at,
    }
    try:
        with connection.begin_nested():
            return int(connection.execute(insert(lists).values(**values).returning(lists.c.id)).scalar_one())
    except IntegrityError:
        raise _taken(name) from None


def good_name(connection: Connection, name: str, *, but: int | None = None) -> str:
    """The name as it is stored. Raises CampaignError: codes `no_name`, `name_taken`."""
    name = " ".join(name.split())[:NAME_LENGTH]
    if not name:
        raise CampaignError("Give the list a name, such as Members.", code="no_name")
    same = select(lists.c.id).where(func.lower(lists.c.name) == name.lower(), lists.c.id != (but or 0))
    if connection.execute(same).first():
        raise _taken(name)
    return name


def _one(found: Row[tuple[object, ...]] | None) -> SavedList:
    if found is None:
        raise _gone()
    return _list(found)


def _list(found: Row[tuple[object, ...]]) -> SavedList:
    values = {name: found._mapping[name] for name in SavedList.__slots__}
    return SavedList(**{**values, "columns": tuple(values["columns"])})


def _taken(name: str) -> CampaignError:
    return CampaignError(
        f"There is a list called “{name}” already. Choose another name, or add to it.", code="name_taken"
    )


def _gone() -> CampaignError:
    return CampaignError("There is no such list. It may have been deleted.", code="no_such_list")
