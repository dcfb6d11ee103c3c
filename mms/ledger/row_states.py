"""The only place that writes `mms_rows`. The table of moves is asked in each statement, so that no caller can forget.

A row that somebody else has moved meanwhile is left as it is: whoever was faster stands. History
(`mms_attempts`) is written beside the move.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Update,
    bindparam,
    delete,
    false,
    func,
    insert,
    or_,
    update,
)

from mms.ledger.tables import attempts, rows
from mms.states import ROW_MOVES, TWILIO_MAY_KNOW_BETTER, AttemptEvent, RowState

_STATE_COLUMNS = frozenset({"id", "campaign_id", "row_number", "state", "fence", "attempts", "updated_at"})
"""What only a move may write."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """What becomes of one row, and how that came about.

    `values` are further columns that change with the state. `fence` names the attempt that is meant: a row that was
    claimed anew since, under another one, does not move.
    """

    row_id: int
    campaign_id: int
    to: RowState
    event: AttemptEvent
    fence: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    out_of: frozenset[RowState] | None = None  # only out of these, of the states that the table allows
    was_asked: bool = True  # False: the attempt does not count
    detail: Mapping[str, Any] = field(default_factory=dict)  # columns of the line in the history


class NewRow(NamedTuple):
    """A row as it enters the ledger; the names are the columns of `mms_rows`."""

    campaign_id: int
    row_number: int
    cells: str
    recipient: str | None
    state: str
    reason: str | None
    problem: str | None
    problem_text: str | None
    not_before: float | None
    time_zone: str | None
    coupon: str | None
    picture: str | None
    link: str | None
    version: str | None
    updated_at: float


def add_rows(connection: Connection, new: Sequence[NewRow]) -> None:
    """New rows, many at once, by the driver itself: SQLAlchemy's way over a dictionary a row takes thrice as long.

    SQLite gets the tuples; PostgreSQL one statement with an array a column.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_ADD_TO_SQLITE, list(new))
    elif new:
        connection.exec_driver_sql(_ADD_TO_POSTGRES, tuple(map(list, zip(*new, strict=True))))


def forget_rows(connection: Connection, campaign_id: int) -> None:
    """Remove the rows of a campaign that was never let go."""
    connection.execute(delete(rows).where(rows.c.campaign_id == campaign_id))


def claim_rows(
    connection: Connection,
    campaign_id: int,
    row_ids: Collection[int],
    *,
    fence: int,
    now: float,
    provider_now: float | None = None,
) -> set[int]:
    """Mark ready rows as `sending` under this fence; returns those that were still ready."""
    marked = set(
        connection.execute(
            _CLAIM, {"ids": list(row_ids), "new_fence": fence, "now": now, "provider_now": provider_now}
        ).scalars()
    )
    if marked:
        asked = {"campaign_id": campaign_id, "fence": fence, "at": now, "event": AttemptEvent.ASKED.value}
        connection.execute(insert(attempts), [{"row_id": one, **asked} for one in marked])
    return marked


def move_row(connection: Connection, change: RowChange, now: float) -> bool:
    """Move one row, with its line of history; False, and nothing written, when it may not move (any more)."""
    moved = connection.execute(_statement(*_kind(change)), [_parameters(change, now)]).rowcount == 1
    if moved:
        connection.execute(insert(attempts), [_line(change, now)])
    return moved


def move_each(connection: Connection, changes: Sequence[RowChange], now: float) -> None:
    """Move many rows at once. What happened to each is noted even if the row has gone on meanwhile."""
    for kind, alike in groupby(sorted(changes, key=_sorting), key=_kind):
        connection.execute(_statement(*kind), [_parameters(change, now) for change in alike])
    if changes:
        connection.execute(insert(attempts), [_line(change, now) for change in changes])


def note_event(
    connection: Connection, row_id: int, campaign_id: int, fence: int | None, event: AttemptEvent, now: float
) -> None:
    """A line of history without a move."""
    values = {"row_id": row_id, "campaign_id": campaign_id, "fence": fence, "at": now, "event": event.value}
    connection.execute(insert(attempts).values(**values))


