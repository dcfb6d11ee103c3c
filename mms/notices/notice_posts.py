"""Posts notices, signed, to the addresses in `MMS_NOTIFY_URLS` that begin with `webhook+https://`.

At least once, each address on its own: what was posted is noted after the receiver's word, so a kill between the two
posts it again, under the same id.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, exists, insert, literal, select, update

from mms.ledger import Ledger
from mms.ledger.tables import campaigns, notice_posts, notices
from mms.notices.due import note_what_is_new
from mms.outgoing.backoff import GIVE_UP_AFTER, pause_after
from mms.outgoing.posting import Outcome, Post, PostResult, post_all
from mms.outgoing.signing import event_body, secret_of
from mms.reports import campaign_counts
from mms.settings import Settings

_NEW = 3_600.0  # seconds: an address that was just added hears of nothing older
_BUSY_RECEIVER = 30.0
_AT_ONCE = 50
_log = logging.getLogger("mms.notices")


@dataclass(frozen=True, slots=True)
class NoticePost:
    """One notice for one address."""

    notice_id: int
    receiver: str
    tries: int
    campaign_id: int
    name: str
    kind: str
    state: str
    reason: str | None
    created_at: float


def receiver_of(url: str) -> str:
    """What an address is called in the ledger."""
    return hashlib.sha256(url.encode()).hexdigest()


def post_notices(ledger: Ledger, settings: Settings) -> bool:
    """Note what is new, post what is due; whether something is left to post later."""
    urls = {receiver_of(url): url for url in settings.notify_webhooks}
    if not urls:
        return False
    mode = settings.mode.value
    with ledger.write() as connection:
        now = ledger.now(connection)
        note_what_is_new(connection, now, mode)
        for receiver in urls:
            _plan(connection, receiver, now)
    with ledger.read() as connection:
        due = _due(connection, sorted(urls), ledger.now(connection), mode)
        bodies = [_body(connection, one) for one in due]
    posts = [
        Post(urls[one.receiver], secret_of(ledger, one.receiver), f"notice_{one.notice_id}", body)
        for one, body in zip(due, bodies, strict=True)
    ]
    results = post_all(posts, at=now, allow_private=settings.allow_private_media) if posts else []
    with ledger.write() as connection:
        _note(connection, ledger.now(connection), due, results)
        left = select(notice_posts.c.notice_id).where(notice_posts.c.done_at.is_(None))
        return connection.execute(left.limit(1)).first() is not None


def _plan(connection: Connection, receiver: str, now: float) -> None:
    planned = exists().where(notice_posts.c.notice_id == notices.c.id, notice_posts.c.receiver == receiver)
    found = select(notices.c.id, literal(receiver), literal(0), literal(now)).where(
        notices.c.created_at > now - _NEW, ~planned
    )
    connection.execute(insert(notice_posts).from_select(["notice_id", "receiver", "tries", "next_at"], found))


def _due(connection: Connection, receivers: Sequence[str], now: float, mode: str) -> list[NoticePost]:
    query = (
        select(
            *(notice_posts.c.notice_id, notice_posts.c.receiver, notice_posts.c.tries, campaigns.c.id),
            *(campaigns.c.name, notices.c.kind, campaigns.c.state, campaigns.c.reason, notices.c.created_at),
        )
        .join(notices, notices.c.id == notice_posts.c.notice_id)
        .join(campaigns, campaigns.c.id == notices.c.campaign_id)
        .where(notice_posts.c.done_at.is_(None), notice_posts.c.next_at <= now, campaigns.c.mode == mode)
        .where(notice_posts.c.receiver.in_(receivers))
        .order_by(notice_posts.c.notice_id)
        .limit(_AT_ONCE)
    )
    return [NoticePost(*one) for one in connection.execute(query)]


def _body(connection: Connection, one: NoticePost) -> bytes:
    """Names and counts, never numbers of people or texts."""
    counts = {state.value: count for state, count in campaign_counts(connection, one.campaign_id).items()}
    data = {
        "id": one.campaign_id,
        "name": one.name,
        "state": one.state,
        "reason": None if one.kind == "ended" else one.reason,
        "counts": counts,
        "rows": sum(counts.values()),
    }
    return event_body(f"campaign.{one.kind}", one.created_at, data)


def _note(connection: Connection, now: float, due: Sequence[NoticePost], results: Sequence[PostResult]) -> None:
    for one, result in zip(due, results, strict=True):
        this = (notice_posts.c.notice_id == one.notice_id) & (notice_posts.c.receiver == one.receiver)
        connection.execute(update(notice_posts).where(this).values(**_what_next(one, result, now)))


def _what_next(one: NoticePost, result: PostResult, now: float) -> Mapping[str, object]:
    if result.outcome in (Outcome.TAKEN, Outcome.GONE):
        return {"done_at": now}
    if result.outcome is Outcome.NOT_TRIED:
        return {"next_at": now + _BUSY_RECEIVER}
    tries = one.tries + 1
    _log.warning("Nobody took the notice about campaign %s (%s), try %d", one.campaign_id, result.why, tries)
    if tries >= GIVE_UP_AFTER:
        return {"tries": tries, "done_at": now}
    return {"tries": tries, "next_at": now + pause_after(tries, result.retry_after)}
