"""One conversation for each person who wrote: unread first, with the campaign that it answers."""

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, case, func, or_, select, update

from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.tables import campaigns, replies, reply_notes, rows
from mms.roles import Permission, User, require
from mms.states import CampaignKind, RowState

NOTE_LENGTH = 1000
_NEVER_OFFERED = (RowState.SKIPPED, RowState.CANCELED, RowState.READY)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A person who wrote. `unread` counts their messages that nobody has opened; `is_done` until they write again."""

    recipient: str = field(repr=False)
    last_at: float
    last_body: str | None = field(repr=False)
    messages: int
    unread: int
    is_done: bool
    campaign_id: int | None
    campaign: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a conversation, in order of time. `kind`: reply, message, answer or note; `by` who did it here."""

    at: float
    kind: str
    text: str | None = field(repr=False)
    by: str | None = None
    campaign_id: int | None = None
    state: str | None = None
    media_count: int = 0
    message_sid: str | None = None  # of a reply: what came with it is asked for by it


def conversations(
    connection: Connection, *, search: str = "", only_open: bool = False, limit: int = 50, offset: int = 0
) -> list[Conversation]:
    """A page of them: unread first, then the newest."""
    unread = func.sum(case((replies.c.read_at.is_(None), 1), else_=0))
    grouped = (
        select(
            replies.c.sender,
            func.max(replies.c.id).label("last_id"),
            func.count().label("messages"),
            unread.label("unread"),
        )
        .where(*_search(search))
        .group_by(replies.c.sender)
        .subquery()
    )
    query = (
        select(replies, grouped.c.messages, grouped.c.unread, campaigns.c.name)
        .join(grouped, grouped.c.last_id == replies.c.id)
        .outerjoin(campaigns, campaigns.c.id == replies.c.campaign_id)
        .order_by((grouped.c.unread > 0).desc(), replies.c.at.desc())
        .limit(limit)
        .offset(offset)
    )
    if only_open:
        query = query.where(replies.c.done_at.is_(None))
    return [
        Conversation(
            recipient=one["sender"],
            last_at=one["at"],
            last_body=one["body"],
            messages=one["messages"],
            unread=int(one["unread"]),
            is_done=one["done_at"] is not None,
            campaign_id=one["campaign_id"],
            campaign=one["name"],
        )
        for one in connection.execute(query).mappings()
    ]


def conversation_count(connection: Connection, *, search: str = "", only_open: bool = False) -> int:
    """How many people the same search finds."""
    wanted = [*_search(search), *([replies.c.done_at.is_(None)] if only_open else [])]
    query = select(func.count(func.distinct(replies.c.sender))).where(*wanted)
    return int(connection.execute(query).scalar_one())


def unread_count(connection: Connection) -> int:
    """How many replies nobody has opened."""
    return int(connection.execute(select(func.count()).where(replies.c.read_at.is_(None))).scalar_one())


def newest_reply(connection: Connection) -> int:
    """The number of the last one that came in; another one means that pages have something new to show."""
    return int(connection.execute(select(func.coalesce(func.max(replies.c.id), 0))).scalar_one())


def thread(connection: Connection, recipient: str) -> list[Line]:
    """Everything said between this person and us, the oldest first."""
    wrote = select(replies).where(replies.c.sender == recipient)
    lines = [
        Line(
            one["at"],
            "reply",
            one["body"],
            campaign_id=one["campaign_id"],
            media_count=one["media_count"],
            message_sid=one["message_sid"],
        )
        for one in connection.execute(wrote).mappings()
    ]
    return sorted([*lines, *_sent(connection, recipient), *_notes(connection, recipient)], key=lambda line: line.at)


def mark_read(ledger: Ledger, recipient: str, *, by: User) -> None:
    """Nothing of this person is unread any more."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        this = (replies.c.sender == recipient) & replies.c.read_at.is_(None)
        connection.execute(update(replies).where(this).values(read_at=ledger.now(connection)))


def mark_done(ledger: Ledger, recipient: str, *, done: bool, by: User) -> None:
    """Nothing is left to do about what the person wrote so far; their next message opens it again."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        now = ledger.now(connection)
        values = {"done_at": now if done else None, "done_by": by.name if done else None}
        connection.execute(update(replies).where(replies.c.sender == recipient).values(**values))
        note(connection, by.name, "reply.done" if done else "reply.open", at=now)


def add_note(ledger: Ledger, recipient: str, text: str, *, by: User) -> None:
    """A note for colleagues beside the conversation; the person never sees it."""
    require(by, Permission.SEND)
    words = text.strip()[:NOTE_LENGTH]
    if words:
        with ledger.write() as connection:
            values = {"recipient": recipient, "text": words, "by": by.name, "at": ledger.now(connection)}
            connection.execute(reply_notes.insert().values(**values))


def _sent(connection: Connection, recipient: str) -> list[Line]:
    at = func.coalesce(rows.c.sent_at, rows.c.updated_at)
    query = (
        select(at.label("at"), rows.c.state, campaigns.c.id, campaigns.c.name, campaigns.c.kind, campaigns.c.body)
        .add_columns(campaigns.c.created_by)
        .join(campaigns, campaigns.c.id == rows.c.campaign_id)
        .where(rows.c.recipient == recipient, rows.c.state.not_in(_NEVER_OFFERED))
    )
    found = []
    for one in connection.execute(query):
        is_answer = one.kind == CampaignKind.ANSWER
        text = one.body.replace("{{", "{").replace("}}", "}") if is_answer else one.name
        kind = "answer" if is_answer else "message"
        found.append(Line(one.at, kind, text, one.created_by, campaign_id=one.id, state=one.state))
    return found


def _notes(connection: Connection, recipient: str) -> list[Line]:
    query = select(reply_notes.c.at, reply_notes.c.text, reply_notes.c.by).where(reply_notes.c.recipient == recipient)
    return [Line(at, "note", text, by) for at, text, by in connection.execute(query)]


def _search(search: str) -> list[ColumnElement[bool]]:
    text = search.strip()
    if not text:
        return []
    digits = "".join(filter(str.isdigit, text))
    found = [func.lower(replies.c.body).contains(text.lower(), autoescape=True)]
    if len(digits) >= 3:  # fewer digits are in every number
        found.append(replies.c.sender.contains(digits, autoescape=True))
    return [or_(*found)]