def move_rows(
    connection: Connection,
    to: RowState,
    which: ColumnElement[bool],
    *,
    now: float,
    out_of: Iterable[RowState] | None = None,
    **values: Any,
) -> int:
    """Move every row of `which` that may move; returns how many. `values` change with the state."""
    _only_beside(values)
    statement = update(rows).where(which, _may_move(to, out_of))
    return connection.execute(statement.values(state=to.value, updated_at=now, **values)).rowcount


def take_twilios_word(
    connection: Connection, row_id: int, recipient: str | None, *, sid: str, status: str, now: float
) -> bool:
    """Twilio itself names the row as that of its message: it was accepted, whatever was concluded before."""
    this = (rows.c.id == row_id) & rows.c.message_sid.is_(None) & (rows.c.recipient == recipient)
    proved = or_(*(rows.c.state == state.value for state in sorted(TWILIO_MAY_KNOW_BETTER)))
    values = {"message_sid": sid, "reason": None, "error_code": None, "http_status": None, "sent_at": now}
    adopted = connection.execute(
        update(rows)
        .where(this, proved)
        .values(state=RowState.ACCEPTED.value, updated_at=now, **values)
        .returning(rows.c.campaign_id, rows.c.fence)
    ).one_or_none()
    if adopted is None:
        return False
    event = {"event": AttemptEvent.TOLD_BY_TWILIO.value, "message_sid": sid, "status": status, "at": now}
    connection.execute(insert(attempts).values(row_id=row_id, **adopted._asdict(), **event))
    return True


def skip_each(connection: Connection, skipped: Sequence[Mapping[str, Any]], now: float) -> None:
    """Skip ready rows for good: `row_id` and `reason` of each, perhaps `problem` and `problem_text`."""
    values = [{"now": now, **{f"its_{name}": one.get(name) for name in _SKIPPED}} for one in skipped]
    if values:
        connection.execute(_SKIP, values)


def doubt_rows(connection: Connection, which: ColumnElement[bool], claimed_at: ScalarSelect[Any], now: float) -> None:
    """Put every open row of `which` in doubt, as if it had been asked for at `claimed_at`: the ledger may be old."""
    anew: dict[str, Any] = {"reason": None, "looks": 0, "claimed_at": claimed_at}
    annotate_rows(connection, which & (rows.c.state == RowState.UNKNOWN), **anew)
    never = rows.c.fence.is_(None)
    move_rows(connection, RowState.UNKNOWN, which, now=now, **anew)
    connection.execute(update(rows).where(which, never, rows.c.state == RowState.UNKNOWN).values(fence=0))


def apply_reports(
    connection: Connection, reports: Sequence[Mapping[str, Any]], history: Sequence[Mapping[str, Any]]
) -> None:
    """What Twilio reported about rows that this transaction has locked: `row_id`, `state` and what changes with it.

    A report that the table of moves does not allow any more changes nothing. `history` is written as it is.
    """
    for state, alike in groupby(sorted(reports, key=_state_of), key=_state_of):
        values = [{f"its_{name}": value for name, value in one.items()} for one in alike]
        connection.execute(_report(RowState(state), tuple(name for name in values[0])), values)
    if history:
        connection.execute(insert(attempts), list(history))


def _state_of(report: Mapping[str, Any]) -> str:
    return str(report["state"])


@cache
def _report(state: RowState, names: tuple[str, ...]) -> Update:
    changed: dict[str, Any] = {name.removeprefix("its_"): bindparam(name) for name in names if name != "its_row_id"}
    stays = rows.c.state == state.value
    return update(rows).where(rows.c.id == bindparam("its_row_id"), stays | _may_move(state)).values(changed)


def annotate_rows(connection: Connection, which: ColumnElement[bool], **values: Any) -> int:
    """Change columns beside the state (what is known about a row); returns how many rows there were."""
    _only_beside(values)
    return connection.execute(update(rows).where(which).values(**values)).rowcount


def annotate_each(connection: Connection, changes: Sequence[Mapping[str, Any]]) -> None:
    """The same for many rows: `row_id` of each and the columns that change, the same ones for all."""
    if not changes:
        return
    names = tuple(name for name in changes[0] if name != "row_id")
    _only_beside(names)
    values = [{"row": one["row_id"], **{f"new_{name}": one[name] for name in names}} for one in changes]
    connection.execute(_annotation(names), values)


