"""Takes rows of a campaign for sending: marked `sending` and committed before anything is asked."""

import time
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, text

from mms.delivery.sending.row_renderer import RowRenderer
from mms.ledger.row_states import annotate_each, claim_rows, skip_each
from mms.quiet_hours import QuietHours
from mms.states import SkipReason

# Sees each ready row behind the cursor once; `held`: an earlier message to the number may still be under way.
_CANDIDATES = text("""
SELECT r.id, r.row_number, r.recipient, r.cells, r.coupon, r.picture, r.link, r.version, r.asked_from, r.reason,
  o.recipient IS NOT NULL AS opted_out,
  EXISTS (SELECT 1 FROM mms_rows b JOIN mms_campaigns bc ON bc.id = b.campaign_id
          JOIN mms_senders bs ON bs.id = bc.sender_id
          WHERE b.recipient = r.recipient AND b.state IN ('sending', 'unknown')
            AND bs.account_sid = :account) AS held
FROM mms_rows r LEFT JOIN mms_opt_outs o ON o.recipient = r.recipient
WHERE r.campaign_id = :campaign AND r.state = 'ready' AND r.row_number > :after
  AND (r.not_before IS NULL OR r.not_before <= :now)
  AND (:only_test = 0 OR r.version IS NOT NULL)
ORDER BY r.row_number LIMIT :reach
""")
MOST_VALID = 36_000.0  # seconds: the longest ValidityPeriod that Twilio takes
LEAST_VALID = 60.0  # a message with less time left is held: it would only be dropped
SEND_AGAIN = "person_send_again"  # row reason: a person decided so
_REACH = 200  # rows looked at in one go, even if fewer are wanted: some may have to wait


@dataclass(slots=True)
class ClaimedRow:
    """A row that is ours to ask for, with its message."""

    id: int
    campaign_id: int
    recipient: str
    body: str
    media_urls: tuple[str, ...]
    is_express: bool
    asked_from: float | None = None  # Twilio's time before an earlier request whose answer was lost
    on_a_persons_word: bool = False  # who decided to send it again
    twilio_shortens: bool = False  # its links
    valid_for: float = MOST_VALID  # seconds from its claim on for which it may wait at Twilio
    claimed_at: float = field(default_factory=time.monotonic)

    @property
    def seconds_left(self) -> int:
        """For which it may wait in Twilio's queue from now on; less than `LEAST_VALID` is too late."""
        return int(self.valid_for - (time.monotonic() - self.claimed_at))


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
    renderer: RowRenderer
    is_express: bool
    quiet_hours: QuietHours | None = None  # None: any hour will do
    provider_now: float | None = None  # Twilio's time, when it is known
    not_after: float | None = None  # nobody gets it later than this
    only_test: bool = False  # rows that were drawn for a version: the others wait for the choice


def claim(connection: Connection, source: ClaimFrom, *, after: int, room: int, now: float) -> Claim:
    """Mark up to `room` ready rows behind row number `after` as `sending`.

    Rows whose recipient has opted out meanwhile are skipped for good; rows outside their window wait until it
    opens; rows whose recipient has an open message stay ready, so that no two open rows go to one number.
    """
    reach = max(room, _REACH)
    values = {"campaign": source.campaign_id, "account": source.account_sid, "after": after, "now": now}
    values["only_test"] = int(source.only_test)
    found = connection.execute(_CANDIDATES, {**values, "reach": reach}).all()
    looked = _Looked(source, now)
    for row in found:
        if len(looked.rows) == room:
            break
        looked.look_at(row)
    skip_each(connection, looked.skips, now)
    annotate_each(connection, looked.postponed)
    return Claim(
        rows=_marked(connection, source, looked.rows, now),
        first=found[0].row_number if found else 0,
        last=looked.last,
        reached_end=len(found) < reach and (not found or looked.last == found[-1].row_number),
    )


class _Looked:
    """What is to become of the rows looked at so far."""

    def __init__(self, source: ClaimFrom, now: float) -> None:
        self._source, self._now = source, now
        self._taken: set[str] = set()
        self.rows: list[ClaimedRow] = []
        self.skips: list[dict[str, object]] = []
        self.postponed: list[dict[str, object]] = []
        self.last = 0

    def look_at(self, row: Row[Any]) -> None:
        """Take it, skip it for good, let it wait for its hours, or leave it for a later look."""
        self.last = row.row_number
        why = _why_skipped(row) or (SkipReason.TOO_LATE if self._is_over(self._now) else None)
        if why is None and (row.held or row.recipient in self._taken):
            return
        valid_for = None if why else self._valid_for(row)
        if why is None and valid_for is None:
            return
        letter = (
            None if why else self._source.renderer.render(row.cells, row.coupon, row.picture, row.link, row.version)
        )
        if letter is None:
            self.skips.append({"row_id": row.id, "reason": why or SkipReason.NOT_MENDED})
            return
        self._taken.add(row.recipient)
        source = self._source
        claimed = ClaimedRow(row.id, source.campaign_id, row.recipient, *letter, source.is_express)
        claimed.valid_for, claimed.twilio_shortens = valid_for or 0.0, source.renderer.twilio_shortens
        claimed.asked_from, claimed.on_a_persons_word = row.asked_from, row.reason == SEND_AGAIN
        self.rows.append(claimed)

    def _valid_for(self, row: Row[Any]) -> float | None:
        """Seconds for which its message may wait at Twilio; None when it is night, or nearly, and the row waits."""
        until = self._now + MOST_VALID if self._source.not_after is None else self._source.not_after
        hours = self._source.quiet_hours
        if hours is not None:
            opens, closes = hours.window(row.recipient, self._now)
            if opens > self._now or closes - self._now < LEAST_VALID:
                self._postpone(row, hours, opens if opens > self._now else hours.window(row.recipient, closes)[0])
                return None
            until = min(until, closes)
        return min(MOST_VALID, until - self._now)

    def _postpone(self, row: Row[Any], hours: QuietHours, opens: float) -> None:
        if self._is_over(opens):
            self.skips.append({"row_id": row.id, "reason": SkipReason.TOO_LATE})
            return
        zone = hours.place(row.recipient).time_zone
        self.postponed.append({"row_id": row.id, "not_before": opens, "time_zone": zone})

    def _is_over(self, moment: float) -> bool:
        not_after = self._source.not_after
        return not_after is not None and not_after - moment < LEAST_VALID


def _why_skipped(row: Row[Any]) -> SkipReason | None:
    if row.opted_out:
        return SkipReason.OPTED_OUT
    return None if row.recipient else SkipReason.NOT_MENDED


def _marked(connection: Connection, source: ClaimFrom, wanted: list[ClaimedRow], now: float) -> list[ClaimedRow]:
    if not wanted:
        return wanted
    ids = [row.id for row in wanted]
    marked = claim_rows(
        connection, source.campaign_id, ids, fence=source.fence, now=now, provider_now=source.provider_now
    )
    return wanted if len(marked) == len(wanted) else [row for row in wanted if row.id in marked]
