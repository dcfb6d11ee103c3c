"""A code for each person: given in the launch's own transaction, kept while the row may have gone out.

A code has one holder, a row of a campaign. It goes back into the pool only when that campaign is over and no
row that ever carried the code may have gone out; a retry takes the code of the row that it repeats.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, exists, or_, select, update

from mms.errors import CampaignError
from mms.ledger.row_states import annotate_rows
from mms.ledger.tables import campaigns, coupon_codes, rows
from mms.states import CampaignState, RowState

_OVER = (CampaignState.FINISHED, CampaignState.CANCELED)
_NEVER_LEFT = (RowState.SKIPPED, RowState.REFUSED)
_CHUNK = 500


def give(
    connection: Connection,
    pool_id: int,
    campaign_id: int,
    row_numbers: Sequence[int],
    *,
    parent_id: int | None,
    now: float,
) -> dict[int, str]:
    """A code for each of these rows, by row number; a row of a retry keeps the one of its parent's row.

    Raises:
        CampaignError: code `coupon_pool_empty`; the caller's transaction is then to be given up.
    """
    given = _of_the_parent(connection, parent_id, campaign_id, row_numbers) if parent_id else {}
    wanting = [row for row in row_numbers if row not in given]
    free = _free(connection, pool_id, len(wanting))
    if len(free) < len(wanting):
        raise CampaignError(
            f"The pool of coupon codes has {len(free):,} left and {len(wanting):,} people are to get one. "
            "Add codes to the pool.",
            code="coupon_pool_empty",
        )
    held = [
        {"its_id": code_id, "campaign": campaign_id, "row": row, "at": now}
        for (code_id, _), row in zip(free, wanting, strict=True)
    ]
    if held:
        connection.execute(_HOLD, held)
    return {**given, **{row: code for (_, code), row in zip(free, wanting, strict=True)}}


_HOLD = (
    update(coupon_codes)
    .where(coupon_codes.c.id == bindparam("its_id"))
    .values(campaign_id=bindparam("campaign"), row_number=bindparam("row"), given_at=bindparam("at"))
)


def _free(connection: Connection, pool_id: int, count: int) -> list[tuple[int, str]]:
    """The next free codes, locked: another launch takes the ones behind them."""
    query = (
        select(coupon_codes.c.id, coupon_codes.c.code)
        .where(coupon_codes.c.pool_id == pool_id, coupon_codes.c.campaign_id.is_(None))
        .order_by(coupon_codes.c.id)
        .limit(count)
        .with_for_update(skip_locked=True)
    )
    return [(one.id, one.code) for one in connection.execute(query)]


def next_codes(connection: Connection, pool_id: int, count: int) -> list[str]:
    """The codes that would be given next, for a look before the launch; nobody has them yet."""
    query = (
        select(coupon_codes.c.code)
        .where(coupon_codes.c.pool_id == pool_id, coupon_codes.c.campaign_id.is_(None))
        .order_by(coupon_codes.c.id)
        .limit(count)
    )
    return list(connection.execute(query).scalars())


def _of_the_parent(
    connection: Connection, parent_id: int, campaign_id: int, row_numbers: Sequence[int]
) -> dict[int, str]:
    taken: dict[int, str] = {}
    for start in range(0, len(row_numbers), _CHUNK):
        theirs = and_(
            coupon_codes.c.campaign_id == parent_id, coupon_codes.c.row_number.in_(row_numbers[start : start + _CHUNK])
        )
        moved = (
            update(coupon_codes)
            .where(theirs)
            .values(campaign_id=campaign_id)
            .returning(coupon_codes.c.row_number, coupon_codes.c.code)
        )
        taken.update((one.row_number, one.code) for one in connection.execute(moved))
    return taken


def take_back_all(connection: Connection, campaign_id: int, parent_id: int | None) -> None:
    """For a launch that begins anew or is given up: nothing of it went out, so its codes are as they were before."""
    mine = coupon_codes.c.campaign_id == campaign_id
    if parent_id:
        from_parent = exists().where(
            rows.c.campaign_id == parent_id,
            rows.c.row_number == coupon_codes.c.row_number,
            rows.c.coupon == coupon_codes.c.code,
        )
        connection.execute(update(coupon_codes).where(mine, from_parent).values(campaign_id=parent_id))
    connection.execute(update(coupon_codes).where(mine).values(campaign_id=None, row_number=None, given_at=None))


def put_back(connection: Connection, *, now: float) -> int:
    """Free every code whose row surely did not go out; returns how many. Called now and then, and before giving."""
    never = or_(
        rows.c.state.in_(_NEVER_LEFT),
        # With a reason, a person gave it up although it may have gone out.
        and_(rows.c.state == RowState.CANCELED, rows.c.reason.is_(None)),
    )
    mine = and_(rows.c.campaign_id == coupon_codes.c.campaign_id, rows.c.row_number == coupon_codes.c.row_number)
    over = exists().where(campaigns.c.id == coupon_codes.c.campaign_id, campaigns.c.state.in_(_OVER))
    carried_elsewhere = exists().where(rows.c.coupon == coupon_codes.c.code, ~never)
    free = select(coupon_codes.c.id, coupon_codes.c.code).where(over, exists().where(mine, never), ~carried_elsewhere)
    found = connection.execute(free.limit(_CHUNK)).all()
    if not found:
        return 0
    codes = [one.code for one in found]
    connection.execute(
        update(coupon_codes)
        .where(coupon_codes.c.id.in_([one.id for one in found]))
        .values(campaign_id=None, row_number=None, given_at=None, put_back_at=now)
    )
    annotate_rows(connection, rows.c.coupon.in_(codes), coupon=None, picture=None)
    return len(found) + put_back(connection, now=now)
