"""Takes rows of a campaign for sending: marked `sending` and committed before anything is asked."""

from dataclasses import dataclass, field

from sqlalchemy import Connection, Row, bindparam, insert, text, update

from mms.ledger.tables import attempts, rows
from mms.quiet_hours import QuietHours
from mms.sending.letters import Letters
from mms.states import RowState, SkipReason

# Sees each ready row behind the cursor once; `held`: an earlier message to the number may still be under way.
_CANDIDATES = text("""
SELECT r.id, r.row_number, r.recipient, r.cells, o.recipient IS NOT NULL AS opted_out,
  EXISTS (SELECT 1 FROM mms_rows b JOIN mms_campaigns bc ON bc.id = b.campaign_id
          JOIN mms_senders bs ON bs.id = bc.sender_id
          WHERE b.recipient = r.recipient AND b.state IN ('sending', 'unknown')
            AND bs.account_sid = :account) AS held
FROM mms_rows r LEFT JOIN mms_opt_outs o ON o.recipient = r.recipient
WHERE r.campaign_id = :campaign AND r.state = 'ready' AND r.row_number > :after
  AND (r.not_before IS NULL OR r.not_before <= :now)
ORDER BY r.row_number LIMIT :room
""")
_MARK = (
    update(rows)
    .where(rows.c.id.in_(bindparam("ids", expanding=True)), rows.c.state == RowState.READY)
    .values(
        state=RowState.SENDING,
        fence=bindparam("new_fence"),
        claimed_at=bindparam("now"),
        updated_at=bindparam("now"),
        attempts=rows.c.attempts + 1,
        reason=None,
    )
    .returning(rows.c.id)  # on PostgreSQL a person may have cancelled some since they were read
)
_SKIP = (
    update(rows)
    .where(rows.c.id == bindparam("row"))
    .values(state=RowState.SKIPPED, reason=bindparam("why"), updated_at=bindparam("now"))
)


_POSTPONE = (
    update(rows)
    .where(rows.c.id == bindparam("row"))
    .values(not_before=bindparam("opens"), time_zone=bindparam("zone"), updated_at=bindparam("now"))
)


@dataclass(slots=True)
class ClaimedRow:
    """A row that is ours to ask for, with its message."""

    id: int
    campaign_id: int
    recipient: str
    body: str
    media_urls: tuple[str, ...]
    is_express: bool


@dataclass(slots=True)
class Claim:
    """What a look at one campaign gave, with the row numbers it saw. `reached_end`: no ready row lies behind."""

    rows: list[ClaimedRow] = field(default_factory=list)
    first: int = 0
    last: int = 0
    reached_end: bool = True


@dataclass(frozen=True, slots=True)
class ClaimFrom:
    """Which campaign to claim from, and for whom."""

    campaign_id: int
    account_sid: str
    fence: int
    letters: Letters
    is_express: bool
    quiet_hours: QuietHours | None = None  # None: any hour will do


def claim(connection: Connection, source: ClaimFrom, *, after: int, room: int, now: float) -> Claim:
    """Mark up to `room` ready rows behind row number `after` as `sending`.

    Rows whose recipient has opted out meanwhile are skipped for good; rows outside their window wait until it
    opens; rows whose recipient has an open message stay ready, so that no two open rows go to one number.
    """
    values = {"campaign": source.campaign_id, "account": source.account_sid}
    found = connection.execute(_CANDIDATES, {**values, "after": after, "now": now, "room": room}).all()
    result = Claim(reached_end=len(found) < room)
    if found:
        result.first, result.last = found[0].row_number, found[-1].row_number
    taken: set[str] = set()
    skips: list[dict[str, object]] = []
    postponed: list[dict[str, object]] = []
    for row in found:
        why = _why_skipped(row)
        if why is None and (row.held or row.recipient in taken):
            continue
        opens = source.quiet_hours.not_before(row.recipient, now) if source.quiet_hours and not why else None
        if source.quiet_hours and opens:
            zone = source.quiet_hours.place(row.recipient).time_zone
            postponed.append({"row": row.id, "opens": opens, "zone": zone, "now": now})
            continue
        letter = None if why else source.letters.render(row.cells)
        if letter is None:
            skips.append({"row": row.id, "why": why or SkipReason.NOT_MENDED, "now": now})
            continue
        taken.add(row.recipient)
        result.rows.append(
            ClaimedRow(row.id, source.campaign_id, row.recipient, letter[0], letter[1], source.is_express)
        )
    if skips:
        connection.execute(_SKIP, skips)
    if postponed:
        connection.execute(_POSTPONE, postponed)
    result.rows = _marked(connection, source, result.rows, now)
    return result


def _why_skipped(row: Row[tuple[int, int, str, str, bool, bool]]) -> SkipReason | None:
    if row.opted_out:
        return SkipReason.OPTED_OUT
    return None if row.recipient else SkipReason.NOT_MENDED


def _marked(connection: Connection, source: ClaimFrom, wanted: list[ClaimedRow], now: float) -> list[ClaimedRow]:
    if not wanted:
        return wanted
    values = {"ids": [row.id for row in wanted], "new_fence": source.fence, "now": now}
    marked = set(connection.execute(_MARK, values).scalars())
    if marked:
        asked = {"campaign_id": source.campaign_id, "fence": source.fence, "at": now, "event": "asked"}
        connection.execute(insert(attempts), [{"row_id": one, **asked} for one in marked])
    return wanted if len(marked) == len(wanted) else [row for row in wanted if row.id in marked]
