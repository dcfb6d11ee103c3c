"""Pools of coupon codes: what each holds, and how codes come in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, case, func, insert, select

from mms.coupons.making import Pattern, made_codes
from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.tables import coupon_codes, coupon_pools
from mms.roles import Permission, User, require

NAME_LENGTH = 200
CODE_LENGTH = 200
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool and its counts: `given` are with a person now, `left` can be given, `put_back` came back some time."""

    id: int
    name: str
    given: int
    left: int
    put_back: int
    warn_below: int

    @property
    def runs_dry(self) -> bool:
        """Whether it is time to add codes."""
        return self.left < self.warn_below


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the codes of a file."""

    added: int
    known: int  # in this or another pool already, or twice in the file
    refused: int  # blank, or too long


def all_pools(connection: Connection) -> list[Pool]:
    """Every pool, by name."""
    is_free = coupon_codes.c.campaign_id.is_(None)
    held = coupon_codes.c.id.is_not(None)
    query = (
        select(
            coupon_pools.c.id,
            coupon_pools.c.name,
            func.coalesce(func.sum(case((held & ~is_free, 1), else_=0)), 0),
            func.coalesce(func.sum(case((held & is_free, 1), else_=0)), 0),
            func.coalesce(func.sum(case((coupon_codes.c.put_back_at.is_not(None), 1), else_=0)), 0),
            coupon_pools.c.warn_below,
        )
        .outerjoin(coupon_codes, coupon_codes.c.pool_id == coupon_pools.c.id)
        .group_by(coupon_pools.c.id, coupon_pools.c.name, coupon_pools.c.warn_below)
        .order_by(func.lower(coupon_pools.c.name))
    )
    return [Pool(*one) for one in connection.execute(query)]


def pool_named(connection: Connection, name: str) -> Pool:
    """The pool with this name, in any case. Raises CampaignError: code `no_such_pool`."""
    found = next((one for one in all_pools(connection) if one.name.lower() == name.strip().lower()), None)
    if found is None:
        raise CampaignError(f"There is no pool of coupon codes called “{name}”.", code="no_such_pool")
    return found


def add_codes(ledger: Ledger, name: str, codes: Iterable[str], *, by: User, warn_below: int = 100) -> Added:
    """Put codes into the pool of this name, which is made when there is none; all or none of them.

    Raises:
        CampaignError: code `no_name`.
        NotAllowed: this person may not.
    """
    require(by, Permission.SEND)
    name = name.strip()[:NAME_LENGTH]
    if not name:
        raise CampaignError("Give the pool a name to find it by.", code="no_name")
    with ledger.write() as connection:
        now = ledger.now(connection)
        pool_id = _pool(connection, name, warn_below, by, now)
        found = _insert(connection, pool_id, codes)
        note(connection, by.name, "coupons.add", at=now, subject=name, detail={"codes": found.added})
    return found


def make_codes(ledger: Ledger, name: str, pattern: Pattern, count: int, *, by: User, warn_below: int = 100) -> Added:
    """Put `count` new codes of a pattern into the pool. Raises as `add_codes`, or code `coupon_count`."""
    return add_codes(ledger, name, made_codes(pattern, count), by=by, warn_below=warn_below)


def codes_in(cells: Iterable[str]) -> Iterator[str]:
    """The codes of a file's column, without white space around them."""
    return (cell.strip() for cell in cells)


def _pool(connection: Connection, name: str, warn_below: int, by: User, now: float) -> int:
    known = connection.execute(select(coupon_pools.c.id, coupon_pools.c.name)).all()
    for one in known:
        if one.name.lower() == name.lower():  # SQLite lowers ASCII alone
            return int(one.id)
    values = {"name": name, "warn_below": max(0, warn_below), "created_at": now, "created_by": by.name}
    return int(connection.execute(insert(coupon_pools).values(values).returning(coupon_pools.c.id)).scalar_one())


def _insert(connection: Connection, pool_id: int, codes: Iterable[str]) -> Added:
    added = known = refused = 0
    rest = iter(codes)
    while chunk := list(islice(rest, _CHUNK)):
        good = dict.fromkeys(code for code in chunk if 0 < len(code) <= CODE_LENGTH and code.isprintable())
        refused += sum(not (0 < len(code) <= CODE_LENGTH and code.isprintable()) for code in chunk)
        there = set(
            connection.execute(select(coupon_codes.c.code).where(coupon_codes.c.code.in_(list(good)))).scalars()
        )
        new = [{"pool_id": pool_id, "code": code} for code in good if code not in there]
        if new:
            connection.execute(insert(coupon_codes), new)
        added += len(new)
        known = known + len(chunk) - len(new)
    return Added(added, known - refused, refused)