def _may_move(to: RowState, out_of: Iterable[RowState] | None = None) -> ColumnElement[bool]:
    """Not `IN`: what is expanded when it runs cannot run for many rows at once."""
    allowed = {state for state, later in ROW_MOVES.items() if to in later}
    states = allowed if out_of is None else allowed & set(out_of)
    return or_(false(), *(rows.c.state == state.value for state in sorted(states)))


_Kind = tuple[RowState, frozenset[RowState] | None, tuple[str, ...], bool]


def _kind(change: RowChange) -> _Kind:
    return change.to, change.out_of, tuple(change.values), change.fence is not None


def _sorting(change: RowChange) -> tuple[str, tuple[str, ...], tuple[str, ...], bool]:
    return change.to, tuple(sorted(change.out_of or ())), tuple(change.values), change.fence is not None


@cache
def _statement(to: RowState, out_of: frozenset[RowState] | None, names: tuple[str, ...], is_fenced: bool) -> Update:
    _only_beside(names)
    statement = update(rows).where(rows.c.id == bindparam("row"), _may_move(to, out_of))
    if is_fenced:
        statement = statement.where(rows.c.fence == bindparam("its_fence"))
    return statement.values(
        state=to.value,
        updated_at=bindparam("now"),
        attempts=rows.c.attempts - bindparam("not_asked"),
        **{name: bindparam(f"new_{name}") for name in names},
    )


@cache
def _annotation(names: tuple[str, ...]) -> Update:
    changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    return update(rows).where(rows.c.id == bindparam("row")).values(changed)


def _parameters(change: RowChange, now: float) -> dict[str, Any]:
    fence = {} if change.fence is None else {"its_fence": change.fence}
    values = {f"new_{name}": value for name, value in change.values.items()}
    return {"row": change.row_id, "now": now, "not_asked": int(not change.was_asked), **fence, **values}


def _line(change: RowChange, now: float) -> dict[str, Any]:
    return {
        "row_id": change.row_id,
        "campaign_id": change.campaign_id,
        "fence": change.fence,
        "at": now,
        "event": change.event.value,
        **_NO_DETAIL,
        **change.detail,
    }


_NO_DETAIL = dict.fromkeys(("error_code", "http_status", "message_sid", "status"))


def _only_beside(names: Iterable[str]) -> None:
    if forbidden := _STATE_COLUMNS & set(names):
        raise ValueError(f"only a move writes {', '.join(sorted(forbidden))}")


_CLAIM = (
    update(rows)
    .where(rows.c.id.in_(bindparam("ids", expanding=True)), _may_move(RowState.SENDING))
    .values(
        state=RowState.SENDING.value,
        fence=bindparam("new_fence"),
        claimed_at=bindparam("now"),
        updated_at=bindparam("now"),
        attempts=rows.c.attempts + 1,
        asked_from=func.coalesce(rows.c.asked_from, bindparam("provider_now", type_=rows.c.asked_from.type)),
        reason=None,
    )
    .returning(rows.c.id)  # on PostgreSQL a person may have cancelled some since they were read
)
_POSTGRES_TYPES = {int: "bigint", float: "float8", float | None: "float8"}
_NAMES = ", ".join(NewRow._fields)
_PLACES = ", ".join("?" for _ in NewRow._fields)
_ARRAYS = ", ".join(f"%s::{_POSTGRES_TYPES.get(kind, 'text')}[]" for kind in NewRow.__annotations__.values())
_ADD_TO_SQLITE = f"INSERT INTO mms_rows ({_NAMES}) VALUES ({_PLACES})"  # noqa: S608 - names of this module
_ADD_TO_POSTGRES = f"INSERT INTO mms_rows ({_NAMES}) SELECT * FROM unnest({_ARRAYS})"  # noqa: S608 - likewise
_SKIPPED = ("row_id", "reason", "problem", "problem_text")
_SKIP = (
    update(rows)
    .where(rows.c.id == bindparam("its_row_id"), _may_move(RowState.SKIPPED))
    .values(
        state=RowState.SKIPPED.value,
        reason=bindparam("its_reason"),
        problem=func.coalesce(bindparam("its_problem", type_=rows.c.problem.type), rows.c.problem),
        problem_text=func.coalesce(bindparam("its_problem_text", type_=rows.c.problem_text.type), rows.c.problem_text),
        updated_at=bindparam("now"),
    )
)
