"""Posts each change of a message's status to the address of the API key that sent it.

At least once: what was posted is noted after the receiver's word, so a kill between the two posts it again, under the
same id. Changes that follow each other faster than they can be told are told as one: the newest.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, not_, or_, select, update

from mms.access.api_keys import signing_secret
from mms.campaigns.message_list import LAST_WORD, MESSAGES, Message, message_json, message_of
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.tables import api_keys, campaigns, rows, status_posts
from mms.notices.watching import is_key, is_owner
from mms.outgoing.backoff import GIVE_UP_AFTER, pause_after
from mms.outgoing.posting import Outcome, Post, PostResult, post_all
from mms.outgoing.signing import event_body
from mms.settings import Settings
from mms.states import OPEN_ROWS, RowState

KIND = "message.status"
_AT_ONCE = 50  # posted before what became of them is noted: so many are posted twice after a kill, at most
_IN_ONE_TURN = 20
_BUSY_RECEIVER = 30.0  # seconds until a receiver is asked again that had just failed several times
_QUIET_AFTER, _QUIET_PAUSE = 600.0, 300.0  # seconds: what has not changed for long is looked at less often
_FORGET_AFTER = 4 * 86_400.0  # receipts are asked for during three days
_YOUNG = 3_600.0
_MAY_CHANGE = (*OPEN_ROWS, RowState.ACCEPTED, RowState.SENT)

_log = logging.getLogger("mms.notices")


@dataclass(frozen=True, slots=True)
class StatusPost:
    """One change to tell, and where to."""

    message: Message
    key_name: str
    key_sha256: str
    url: str
    tries: int


def post_what_is_due(ledger: Ledger, settings: Settings) -> bool:
    """Post what has changed; whether a worker should stay, because more is likely to come soon."""
    mode = settings.mode.value
    for _ in range(_IN_ONE_TURN):
        with ledger.read() as connection:
            now = ledger.now(connection)
            due = due_posts(connection, now, mode, limit=_AT_ONCE)
        if not due:
            break
        results = post_all(_signed(ledger, due), at=now, allow_private=settings.allow_private_media)
        with ledger.write() as connection:
            _note(connection, ledger.now(connection), due, results)
    with ledger.write() as connection:
        _forget(connection, ledger.now(connection), mode)
    with ledger.read() as connection:
        return _is_more_ahead(connection, ledger.now(connection), mode)


def due_posts(connection: Connection, now: float, mode: str, *, limit: int) -> list[StatusPost]:
    """Changes that have not been told and may be told now, those that wait longest first."""
    query = (
        MESSAGES.add_columns(api_keys.c.name, api_keys.c.sha256, api_keys.c.status_url, status_posts.c.tries)
        .join(status_posts, status_posts.c.row_id == rows.c.id)
        .join(api_keys, is_owner)
        .where(status_posts.c.next_at <= now, campaigns.c.mode == mode, status_posts.c.told != LAST_WORD)
        .order_by(status_posts.c.next_at, status_posts.c.row_id)
        .limit(limit)
    )
    found = connection.execute(query)
    return [StatusPost(message_of(one), one.name, one.sha256, one.status_url, one.tries) for one in found]


def _signed(ledger: Ledger, due: Sequence[StatusPost]) -> list[Post]:
    secrets = {one.key_sha256: signing_secret(ledger, one.key_name, one.key_sha256) for one in due}
    return [
        Post(
            one.url,
            secrets[one.key_sha256],
            f"msg_{one.message.id}_{one.message.status}",
            event_body(KIND, one.message.updated_at, message_json(one.message)),
        )
        for one in due
    ]


def _note(connection: Connection, now: float, due: Sequence[StatusPost], results: Sequence[PostResult]) -> None:
    for one, result in zip(due, results, strict=True):
        if result.outcome is Outcome.GONE:
            _stop(connection, one.key_name, now)
        values = _what_next(one, result, now)
        connection.execute(update(status_posts).where(status_posts.c.row_id == one.message.id).values(**values))


def _what_next(post: StatusPost, result: PostResult, now: float) -> Mapping[str, object]:
    told = {"told": post.message.status, "tries": 0, "next_at": now}
    if result.outcome in (Outcome.TAKEN, Outcome.GONE):
        return told
    if result.outcome is Outcome.NOT_TRIED:
        return {"next_at": now + _BUSY_RECEIVER}
    tries = post.tries + 1
    _log.warning("The address of API key %s did not take a status (%s), try %d", post.key_name, result.why, tries)
    if tries >= GIVE_UP_AFTER:
        return told
    return {"tries": tries, "next_at": now + pause_after(tries, result.retry_after)}


def _stop(connection: Connection, key_name: str, now: float) -> None:
    """Its address answered 410: it wants to hear no more."""
    changed = update(api_keys).where(is_key(key_name), api_keys.c.status_url.is_not(None)).values(status_url=None)
    if connection.execute(changed).rowcount:
        _log.warning("The address of API key %s answered 410: nothing is posted to it any more", key_name)
        note(connection, "the address itself (410)", "api_key.status_address", at=now, subject=key_name)


def _forget(connection: Connection, now: float, mode: str) -> None:
    """Leave out what nobody wants to hear of or what has had its last word; look less often at what stays the same."""
    unheard = ~exists().where(is_owner)
    is_told = status_posts.c.told == LAST_WORD
    ended = or_(not_(rows.c.state.in_(_MAY_CHANGE)), rows.c.updated_at < now - _FORGET_AFTER)
    mine = _of_rows(and_(campaigns.c.mode == mode, is_told, ended))
    connection.execute(delete(status_posts).where(or_(unheard, mine)))
    quiet = _of_rows(and_(campaigns.c.mode == mode, is_told, rows.c.updated_at < now - _QUIET_AFTER))
    connection.execute(
        update(status_posts).where(status_posts.c.next_at <= now, quiet).values(next_at=now + _QUIET_PAUSE)
    )


def _of_rows(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """The posts whose row fulfils a condition."""
    same = and_(rows.c.id == status_posts.c.row_id, campaigns.c.id == rows.c.campaign_id)
    return exists().where(same, which).correlate(status_posts)


def _is_more_ahead(connection: Connection, now: float, mode: str) -> bool:
    soon = or_(rows.c.updated_at > now - _YOUNG, status_posts.c.told != LAST_WORD)
    query = select(status_posts.c.row_id).where(status_posts.c.next_at <= now + _YOUNG, _of_rows(soon))
    theirs = _of_rows(campaigns.c.mode == mode)
    return connection.execute(query.where(theirs).limit(1)).first() is not None
