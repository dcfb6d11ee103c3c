"""Which messages' changes are told to the API key that sent them: noted together with the message itself."""

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, literal, select

from mms.ledger import Ledger
from mms.ledger.tables import api_keys, rows, status_posts
from mms.states import RowState

wants_posts = and_(api_keys.c.status_url.is_not(None), api_keys.c.revoked_at.is_(None))
is_owner = and_(api_keys.c.name == status_posts.c.key_name, wants_posts)


def is_key(name: str) -> ColumnElement[bool]:
    """The key of this name."""
    return api_keys.c.name == name


def watch(connection: Connection, campaign_id: int, key_name: str, now: float) -> None:
    """Tell this key's address of every change of the campaign's messages; nothing to do where it has none."""
    wants = exists().where(is_key(key_name), wants_posts)
    known = exists().where(status_posts.c.row_id == rows.c.id)
    # What waits for its turn is `queued`, and so the caller was told: the first change is the next word.
    query = select(rows.c.id, literal(key_name), literal("queued"), literal(0), literal(now)).where(
        rows.c.campaign_id == campaign_id, rows.c.state != RowState.SKIPPED, wants, ~known
    )
    names = ["row_id", "key_name", "told", "tries", "next_at"]
    connection.execute(insert(status_posts).from_select(names, query))


def watch_campaign(ledger: Ledger, campaign_id: int, key_name: str) -> None:
    """`watch` in a transaction of its own, which most keys have no need of."""
    with ledger.read() as connection:
        wants = connection.execute(select(api_keys.c.id).where(is_key(key_name), wants_posts)).first()
    if wants:
        with ledger.write() as connection:
            watch(connection, campaign_id, key_name, ledger.now(connection))


def anything_is_watched(ledger: Ledger) -> bool:
    """Whether there may be something to post, now or later."""
    with ledger.read() as connection:
        return connection.execute(select(status_posts.c.row_id).limit(1)).first() is not None
